import type { Call, Rejection } from './call.ts'
import type { Clock } from './clock.ts'

/** Whose permits they are. */
export interface SharedBy {
  readonly policy: string
  readonly clock: Clock
}

/** A limit that several processes share. */
export interface SharedLimit {
  readonly windows: readonly { readonly permits: number; readonly perMs: number; readonly burst: number }[]
  /** Infinity without a daily quota. */
  readonly daily: number
  readonly reserve: number
}

/** Permits of one key that several processes share; every answer is given at once, out of what is here. */
export interface SharedPermits {
  /** Why a call should not wait: the day has no more for it, or the store must not be passed by. */
  refusal(call: Call, weight: number, nowMs: number): Rejection | undefined
  /** Ms until it is worth asking again, 0 if the permits are here, Infinity if they were asked for and will be told of. */
  waitMs(weight: number, nowMs: number): number
  /** Only right after {@link SharedPermits.waitMs} was 0. */
  take(weight: number, nowMs: number): void
  /** Permits of an attempt that was never sent. */
  giveBack(weight: number): void
  /** The server's own count of the day. */
  observeDay(remaining: number, limit: number | undefined): void
  health(): Readonly<Record<string, unknown>>
}

/** Where a rate limiter finds permits that several processes share; `sharedState` of `@holdfast/core/shared` is one. */
export interface PermitStore {
  /** @param served - Called when permits came that were asked for. */
  permitsOf(by: SharedBy, key: string, limit: SharedLimit, served: () => void): SharedPermits
}
