import type { Clock, Random } from '@holdfast/core'

/** A span of time in which a server does not work, on the scenario's clock. */
export interface Outage {
  readonly fromMs: number
  readonly untilMs: number
}

/** Time to the next event of a Poisson process, or a service time, with the given mean. */
export const exponentialMs = (meanMs: number, random: Random): number => -meanMs * Math.log(1 - random())

/**
 * One worker with an endless first-in-first-out queue and exponential service times (HotOS 2021, section 2).
 *
 * It never learns that a client went away, so it works on abandoned requests as well. In the outage it stands still
 * and the queue grows.
 */
export class FifoServer {
  readonly #clock: Clock
  readonly #random: Random
  readonly #serviceMs: number
  readonly #outage: Outage
  #freeAtMs = 0

  constructor(clock: Clock, random: Random, perSecond: number, outage: Outage) {
    this.#clock = clock
    this.#random = random
    this.#serviceMs = 1_000 / perSecond
    this.#outage = outage
  }

  /** Resolves when the server has worked on this request. */
  handle(): Promise<void> {
    const nowMs = this.#clock.now()
    this.#freeAtMs = this.#endOf(Math.max(nowMs, this.#freeAtMs), exponentialMs(this.#serviceMs, this.#random))
    return new Promise((resolve) => {
      this.#clock.setTimer(resolve, this.#freeAtMs - nowMs)
    })
  }

  /** How long a request that arrives now would wait, ms. */
  get backlogMs(): number {
    return Math.max(0, this.#freeAtMs - this.#clock.now())
  }

  #endOf(startMs: number, serviceMs: number): number {
    const { fromMs, untilMs } = this.#outage
    const isStalledAtStart = startMs >= fromMs && startMs < untilMs
    if (isStalledAtStart) return untilMs + serviceMs
    const endMs = startMs + serviceMs
    return startMs < fromMs && endMs > fromMs ? endMs + (untilMs - fromMs) : endMs
  }
}
