import { ValidationError, type ValidationIssue } from '@holdfast/core/service-errors'
import type { z } from 'zod'

const issuesOf = (error: z.ZodError): readonly ValidationIssue[] =>
  error.issues.map(({ path, message, code }) => ({
    path: path.map((part) => (typeof part === 'number' ? part : String(part))),
    message,
    code,
  }))

/**
 * Checks data that came over a boundary.
 *
 * @throws {ValidationError} With every issue at once.
 */
export const parseAnswer = <Schema extends z.ZodType>(
  schema: Schema,
  data: unknown,
  operation: string,
): z.infer<Schema> => {
  const parsed = schema.safeParse(data)
  if (parsed.success) return parsed.data
  throw new ValidationError(issuesOf(parsed.error), { upstream: 'spotify', operation, cause: parsed.error })
}
