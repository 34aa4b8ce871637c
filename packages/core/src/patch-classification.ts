import { row, type Classification } from './classification.ts'
import { checkOptions, flag, integer, oneOf, text, type OptionRules } from './option-checks.ts'

const PATCH_RULES: OptionRules = {
  category: oneOf('transient', 'permanent', 'partial', 'fatal'),
  code: text,
  sent: oneOf('no', 'maybe', 'yes'),
  phase: oneOf('connect', 'headers', 'body', 'unknown'),
  source: oneOf('origin', 'proxy', 'resolver', 'local', 'caller'),
  overload: flag,
  retry: oneOf('never', 'if-idempotent', 'always'),
  maxRetries: integer(0, 1_000),
  minDelayMs: integer(0, 86_400_000),
  breaker: oneOf('failure', 'success', 'ignore'),
}

/** What a patch of a success starts from: an answer that the user calls a failure. */
const ANSWERED = row('permanent', 'yes', 'body', 'origin', false, 'never', 'success')

/**
 * Overlays a classification with what the user's override returned. A patch that changes `category` and not `retry`
 * takes the retry of that category along: `if-idempotent` for what is transient or partial, else `never`.
 *
 * @param found - What `classify()` found; a patch turns a success into a failure with code `custom`.
 * @throws {TypeError} For a patch with an unknown field or a value that the field cannot have.
 */
export const patchClassification = (
  found: Classification | undefined,
  patch: Partial<Classification> | undefined,
): Classification | undefined => {
  if (patch === undefined) return found
  checkOptions('classify override', patch, PATCH_RULES)
  const patched: Record<string, unknown> = { ...(found ?? ANSWERED('custom')) }
  if (patch.category !== undefined) {
    const isRetryable = patch.category === 'transient' || patch.category === 'partial'
    patched['retry'] = isRetryable ? (patched['retry'] === 'never' ? 'if-idempotent' : patched['retry']) : 'never'
  }
  for (const [field, value] of Object.entries<unknown>({ ...patch })) if (value !== undefined) patched[field] = value
  return Object.freeze(patched) as unknown as Classification
}
