import type { Classification } from './classification.ts'
import { patchClassification } from './patch-classification.ts'

/**
 * A user's word on what a result means: parts to change, `'success'`, or undefined to leave it.
 *
 * @param subject - The client's value or error.
 * @param verdict - The built-in verdict; undefined for a success.
 */
export type ClassifyOverride = (
  subject: unknown,
  verdict: Classification | undefined,
) => Partial<Classification> | 'success' | undefined

/**
 * The verdict after the user's override.
 *
 * An override that throws or answers nonsense is reported and changes nothing, because a call must not fail by it.
 */
export const applyOverride = (
  override: ClassifyOverride,
  subject: unknown,
  verdict: Classification | undefined,
  report: (error: unknown) => void,
): Classification | undefined => {
  try {
    const answer = override(subject, verdict)
    return answer === 'success' ? undefined : patchClassification(verdict, answer)
  } catch (error) {
    report(error)
    return verdict
  }
}
