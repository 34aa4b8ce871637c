import { FetchCall, callReport, classify, isHoldfastError, type Fetch } from '@holdfast/core'
import { BodyCipher } from './body-cipher.ts'
import { isDeadLetterError } from './dead-letter-error.ts'
import type { DeadLetter } from './letter.ts'
import type { ReplayFailure } from './queue.ts'
import { refusalOf, replayHeaders, replayUrl, withCredentials } from './replay-request.ts'
import type { ReplayCredentials, Upstream } from './upstream.ts'

/** What became of one replay, and what to do with the letter. */
export type ReplayResult =
  | { readonly action: 'complete'; readonly status: number }
  | { readonly action: 'park'; readonly reason: string; readonly failure: ReplayFailure | undefined }
  | {
      readonly action: 'retry'
      readonly failure: ReplayFailure
      readonly isProvenUnsent: boolean
      /** The pause the server or the policy asked for, ms. */
      readonly retryAfterMs: number | undefined
      /** Whether something was sent; a refusal of the policy is not the letter's fault. */
      readonly isCounted: boolean
    }

export interface SendOptions {
  /** Limit of the whole replay, its retries included, ms. */
  readonly deadlineMs: number
  readonly cipher?: BodyCipher | undefined
  readonly signal?: AbortSignal | undefined
}

const MOST_DRAINED_BYTES = 65_536
const RETRIED_STATUSES: ReadonlySet<number> = new Set([408, 425, 429])

// A drained answer gives its connection back.
const drain = async (response: Response): Promise<void> => {
  const { body } = response
  if (body === null) return
  const reader = body.getReader()
  try {
    for (let bytes = 0; bytes <= MOST_DRAINED_BYTES;) {
      const { done, value } = await reader.read()
      if (done) return
      bytes += (value as Uint8Array).byteLength
    }
    await reader.cancel()
  } catch {
    // The status has decided already.
  }
}

const retryAfterOf = (response: Response): number | undefined => {
  const value = response.headers.get('retry-after')?.trim() ?? ''
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000
  return undefined
}

const ofAnswer = (response: Response, letter: DeadLetter, upstream: Upstream): ReplayResult => {
  const { status } = response
  const isElsewhere = response.redirected || response.type === 'opaqueredirect'
  const failure = { errorCode: `http-${status}`, httpStatus: status }
  if (isElsewhere || (status >= 300 && status < 400)) return { action: 'park', reason: 'redirect', failure }
  if (status >= 200 && status < 300) return { action: 'complete', status }
  const { alreadyDoneStatuses = [409, 422] } = upstream
  if (letter.idempotencyKey !== undefined && alreadyDoneStatuses.includes(status)) return { action: 'complete', status }
  if (status >= 400 && status < 500 && !RETRIED_STATUSES.has(status))
    return { action: 'park', reason: `http-${status}`, failure }
  return { action: 'retry', failure, isProvenUnsent: false, isCounted: true, retryAfterMs: retryAfterOf(response) }
}

const ofError = (error: unknown): ReplayResult => {
  const attempts = callReport(error)?.attempts.length
  const retryAfterMs = isHoldfastError(error) ? error.retryAfterMs : undefined
  const { code = 'unknown', category = 'transient', sent = 'maybe' } = classify(error) ?? {}
  const failure = { errorCode: isHoldfastError(error) ? error.code : code, httpStatus: undefined }
  const isOurs = isHoldfastError(error) && error.code !== 'invalid-idempotency-key'
  if (isOurs && attempts === 0)
    return { action: 'retry', failure, isProvenUnsent: true, isCounted: false, retryAfterMs }
  const isProvenUnsent = attempts === 1 && sent === 'no'
  if (!isOurs && (category === 'permanent' || category === 'fatal')) return { action: 'park', reason: code, failure }
  return { action: 'retry', failure, isProvenUnsent, isCounted: true, retryAfterMs }
}

/** Finds the credentials; a program that cannot sign now can do so later. */
const authorized = async (
  letter: DeadLetter,
  upstream: Upstream,
  body: Uint8Array | undefined,
): Promise<ReplayCredentials | ReplayResult> => {
  try {
    const { method, path, principal } = letter
    return (await upstream.authorize?.({ method, path, body, principal })) ?? {}
  } catch {
    // Its error may hold the secret, so nothing of it is kept.
    const failure = { errorCode: 'authorize-failed', httpStatus: undefined }
    return { action: 'retry', failure, isProvenUnsent: true, isCounted: true, retryAfterMs: undefined }
  }
}

/**
 * Sends one letter once through its policy, at background priority, with the idempotency key of the failed call.
 *
 * It goes to the origin of the upstream and nowhere else: redirects are not followed, and a letter whose path, headers or
 * former origin do not fit is not sent. It never throws.
 */
export const sendLetter = async (
  letter: DeadLetter,
  upstream: Upstream,
  options: SendOptions,
): Promise<ReplayResult> => {
  const refusal = refusalOf(letter, upstream)
  const url = replayUrl(upstream.origin, letter.path)
  if (refusal !== undefined || url === undefined)
    return { action: 'park', reason: refusal?.reason ?? 'path', failure: undefined }
  try {
    const body = await plainBody(letter, options.cipher)
    const credentials = await authorized(letter, upstream, body)
    if ('action' in credentials) return credentials
    const { policy } = upstream
    const knowsLetters = policy.describe().some(({ name }) => name === 'deadLetters')
    // The signal of the attempt comes with `init`.
    const base: Fetch = upstream.fetch ?? globalThis.fetch
    const call = new FetchCall({
      input: withCredentials(url, credentials),
      init: {
        method: letter.method,
        headers: replayHeaders(letter, upstream, credentials),
        redirect: 'manual',
        ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      },
      base: () => base,
      idempotencyHeader: policy.idempotencyHeader,
      resilience: { priority: 'background', ...(knowsLetters ? { deadLetters: { replayOf: letter.id } } : {}) },
      deadlineMs: options.deadlineMs,
    })
    const response = (await policy.send(call)) as Response
    const result = ofAnswer(response, letter, upstream)
    await drain(response)
    return result
  } catch (error) {
    if (isDeadLetterError(error)) return { action: 'park', reason: error.code, failure: undefined }
    return ofError(error)
  }
}

const plainBody = async (letter: DeadLetter, cipher: BodyCipher | undefined): Promise<Uint8Array | undefined> => {
  const { body, bodyKeyId } = letter
  if (body === undefined || bodyKeyId === undefined) return body
  // Without a cipher nobody can know the key either.
  const missing = { currentKeyId: 'none', keyOf: () => undefined }
  return (cipher ?? new BodyCipher(missing)).decrypt(letter, bodyKeyId, body)
}
