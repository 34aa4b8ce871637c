import type { Call, Outcome, Permit, Rejection } from './call.ts'

/** An epoch lasts from one change of state to the next; results of another epoch decide nothing. */
export type BreakerEpoch = object

/** The state machine that lends permits and learns from them. */
export interface BreakerOwner {
  readonly epoch: BreakerEpoch
  admit(nowMs: () => number): BreakerPermit | Rejection
  settle(permit: BreakerPermit, outcome: Outcome, call: Call, nowMs: number): void
  release(permit: BreakerPermit): void
}

const LEASE_MARGIN_MS = 1_000
const LONGEST_LEASE_MS = 60_000

/** The right to one attempt in one epoch; for a probe it is also a place that a lease frees. */
export class BreakerPermit implements Permit {
  readonly isProbe: boolean
  readonly epoch: BreakerEpoch
  /** When the place is taken away; the lease starts at commit. */
  leaseUntilMs: number | undefined = undefined
  readonly #owner: BreakerOwner
  /** Whether its call waits for the circuit, so that queues further on hold it back while the circuit is open. */
  isWaiting = false
  /** Taken when the breaker moved while this attempt stood in a queue. */
  #renewed: BreakerPermit | undefined = undefined

  constructor(owner: BreakerOwner, isProbe: boolean) {
    this.#owner = owner
    this.isProbe = isProbe
    this.epoch = owner.epoch
  }

  readyInMs(call: Call, nowMs: number): number {
    if (!this.isWaiting || (this.#renewed ?? this).epoch === this.#owner.epoch) return 0
    const refusal = this.#renew(nowMs)
    if (refusal === undefined) return 0
    const waitMs = refusal.retryAfterMs ?? Infinity
    // A call that cannot wait so long is let on, to be refused at commit with the reason.
    return waitMs <= call.remainingMs(nowMs) ? waitMs : 0
  }

  commit(call: Call, nowMs: number): Rejection | undefined {
    const held = this.#renewed
    if (held !== undefined && held.epoch === this.#owner.epoch) return held.commit(call, nowMs)
    if (this.epoch !== this.#owner.epoch) {
      return this.#renew(nowMs) ?? this.#renewed?.commit(call, nowMs)
    }
    if (this.isProbe) {
      const limitMs = Math.min(call.attemptTimeoutMs, call.remainingMs(nowMs), LONGEST_LEASE_MS)
      this.leaseUntilMs = nowMs + limitMs + LEASE_MARGIN_MS
    }
    return undefined
  }

  settle(outcome: Outcome, call: Call, nowMs: number): void {
    this.#owner.settle(this.#renewed ?? this, outcome, call, nowMs)
  }

  cancel(): void {
    this.#owner.release(this.#renewed ?? this)
  }

  #renew(nowMs: number): Rejection | undefined {
    const admitted = this.#owner.admit(() => nowMs)
    if (!(admitted instanceof BreakerPermit)) return admitted
    this.#renewed = admitted
    return undefined
  }
}
