import { type Clock, etsyHeaders, type Policy, standardPolicy, type StandardStrategies } from '@holdfast/core'
import type { SharedState } from '@holdfast/core/shared'

/** What may differ between the real API, the simulator and tests. */
export interface EtsyPolicyOptions {
  /** Requests per second to begin with; Etsy's headers correct it. Default 5. */
  readonly perSecond?: number
  /** Requests a day; default: what the headers say. */
  readonly perDay?: number | undefined
  /** Share of the day kept for orders, 0 to 1. Default 0.2. */
  readonly reserve?: number
  /** Whole time of a call, ms. Default 20,000. */
  readonly deadlineMs?: number
  /** Time of one attempt, ms. Default 8,000. */
  readonly attemptMs?: number
  readonly clock?: Clock
  /** Where the calls of the day are counted so that a kill does not forget them; needs `perDay`. */
  readonly store?: SharedState
}

/**
 * The one policy of the shop: quota learned from the headers with a reserve for orders, gate for pauses the server asks
 * for, breaker, retry budget, deadline. Writes are not repeated by it; the jobs reconcile them.
 */
export function createEtsyPolicy(options: EtsyPolicyOptions = {}): Policy<StandardStrategies> {
  const { perSecond = 5, perDay, reserve = 0.2, deadlineMs = 20_000, attemptMs = 8_000, clock, store } = options
  return standardPolicy({
    name: 'etsy',
    deadline: { afterMs: deadlineMs },
    attemptTimeout: { afterMs: attemptMs },
    serverGate: { headers: etsyHeaders },
    rateLimit: {
      permits: perSecond,
      perMs: 1_000,
      reserve,
      headers: etsyHeaders,
      ...(perDay === undefined ? {} : { daily: perDay }),
      ...(store === undefined ? {} : { store }),
    },
    ...(clock === undefined ? {} : { clock }),
  })
}
