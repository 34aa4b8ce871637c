/** What a failed attempt means for retry, breaker, throttle and budget; success has no classification. */
export interface Classification {
  /** `transient`: may pass; `permanent`: the same request fails again; `partial`: the answer broke off; `fatal`: ours or the caller's doing. */
  readonly category: 'transient' | 'permanent' | 'partial' | 'fatal'
  /** Stable and machine readable, see {@link ClassificationCode}. */
  readonly code: string
  /** Whether the request reached the other side: `no` is a proof, never a guess. */
  readonly sent: 'no' | 'maybe' | 'yes'
  readonly phase: 'connect' | 'headers' | 'body' | 'unknown'
  /** Whose failure it is; the `resolver`, a `proxy`, we or the caller say nothing about the health of the `origin`. */
  readonly source: 'origin' | 'proxy' | 'resolver' | 'local' | 'caller'
  /** Whether it speaks of too much load, for adaptive throttle and limits. */
  readonly overload: boolean
  /** `always` holds for every method: the request was provably not processed. */
  readonly retry: 'never' | 'if-idempotent' | 'always'
  /** Most retries for this failure, below the limit of the policy. */
  readonly maxRetries?: number
  /** Shortest wait before a retry, ms. */
  readonly minDelayMs?: number
  /**
   * What the circuit breaker counts. A `failure` with source `resolver` (`dns-not-found`) counts for the dead rule only:
   * one mistyped host name must not look like a sick origin, a resolver that is gone must still stop the calls.
   */
  readonly breaker: 'failure' | 'success' | 'ignore'
}

/**
 * Every code that `classify()` gives; refusals of Holdfast itself keep their own code, `circuit-open` and the like.
 *
 * Connection: `connection-refused` to `connection-reset`; resolver: `dns-*`; time: `*-timeout`; body: `body-*`; `custom`:
 * an answer that only an override calls a failure.
 */
export type ClassificationCode =
  | `http-${number}`
  | 'connection-refused'
  | 'connection-failed'
  | 'connection-reset'
  | 'host-unreachable'
  | 'sockets-exhausted'
  | 'connect-denied'
  | 'dns-not-found'
  | 'dns-temporary'
  | 'connect-timeout'
  | 'headers-timeout'
  | 'socket-timeout'
  | 'attempt-timeout'
  | 'client-timeout'
  | 'body-timeout'
  | 'body-broken'
  | 'protocol-error'
  | 'stream-refused'
  | 'stream-reset'
  | 'certificate'
  | 'tls-failure'
  | 'proxy-failure'
  | 'proxy-tls'
  | 'redirect-loop'
  | 'redirect-refused'
  | 'size-limit'
  | 'invalid-request'
  | 'client-closed'
  | 'request-aborted'
  | 'caller-aborted'
  | 'caller-timeout'
  | 'custom'
  | 'network-offline'
  | 'network-opaque'
  | 'network-unknown'
  | 'unknown'

/** A frozen classification outside the tables: transient and counted, except where `parts` say otherwise. */
export const classification = (code: string, parts: Partial<Classification> = {}): Classification =>
  Object.freeze({
    category: 'transient',
    sent: 'maybe',
    phase: 'unknown',
    source: 'origin',
    overload: false,
    retry: 'if-idempotent',
    breaker: 'failure',
    ...parts,
    code,
  })

/** One line of the tables: gives the same frozen classification for the same code or HTTP status each time. */
export type Row = (of: ClassificationCode | number) => Classification

/** A line of the tables, in the order of its columns. */
export const row = (
  category: Classification['category'],
  sent: Classification['sent'],
  phase: Classification['phase'],
  source: Classification['source'],
  overload: boolean,
  retry: Classification['retry'],
  breaker: Classification['breaker'],
  limits?: Pick<Classification, 'maxRetries' | 'minDelayMs'>,
): Row => {
  const made = new Map<string | number, Classification>()
  return (of) => {
    const known = made.get(of)
    if (known !== undefined) return known
    const code = typeof of === 'number' ? `http-${of}` : of
    const fresh = Object.freeze({ category, code, sent, phase, source, overload, retry, breaker, ...limits })
    // Refusals carry codes of other copies too; those must not pile up.
    if (made.size < 1_000) made.set(of, fresh)
    return fresh
  }
}

const SENT = { connect: 'no', headers: 'maybe', body: 'yes' } as const

/**
 * The classification once the phase is known for certain: that beats what the error's code suggests.
 *
 * `connect` proves that nothing was sent, `headers` withdraws such a proof, `body` makes the failure partial.
 */
export const atPhase = (found: Classification, phase: Classification['phase']): Classification => {
  if (phase === 'unknown' || phase === found.phase) return found
  const isRetryable = found.category === 'transient' || found.category === 'partial'
  return Object.freeze({
    ...found,
    phase,
    sent: SENT[phase],
    category: isRetryable ? (phase === 'body' ? 'partial' : 'transient') : found.category,
    overload: found.overload && phase !== 'body',
    retry: found.retry === 'never' ? 'never' : phase === 'connect' ? 'always' : 'if-idempotent',
  })
}
