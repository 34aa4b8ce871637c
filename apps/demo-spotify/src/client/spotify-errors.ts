import {
  AuthorizationError,
  isServiceError,
  responseToServiceError,
  type ProviderErrorParser,
  type ServiceError,
} from '@holdfast/core/service-errors'

/** What a 403 means; development mode says it in plain text or in two words. */
export type Refusal = 'premium-required' | 'not-allow-listed' | 'missing-scope' | 'not-in-this-mode'

const WORDS: readonly (readonly [pattern: RegExp, refusal: Refusal])[] = [
  [/premium/i, 'premium-required'],
  [/not registered|developer dashboard|allow.?list/i, 'not-allow-listed'],
  [/scope/i, 'missing-scope'],
  [/./, 'not-in-this-mode'],
]

/** Which of the four a refusal is; undefined for an error that is no refusal. */
export const refusalOf = (error: unknown): Refusal | undefined => {
  if (!isServiceError(error, 'authorization')) return undefined
  const words = error.upstreamMessage ?? 'Forbidden'
  return WORDS.find(([pattern]) => pattern.test(words))?.[1]
}

/** A refusal that holds for every call, so that going on makes no sense. */
export const isSetupProblem = (error: unknown): boolean => {
  const refusal = refusalOf(error)
  return refusal === 'premium-required' || refusal === 'not-allow-listed'
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/** `{ error: { status, message, reason? } }`; the scopes are those that the caller knows the operation to need. */
const webApiError =
  (scopes: readonly string[]): ProviderErrorParser =>
  (body) => {
    const inner = isObject(body) ? body['error'] : undefined
    if (!isObject(inner)) return undefined
    const message = typeof inner['message'] === 'string' ? inner['message'] : undefined
    const isScope = /scope/i.test(message ?? '')
    return {
      message,
      code: typeof inner['reason'] === 'string' ? inner['reason'] : undefined,
      missingScopes: isScope ? scopes : undefined,
    }
  }

/** The service error of an answer of the Web API that is no success. */
export const webApiFailure = async (
  response: Response,
  operation: string,
  method: string,
  scopes: readonly string[],
): Promise<ServiceError> => {
  const context = { upstream: 'spotify', operation, method, parsers: [webApiError(scopes)] }
  const error = await responseToServiceError(response, context)
  const refusal = refusalOf(error)
  if (refusal === undefined || !(error instanceof AuthorizationError)) return error
  const { status, upstreamMessage, missingScopes } = error
  return new AuthorizationError({
    upstream: 'spotify',
    operation,
    status,
    upstreamMessage,
    missingScopes,
    details: { refusal },
    category: isSetupProblem(error) ? 'fatal' : 'permanent',
  })
}
