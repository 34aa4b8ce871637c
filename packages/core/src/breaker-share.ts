import type { BreakerReason, BreakerState } from './events.ts'
import type { SharedBy } from './permit-store.ts'

/** A breaker that hears of others. */
export interface FollowingBreaker {
  /**
   * Does what most others did.
   *
   * @param openForMs - How long it opens; 0 when somebody found the server alive.
   */
  follow(openForMs: number, nowMs: number): void
}

/** What one breaker tells the others of its key. */
export interface BreakerLink {
  changed(change: { readonly to: BreakerState; readonly reason: BreakerReason; readonly openMs?: number }): void
  /** Whether this process may find out if the server is back; asks for it if not. */
  mayProbe(): boolean
}

/** Where breakers of one key in several processes meet; `sharedState` of `@holdfast/core/shared` is one. */
export interface BreakerShare {
  linkOf(by: SharedBy, key: string, breaker: FollowingBreaker): BreakerLink
}
