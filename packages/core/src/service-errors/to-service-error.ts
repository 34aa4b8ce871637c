import { classify } from '../classify.ts'
import { classifyDriverError } from '../database/classify-database-error.ts'
import { chainOf } from '../error-chain.ts'
import { isHoldfastError, type RejectionCode } from '../errors.ts'
import { isIdempotentMethod } from '../idempotency.ts'
import { headOfHeaders, type ResponseHead } from '../response-head.ts'
import { safeRead, safeText } from '../safe-read.ts'
import { fromDatabase } from './from-database.ts'
import { fromStatus } from './from-status.ts'
import {
  CancelledError,
  NetworkTimeoutError,
  QuotaExceededError,
  RateLimitedError,
  ServiceUnavailableError,
  UnexpectedError,
  UnknownOutcomeError,
} from './kinds.ts'
import { readProviderError, type ProviderErrorParser } from './provider-errors.ts'
import { isServiceError, type ServiceError, type ServiceErrorInit } from './service-error.ts'

/** What the place that catches knows and the error does not. */
export interface ServiceErrorContext {
  /** A name such as `etsy`, never a URL. */
  readonly upstream?: string
  /** What was asked for, such as `createListing`. */
  readonly operation?: string
  /** Whether sending it twice does no harm. Default: by the method, where the error tells it. */
  readonly idempotent?: boolean
  /** Readers of the provider's own error bodies, asked before the usual shapes. */
  readonly parsers?: readonly ProviderErrorParser[]
  /** Facts of the application for the log. */
  readonly details?: Readonly<Record<string, unknown>>
}

const DEPTH = 8

const firstOf = <Value>(chain: readonly unknown[], find: (node: unknown) => Value | undefined): Value | undefined => {
  for (const node of chain) {
    const found = find(node)
    if (found !== undefined) return found
  }
  return undefined
}

const headIn = (node: unknown): ResponseHead | undefined => {
  for (const holder of [safeRead(node, 'response'), node]) {
    const status = safeRead(holder, 'status') ?? safeRead(holder, 'statusCode')
    if (typeof status === 'number' && status >= 100 && status <= 999) {
      return headOfHeaders(status, safeRead(holder, 'headers') as object | undefined)
    }
  }
  return undefined
}

const methodIn = (node: unknown): string | undefined => {
  for (const holder of [safeRead(node, 'config'), safeRead(node, 'request'), safeRead(node, 'report')]) {
    const method = safeText(holder, 'method')
    if (/^[a-z]+$/i.test(method) && method !== 'CALL') return method
  }
  return undefined
}

// Clients read the body for their error: axios into `response.data`, ky into `data`.
const bodyIn = (node: unknown): unknown => safeRead(safeRead(node, 'response'), 'data') ?? safeRead(node, 'data')

const hasOwnKey = (node: unknown): true | undefined =>
  typeof safeRead(safeRead(node, 'report'), 'idempotencyKey') === 'string' ? true : undefined

/** Whether a lost answer leaves a doubt that matters: the request may have changed something and cannot be repeated. */
const isUnrepeatable = (chain: readonly unknown[], context: ServiceErrorContext): boolean => {
  if (context.idempotent !== undefined) return !context.idempotent
  if (firstOf(chain, hasOwnKey) === true) return false
  const method = firstOf(chain, methodIn)
  return method !== undefined && !isIdempotentMethod(method)
}

type Kind = new (init: ServiceErrorInit) => ServiceError

const REFUSALS: Readonly<Record<RejectionCode, Kind>> = {
  'circuit-open': ServiceUnavailableError,
  'gate-closed': ServiceUnavailableError,
  throttled: ServiceUnavailableError,
  'queue-full': ServiceUnavailableError,
  killed: ServiceUnavailableError,
  'rate-limited': RateLimitedError,
  'quota-exhausted': QuotaExceededError,
  'deadline-exceeded': NetworkTimeoutError,
  'attempt-timeout': NetworkTimeoutError,
  'invalid-idempotency-key': UnexpectedError,
}

const TIMEOUTS = /^(?:(?:connect|headers|socket|attempt|client|body)-timeout|caller-timeout)$/
const BUGS = /^(?:invalid-request|client-closed|redirect-|size-limit|unknown$|hook-failed)/

const kindOf = (code: string): Kind => {
  if (code === 'caller-aborted' || code === 'request-aborted') return CancelledError
  if (TIMEOUTS.test(code)) return NetworkTimeoutError
  return BUGS.test(code) ? UnexpectedError : ServiceUnavailableError
}

