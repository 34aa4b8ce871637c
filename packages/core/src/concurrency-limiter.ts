import type { Call, Outcome, Permit, Rejection } from './call.ts'
import type { Cell } from './keyed-state.ts'
import type { Environment } from './strategy.ts'
import { WaitQueue, type Line } from './wait-queue.ts'

export interface ConcurrencyTerms {
  readonly limit: number
  readonly maxQueued: number
  readonly leaseMs: number
}

/** A place among the attempts in flight; a link of the list of leases. */
export class ConcurrencyPermit implements Permit {
  readonly #limiter: ConcurrencyLimiter
  isReleased = false
  /** When the place is taken away; set at the commit. */
  leaseUntilMs = Infinity
  older: ConcurrencyPermit | undefined = undefined
  newer: ConcurrencyPermit | undefined = undefined

  constructor(limiter: ConcurrencyLimiter) {
    this.#limiter = limiter
  }

  commit(_call: Call, nowMs: number): undefined {
    this.#limiter.lease(this, nowMs)
    return undefined
  }

  // The body may still be arriving: the place is free when nothing of the attempt is left on the wire.
  settle(outcome: Outcome, call: Call, nowMs: number): void {
    if (outcome.attempt === undefined) this.cancel(call, nowMs)
    else {
      outcome.attempt.onRelease(() => {
        this.cancel(call, call.clock.now())
      })
    }
  }

  cancel(_call: Call, nowMs: number): void {
    this.#limiter.release(this, nowMs)
  }
}

/** The attempts in flight of one key and the calls that wait for a place. */
export class ConcurrencyLimiter implements Cell, Line {
  readonly queue: WaitQueue
  readonly #terms: ConcurrencyTerms
  /** Leases in the order they end, as all are equally long. */
  #oldest: ConcurrencyPermit | undefined = undefined
  #newest: ConcurrencyPermit | undefined = undefined
  #inFlight = 0
  #lostLeases = 0

  constructor(env: Environment, terms: ConcurrencyTerms) {
    this.#terms = terms
    this.queue = new WaitQueue(
      env.clock,
      'concurrency limit',
      'concurrency',
      (_waiter, nowMs) => this.#take(nowMs) ?? this.#untilLeaseEndsMs(nowMs),
    )
  }

  /** A permit, if a place is free and nobody waits for it. */
  tryTake(nowMs: number): ConcurrencyPermit | undefined {
    return this.queue.size === 0 ? this.#take(nowMs) : undefined
  }

  refusal(call: Call, _weight: number, nowMs: number): Rejection | undefined {
    const { queue } = this
    const { limit, maxQueued } = this.#terms
    if (queue.size >= maxQueued)
      return { code: 'queue-full', detail: `${queue.size} calls wait, ${this.#inFlight} are in flight` }
    const usualMs = call.state.latency.quantile(0.5, nowMs)
    if (usualMs === undefined) return undefined
    const ahead = queue.sizeAhead(call)
    const waitMs = (ahead / limit) * usualMs
    const remainingMs = call.remainingMs(nowMs)
    if (waitMs <= remainingMs) return undefined
    const detail = `${ahead} calls before it would take about ${Math.ceil(waitMs)} ms, ${Math.max(0, Math.round(remainingMs))} ms are left`
    return { code: 'queue-full', retryAfterMs: waitMs, detail }
  }

  lease(permit: ConcurrencyPermit, nowMs: number): void {
    permit.leaseUntilMs = nowMs + this.#terms.leaseMs
    permit.older = this.#newest
    if (this.#newest === undefined) this.#oldest = permit
    else this.#newest.newer = permit
    this.#newest = permit
  }

  release(permit: ConcurrencyPermit, nowMs: number): void {
    if (permit.isReleased) return
    permit.isReleased = true
    this.#inFlight -= 1
    if (permit.leaseUntilMs !== Infinity) this.#unlink(permit)
    if (this.queue.size > 0) this.queue.serve(nowMs)
  }

  busy(): boolean {
    return this.#inFlight > 0 || this.queue.size > 0
  }

  health(): Readonly<Record<string, unknown>> {
    return { limit: this.#terms.limit, inFlight: this.#inFlight, queued: this.queue.size, lostLeases: this.#lostLeases }
  }

  #take(nowMs: number): ConcurrencyPermit | undefined {
    if (this.#inFlight >= this.#terms.limit && !this.#endLease(nowMs)) return undefined
    this.#inFlight += 1
    return new ConcurrencyPermit(this)
  }

  #untilLeaseEndsMs(nowMs: number): number {
    return this.#oldest === undefined ? Infinity : this.#oldest.leaseUntilMs - nowMs
  }

  // A client that never lets go of its body must not close the limit for good.
  #endLease(nowMs: number): boolean {
    const permit = this.#oldest
    if (permit === undefined || permit.leaseUntilMs > nowMs) return false
    permit.isReleased = true
    this.#unlink(permit)
    this.#inFlight -= 1
    this.#lostLeases += 1
    return true
  }

  #unlink(permit: ConcurrencyPermit): void {
    if (permit.older === undefined) this.#oldest = permit.newer
    else permit.older.newer = permit.newer
    if (permit.newer === undefined) this.#newest = permit.older
    else permit.newer.older = permit.older
    permit.older = permit.newer = undefined
  }
}
