import type { GivenRequest, Outcome } from '@holdfast/core'
import { normaliseMessage } from '@holdfast/core/monitor'
import { v7 as uuid } from 'uuid'
import type { BodyCipher } from './body-cipher.ts'
import { keptPath, type HeaderAllowlist } from './kept-request.ts'
import { keepBody } from './kept-body.ts'
import type { LetterErrorClass, NewDeadLetter } from './letter.ts'

export interface CaptureOptions {
  readonly allowlist: HeaderAllowlist
  readonly maxBodyBytes: number
  readonly cipher: BodyCipher | undefined
  readonly keepMs: number
}

/** What only the strategy knows about the letter. */
export interface LetterContext {
  readonly upstream: string
  readonly code: string
  readonly orderKey: string | undefined
  readonly principal: string | undefined
  readonly nowMs: number
}

// The verdict speaks of the last attempt alone, so that a proof holds for a single one.
const isProvenUnsent = ({ call, verdict }: Outcome): boolean =>
  call.sent === 0 || (call.sent === 1 && verdict?.sent === 'no')

const errorClassOf = (outcome: Outcome): LetterErrorClass => {
  const { verdict, head } = outcome
  if (isProvenUnsent(outcome)) return outcome.kind === 'rejection' ? 'transient' : classOf(verdict?.category)
  // Without an answer nobody knows what the upstream did.
  return head === undefined || verdict?.category === 'partial' ? 'unknown' : classOf(verdict?.category)
}

const classOf = (category: NonNullable<Outcome['verdict']>['category'] | undefined): LetterErrorClass =>
  category === 'partial' || category === undefined ? 'unknown' : category

const traceIdOf = (traceparent: string | undefined): string | undefined =>
  /^[\da-f]{2}-([\da-f]{32})-/.exec(traceparent ?? '')?.[1]

/**
 * What is kept of a failed call.
 *
 * @throws {TypeError} For a request without an absolute http or https URL.
 * @throws {DeadLetterError} `wrong-key` when the body cannot be encrypted.
 */
export const letterFrom = async (
  outcome: Outcome,
  request: GivenRequest,
  options: CaptureOptions,
  context: LetterContext,
): Promise<NewDeadLetter> => {
  const { call, head } = outcome
  const url = new URL(request.url ?? '')
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new TypeError(`not an http URL: ${url.protocol}`)
  const { path, dropped } = keptPath(url)
  const kept = options.allowlist.keep(request.headers)
  const body = await keepBody(request.body, call.isReplayable, options.maxBodyBytes)
  const contentType = kept.headers['content-type'] ?? body.contentType
  delete kept.headers['content-type']
  const idempotencyKey = call.idempotencyKey
  const letter: NewDeadLetter = {
    id: uuid(),
    upstream: context.upstream,
    origin: url.origin,
    method: call.method,
    path,
    headers: kept.headers,
    contentType,
    body: body.bytes,
    bodyState: body.state,
    bodyKeyId: undefined,
    idempotencyKey: idempotencyKey?.header?.[1] ?? idempotencyKey?.token,
    orderKey: context.orderKey,
    principal: context.principal,
    errorCode: context.code,
    errorClass: errorClassOf(outcome),
    httpStatus: head?.status,
    fingerprint: `${context.upstream} ${call.method} ${normaliseMessage(url.pathname)} ${context.code}`,
    traceId: traceIdOf(kept.headers['traceparent']),
    attempts: call.sent,
    isProvenUnsent: isProvenUnsent(outcome),
    dropped: [...dropped, ...kept.dropped],
    failedAtMs: Math.trunc(context.nowMs),
    keepMs: Math.trunc(options.keepMs),
  }
  const { cipher } = options
  if (cipher === undefined || letter.body === undefined) return letter
  return { ...letter, body: await cipher.encrypt(letter, letter.body), bodyKeyId: cipher.keyId }
}