/** The service error of a reason that policy events carry: a classification's code or a refusal's. */
export const fromReason = (reason: string, init: ServiceErrorInit): ServiceError => {
  const status = /^http-(\d{3})$/.exec(reason)?.[1]
  if (status !== undefined) return fromStatus(headOfHeaders(Number(status), {}), {}, false, init)
  const Found = Object.hasOwn(REFUSALS, reason) ? REFUSALS[reason as RejectionCode] : kindOf(reason)
  return new Found(init)
}

// Attempts of the call that reached the transport, as its report tells.
const wasSent = (refusal: unknown): boolean => {
  const attempts = safeRead(safeRead(refusal, 'report'), 'attempts')
  return Array.isArray(attempts) && attempts.length > 0
}

const fromNetwork = (failure: unknown, isLossy: boolean, init: ServiceErrorInit): ServiceError => {
  const verdict = classify(failure)
  if (verdict === undefined) return new UnexpectedError(init)
  const Found = kindOf(verdict.code)
  const isLost = verdict.sent !== 'no' && (Found === NetworkTimeoutError || Found === ServiceUnavailableError)
  if (isLossy && isLost) return new UnknownOutcomeError(init)
  const retryable = verdict.retry === 'always' || (verdict.retry === 'if-idempotent' && !isLossy)
  if (Found === UnexpectedError || Found === CancelledError) return new Found(init)
  return new Found({ ...init, retryable, category: verdict.category === 'permanent' ? 'permanent' : 'transient' })
}

/**
 * Says in the words of the service what any failure means: errors of axios, ky, `fetch`, undici, Node and of databases,
 * refusals of a policy, DOM exceptions, and whatever else was thrown.
 *
 * A service error is returned as it is. A write whose answer was lost becomes `unknown-outcome`. For a bare `Response`
 * use `responseToServiceError`, which reads its body.
 */
export const toServiceError = (failure: unknown, context: ServiceErrorContext = {}): ServiceError => {
  if (isServiceError(failure)) return failure
  const chain = chainOf(failure, DEPTH)
  const known = chain.find((node) => isServiceError(node))
  if (known !== undefined) return known
  const { upstream, operation, details } = context
  const init: ServiceErrorInit = { upstream, operation, details, cause: failure }
  const isLossy = isUnrepeatable(chain, context)

  const refusal = chain.find((node) => isHoldfastError(node))
  if (refusal !== undefined) {
    const { code, retryAfterMs } = refusal as { code: RejectionCode; retryAfterMs?: number }
    const Found = REFUSALS[code]
    if (isLossy && Found === NetworkTimeoutError && wasSent(refusal)) return new UnknownOutcomeError(init)
    return new Found({ ...init, retryAfterMs })
  }

  const statement = classifyDriverError(failure)
  if (statement !== undefined) return fromDatabase(statement, context.idempotent === true, init)

  const head = firstOf(chain, headIn)
  // A good status on an error means that the answer broke off, or that what came was no use to the client.
  if (head !== undefined && head.status >= 300) {
    const body = firstOf(chain, bodyIn)
    return fromStatus(head, readProviderError(body, context.parsers), isLossy, init)
  }
  return fromNetwork(failure, isLossy, init)
}

const MOST_BYTES = 8_192

const readStart = async (response: Response): Promise<string> => {
  const reader = response.body?.getReader()
  if (reader === undefined) return ''
  const decoder = new TextDecoder()
  let text = ''
  for (let bytes = 0; bytes < MOST_BYTES;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    bytes += value.byteLength
    text += decoder.decode(value, { stream: true })
  }
  await reader.cancel()
  return text.slice(0, MOST_BYTES)
}

/**
 * The same for a `Response` that is no success; reads 8 kB of its body at most and lets go of the rest.
 *
 * @throws {TypeError} For a response that is a success, or whose body was read already.
 */
export const responseToServiceError = async (
  response: Response,
  context: ServiceErrorContext & { readonly method?: string } = {},
): Promise<ServiceError> => {
  if (response.status < 300) throw new TypeError(`responseToServiceError: status ${response.status} is a success.`)
  if (response.bodyUsed) throw new TypeError('responseToServiceError: the body was read already.')
  const { upstream, operation, details, method } = context
  const isLossy = isUnrepeatable(method === undefined ? [] : [{ config: { method } }], context)
  const head = headOfHeaders(response.status, response.headers)
  // A body that breaks off tells nothing more; the status alone has to do.
  const body = await readStart(response).catch(() => '')
  return fromStatus(head, readProviderError(body, context.parsers), isLossy, { upstream, operation, details })
}
