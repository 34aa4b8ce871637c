const EASE_EVERY_MS = 1_000
const EASE_BY = 0.1
const LOWEST_FACTOR = 1 / 64
// Times are sums of fractions; a step that is due within this share of its length is due.
const TOLERANCE = 1e-9

/**
 * Additive increase, multiplicative decrease of a rate that the server does not tell.
 *
 * Every refusal halves the rate; a tenth of the whole comes back each second. A refusal of an attempt sent before the
 * last decrease says nothing new.
 */
export class AdaptiveRate {
  #lowest = 1
  #decreasedMs = -Infinity

  /** The share of the configured rate that is open at `atMs`. */
  factor(atMs: number): number {
    return this.#lowest === 1 ? 1 : Math.min(1, this.#lowest + EASE_BY * this.#steps(atMs))
  }

  /** When the factor rises next; Infinity once it is whole. */
  changesAtMs(atMs: number): number {
    if (this.factor(atMs) === 1) return Infinity
    return this.#decreasedMs + (this.#steps(atMs) + 1) * EASE_EVERY_MS
  }

  /** Halves the rate; false when the refused attempt was sent before the last decrease. */
  decrease(sentMs: number, nowMs: number): boolean {
    if (sentMs < this.#decreasedMs) return false
    this.#lowest = Math.max(LOWEST_FACTOR, this.factor(nowMs) / 2)
    this.#decreasedMs = nowMs
    return true
  }

  reset(): void {
    this.#lowest = 1
    this.#decreasedMs = -Infinity
  }

  #steps(atMs: number): number {
    return Math.max(0, Math.floor((atMs - this.#decreasedMs) / EASE_EVERY_MS + TOLERANCE))
  }
}
