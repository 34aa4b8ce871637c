import { row, type Classification, type Row } from './classification.ts'
import { pushbackMs } from './pushback.ts'
import type { ResponseHead } from './response-head.ts'

//                    category     sent     phase      source   overload retry            breaker
const REFUSED = row('permanent', 'yes', 'headers', 'origin', false, 'never', 'success')
const PROXY = row('permanent', 'no', 'headers', 'proxy', false, 'never', 'ignore')
const TIMED_OUT = row('transient', 'maybe', 'headers', 'origin', false, 'if-idempotent', 'ignore')
const BUSY = row('transient', 'yes', 'headers', 'origin', false, 'if-idempotent', 'success')
const RESEND_ONCE = row('transient', 'yes', 'headers', 'origin', false, 'always', 'success', { maxRetries: 1 })
const LIMITED = row('transient', 'yes', 'headers', 'origin', true, 'if-idempotent', 'ignore')
const LIMITED_UNPROCESSED = row('transient', 'yes', 'headers', 'origin', true, 'always', 'ignore')
const LIMITED_FOR_GOOD = row('permanent', 'yes', 'headers', 'origin', true, 'never', 'ignore')
const FAILED = row('transient', 'yes', 'headers', 'origin', false, 'if-idempotent', 'failure')
const UNAVAILABLE = row('transient', 'maybe', 'headers', 'origin', true, 'if-idempotent', 'failure')
const UNAVAILABLE_UNPROCESSED = row('transient', 'yes', 'headers', 'origin', true, 'always', 'failure')
const BROKEN = row('permanent', 'yes', 'headers', 'origin', false, 'never', 'failure')

/** What an RFC 9457 body says about a 429; see draft-ietf-httpapi-ratelimit-headers, section 5. */
export type QuotaProblem = 'quota-exceeded' | 'abnormal-usage-detected'

const limitedRow = (head: ResponseHead, problem: string | undefined): Row => {
  if (problem === 'abnormal-usage-detected') return LIMITED_FOR_GOOD
  // That a 429 comes before any work is a convention; a server that names the wait or the quota follows it.
  return problem === 'quota-exceeded' || pushbackMs(head, 0) !== undefined ? LIMITED_UNPROCESSED : LIMITED
}

const rowOf = (head: ResponseHead, hasOwnKey: boolean, problem: string | undefined): Row => {
  switch (head.status) {
    case 407:
    case 511:
      return PROXY
    case 408:
      return TIMED_OUT
    case 409:
      // draft-ietf-httpapi-idempotency-key-header: with our key, the first request is still in progress.
      return hasOwnKey ? BUSY : REFUSED
    case 413:
      return pushbackMs(head, 0) === undefined ? REFUSED : BUSY
    case 423:
      return BUSY
    case 421:
    case 425:
      return RESEND_ONCE
    case 429:
      return limitedRow(head, problem)
    case 500:
      return FAILED
    case 501:
    case 505:
    case 506:
    case 508:
    case 510:
      return REFUSED
    case 503:
    case 529:
      // A 503 may follow side effects; "Retry-After: 0" (Finagle's nack) or "x-should-retry" say that it did not.
      return head.header('retry-after')?.trim() === '0' || head.header('x-should-retry') === 'true'
        ? UNAVAILABLE_UNPROCESSED
        : UNAVAILABLE
    case 507:
    case 525:
    case 526:
      return BROKEN
    default:
      return head.status < 500 ? REFUSED : UNAVAILABLE
  }
}

const isServerNo = (head: ResponseHead): boolean => {
  if (head.header('x-should-retry') === 'false') return true
  // gRFC A6: a negative value, or one that is no number, means "do not retry".
  const grpcPushback = head.header('grpc-retry-pushback-ms')
  return grpcPushback !== undefined && !/^\s*\d+\s*$/.test(grpcPushback)
}

/**
 * Classifies an answer by its status and the headers that speak of retries; `undefined` for a success.
 *
 * Unknown statuses count as the x00 of their class, those above 599 as a server error (RFC 9110, section 15).
 *
 * @param hasOwnKey - Whether the request carried an idempotency key of ours, which turns a 409 into "still in progress".
 * @param problem - The problem type of a 429, where the body is known.
 */
export const classifyStatus = (
  head: ResponseHead,
  hasOwnKey = false,
  problem?: QuotaProblem | (string & {}),
): Classification | undefined => {
  const { status } = head
  if (status < 300 || status === 304) return undefined
  const found = rowOf(head, hasOwnKey, problem)(status)
  if (found.retry === 'never') return found
  // A stored answer is replayed for ever, so that another try is of no use.
  const isReplayed = head.header('idempotent-replayed') === 'true'
  if (!isReplayed && !isServerNo(head)) return found
  return Object.freeze({ ...found, retry: 'never', ...(isReplayed && { category: 'permanent' }) })
}
