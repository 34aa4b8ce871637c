import { classify, type Call, type Classification, type ResponseHead } from '@holdfast/core'
import { isCancelError } from './cancellation.ts'

/** The parts of an error of axios, or of anything an adapter may throw, that decide what it means. */
interface AdapterError {
  readonly code?: unknown
  readonly message?: unknown
  readonly syscall?: unknown
  readonly response?: unknown
  readonly config?: { readonly timeout?: unknown } | undefined
  readonly cause?: { readonly syscall?: unknown; readonly errors?: unknown } | undefined
  readonly request?: NodeRequest | null | undefined
}

/** A request of Node, or the one of `follow-redirects` around the last of several. */
interface NodeRequest {
  readonly res?: object | null
  readonly _currentRequest?: { readonly res?: object | null } | null
}

const CANCELLED: Classification = Object.freeze({
  category: 'fatal',
  code: 'caller-aborted',
  sent: 'maybe',
  phase: 'unknown',
  source: 'caller',
  overload: false,
  retry: 'never',
  breaker: 'ignore',
})

// Users of axios read `timeout` as the budget of the whole call, so it ends it; the server was slow all the same.
const FINAL_CLIENT_TIMEOUT: Classification = Object.freeze({
  category: 'transient',
  code: 'client-timeout',
  sent: 'maybe',
  phase: 'unknown',
  source: 'origin',
  overload: true,
  retry: 'never',
  breaker: 'failure',
})

const BODY_RESET: Classification = Object.freeze({
  category: 'partial',
  code: 'body-broken',
  sent: 'yes',
  phase: 'body',
  source: 'origin',
  overload: false,
  retry: 'if-idempotent',
  breaker: 'failure',
})

// With the http adapter the same reset is told by the request or by the body, whichever is faster.
const hasAnswerBegun = ({ request }: AdapterError): boolean => Boolean((request?._currentRequest ?? request)?.res)

// Adapters say ECONNABORTED or ETIMEDOUT and let the text be replaced; the system's own ETIMEDOUT names a syscall.
const isClientTimeout = (error: AdapterError): boolean =>
  (error.code === 'ECONNABORTED' || error.code === 'ETIMEDOUT') &&
  error.response === undefined &&
  Number(error.config?.timeout) > 0 &&
  error.message !== 'Request aborted' &&
  error.syscall === undefined &&
  error.cause?.syscall === undefined &&
  error.cause?.errors === undefined

/** What one result of an adapter means; undefined for a success. */
export const classifyAxios = (
  value: unknown,
  isError: boolean,
  head: ResponseHead | undefined,
  call: Call,
  retriesClientTimeout: boolean,
): Classification | undefined => {
  const ownIdempotencyKey = call.idempotencyKey !== undefined
  // `validateStatus` may accept any status; the server's word counts, not the caller's filter.
  if (!isError)
    return head !== undefined && head.status >= 300 ? classify(value, { head, ownIdempotencyKey }) : undefined
  // The policy's own aborts never come here, so this is the caller's, such as an upload stream that was closed.
  if (isCancelError(value)) return CANCELLED
  const error = (typeof value === 'object' && value !== null ? value : {}) as AdapterError
  if (!retriesClientTimeout && isClientTimeout(error)) return FINAL_CLIENT_TIMEOUT
  // Of several addresses tried, axios keeps the code alone; the members say what happened to each.
  const subject = Array.isArray(error.cause?.errors) ? error.cause : value
  const found = classify(subject, { signal: call.signal, head, ownIdempotencyKey })
  return found?.code === 'connection-reset' && hasAnswerBegun(error) ? BODY_RESET : found
}
