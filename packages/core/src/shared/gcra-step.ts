import type { StoreRate, Taken } from '../state-store.ts'

const US_PER_MS = 1_000

/** What one request does to the theoretical arrival time of a key. */
export interface GcraStep extends Taken {
  /** The new theoretical arrival time, us. */
  readonly arrivalUs: number
}

/**
 * The generic cell rate algorithm in whole numbers, as every store computes it; a script in another language must give
 * the same.
 *
 * An arrival time further ahead than the burst allows can only come from a clock that went back or from a rate that was
 * changed, so it is cut there.
 *
 * @param arrivalUs - What the store keeps for the key; 0 for a new one.
 * @param cost - Below 0 it gives permits back, as far as they have not come again meanwhile.
 */
export const gcraStep = (arrivalUs: number, nowUs: number, rate: StoreRate, cost: number): GcraStep => {
  const { emissionUs, burst } = rate
  const spanUs = emissionUs * burst
  const aheadUs = Math.min(Math.max(arrivalUs - nowUs, 0), spanUs)
  const free = Math.floor((spanUs - aheadUs) / emissionUs)
  const granted = cost < 0 ? 0 : Math.min(cost, free)
  const nextUs = cost < 0 ? Math.max(0, aheadUs + cost * emissionUs) : aheadUs + granted * emissionUs
  const remaining = Math.floor((spanUs - nextUs) / emissionUs)
  return {
    granted,
    remaining,
    retryAfterMs: remaining > 0 ? 0 : (nextUs + emissionUs - spanUs) / US_PER_MS,
    arrivalUs: nextUs === 0 ? 0 : nowUs + nextUs,
  }
}
