import type { CallReport } from './trace.ts'

/** Why the policy refused a call or gave up on it. */
export type RejectionCode =
  | 'circuit-open'
  | 'gate-closed'
  | 'throttled'
  | 'rate-limited'
  | 'quota-exhausted'
  | 'queue-full'
  | 'deadline-exceeded'
  | 'attempt-timeout'
  | 'killed'
  | 'invalid-idempotency-key'

const ADVICE: Readonly<Record<RejectionCode, readonly [what: string, next: string]>> = {
  'circuit-open': ['the circuit is open, nothing was sent', 'Try again later or use a fallback.'],
  'gate-closed': ['the server asked for a pause, nothing was sent', 'Try again after that pause.'],
  throttled: [
    'the server is overloaded and this call was shed before sending',
    'Try again later or raise its priority.',
  ],
  'rate-limited': [
    'no permit of the rate limit comes free in time, nothing was sent',
    'Send fewer calls or allow a longer deadline.',
  ],
  'quota-exhausted': [
    'the quota left is kept for calls of higher priority or used up',
    'Wait for the quota to refill.',
  ],
  'queue-full': [
    'the queue of waiting calls is full, nothing was sent',
    'Send fewer calls at once or raise "maxQueued".',
  ],
  'deadline-exceeded': [
    'the deadline of the call passed',
    'Allow a longer deadline or find out why the server is slow.',
  ],
  'attempt-timeout': [
    'the server did not answer within the attempt timeout',
    'Allow a longer attempt timeout or find out why the server is slow.',
  ],
  killed: ['a kill switch is on, nothing was sent', 'Ask the operator who switched it.'],
  'invalid-idempotency-key': [
    'the idempotency key is not valid, nothing was sent',
    'Use 1 to 128 characters out of A-Z a-z 0-9 _ . : ~ -',
  ],
}

const BRAND = Symbol.for('holdfast.error')

/** What a {@link HoldfastError} is built from. */
export interface HoldfastErrorInit {
  readonly policy: string
  readonly key: string
  readonly retryAfterMs?: number | undefined
  readonly detail?: string | undefined
  readonly cause?: unknown
  readonly report?: CallReport | undefined
}

/**
 * The policy refused the call or ran out of time; answers and errors of the client itself never become one.
 *
 * Match on `code`; the brand makes {@link isHoldfastError} hold across two copies of this package.
 */
export class HoldfastError extends Error {
  override readonly name = 'HoldfastError'
  readonly code: RejectionCode
  /** Name of the policy that refused. */
  readonly policy: string
  /** The key of the state that decided, by default the origin of the request. */
  readonly key: string
  /** Milliseconds after which a new call may be let through, where that is known. */
  readonly retryAfterMs: number | undefined

  constructor(code: RejectionCode, init: HoldfastErrorInit) {
    const [what, next] = ADVICE[code]
    const wait = init.retryAfterMs === undefined ? '' : ` Retry after ${Math.ceil(init.retryAfterMs)} ms.`
    const detail = init.detail === undefined ? '' : ` (${init.detail})`
    super(
      `${code}: ${what}${detail}. Policy "${init.policy}", key "${init.key}".${wait} ${next}`,
      init.cause === undefined ? undefined : { cause: init.cause },
    )
    this.code = code
    this.policy = init.policy
    this.key = init.key
    this.retryAfterMs = init.retryAfterMs
    // Not enumerable: loggers that print own properties should not print every attempt.
    Object.defineProperty(this, 'report', { value: init.report, enumerable: false })
    Object.defineProperty(this, BRAND, { value: true, enumerable: false })
  }

  /** The attempts of the call and why it stopped. */
  declare readonly report: CallReport | undefined
}

/** Whether `error` was made by a Holdfast policy, also one of another copy of this package. */
export const isHoldfastError = (error: unknown): error is HoldfastError =>
  typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[BRAND] === true
