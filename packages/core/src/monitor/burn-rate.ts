import { EventRing } from './event-ring.ts'

const SHORT_SLICE_MS = 5_000
const LONG_SLICE_MS = 60_000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

/** Two spans that must both be too bad: the long one for weight, the short one so that it ends soon after the trouble. */
interface Rule {
  readonly kind: 'burn-fast' | 'burn-slow'
  readonly longMs: number
  readonly shortMs: number
  readonly factor: number
}

// After the Site Reliability Workbook, chapter 5, scaled to what one process sees of a day.
export const BURN_RULES: readonly Rule[] = [
  { kind: 'burn-fast', longMs: 5 * MINUTE_MS, shortMs: MINUTE_MS, factor: 14 },
  { kind: 'burn-slow', longMs: HOUR_MS, shortMs: 5 * MINUTE_MS, factor: 6 },
]

/** How quickly one upstream uses up its error budget. */
export class BurnRate {
  readonly #short = new EventRing(SHORT_SLICE_MS, (5 * MINUTE_MS) / SHORT_SLICE_MS)
  readonly #long = new EventRing(LONG_SLICE_MS, HOUR_MS / LONG_SLICE_MS)

  add(isError: boolean, nowMs: number): void {
    this.#short.add(isError, nowMs)
    this.#long.add(isError, nowMs)
  }

  counts(spanMs: number, nowMs: number): { readonly errors: number; readonly total: number } {
    return (spanMs <= 5 * MINUTE_MS ? this.#short : this.#long).counts(spanMs, nowMs)
  }

  /** Whether errors beyond `factor` times the budget came in both spans of a rule, with enough events to say so. */
  isBurning({ longMs, shortMs, factor }: Rule, errorBudget: number, minimumEvents: number, nowMs: number): boolean {
    const long = this.counts(longMs, nowMs)
    if (long.total < minimumEvents || long.errors <= factor * errorBudget * long.total) return false
    const short = this.counts(shortMs, nowMs)
    return short.errors > factor * errorBudget * short.total
  }
}
