import type { AdaptiveRate } from './adaptive-rate.ts'
import type { Pace } from './gcra.ts'
import type { LearnedQuotas } from './learned-quota.ts'

/** The pace of one configured window: never faster than configured, slower when the server says or shows so. */
export class RatePace implements Pace {
  readonly highestPerMs: number
  readonly #adaptive: AdaptiveRate
  readonly #learned: LearnedQuotas | undefined

  /** @param learned - For one window alone: since all must admit, slowing one down is enough. */
  constructor(basePerMs: number, adaptive: AdaptiveRate, learned: LearnedQuotas | undefined) {
    this.highestPerMs = basePerMs
    this.#adaptive = adaptive
    this.#learned = learned
  }

  permitsPerMs(atMs: number): number {
    const permitsPerMs = this.highestPerMs * this.#adaptive.factor(atMs)
    return this.#learned === undefined ? permitsPerMs : Math.min(permitsPerMs, this.#learned.permitsPerMs(atMs))
  }

  changesAtMs(atMs: number): number {
    const changesAtMs = this.#adaptive.changesAtMs(atMs)
    return this.#learned === undefined ? changesAtMs : Math.min(changesAtMs, this.#learned.changesAtMs(atMs))
  }
}
