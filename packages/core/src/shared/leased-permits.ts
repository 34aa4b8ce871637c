import type { Call, Rejection } from '../call.ts'
import type { Clock } from '../clock.ts'
import type { SharedLimit, SharedPermits } from '../permit-store.ts'
import { DayLease } from './day-lease.ts'
import { RateLease, type OnStoreDown } from './rate-lease.ts'
import type { StoreGuard } from './store-guard.ts'

/** How the limits of one key are shared. */
export interface SharingTerms {
  readonly clock: Clock
  readonly instances: number
  readonly leaseMs: number
  readonly onStoreDown: OnStoreDown
  readonly dailyBlock: number | undefined
  readonly mayCountDays: () => Promise<boolean>
}

/** The permits of one key, leased from the store: one lease a window and one for the day. */
export class LeasedPermits implements SharedPermits {
  readonly #guard: StoreGuard
  readonly #onStoreDown: OnStoreDown
  readonly #windows: readonly RateLease[]
  readonly #day: DayLease | undefined

  constructor(guard: StoreGuard, name: string, limit: SharedLimit, terms: SharingTerms, served: () => void) {
    const now = (): number => terms.clock.now()
    this.#guard = guard
    this.#onStoreDown = terms.onStoreDown
    this.#windows = limit.windows.map(
      (window, index) => new RateLease(guard, `${name}:${index}`, window, terms, now, served),
    )
    this.#day =
      limit.daily === Infinity
        ? undefined
        : new DayLease(
            guard,
            `${name}:day`,
            {
              limit: limit.daily,
              reserve: limit.reserve,
              instances: terms.instances,
              block: terms.dailyBlock,
              mayCount: terms.mayCountDays,
            },
            now,
            served,
          )
  }

  refusal(call: Call, weight: number, nowMs: number): Rejection | undefined {
    const day = this.#day
    const exhaustedMs = day?.exhaustedMs(weight, call.priority, nowMs) ?? 0
    if (day !== undefined && exhaustedMs > 0) {
      const left = Math.floor(day.remaining(nowMs))
      return {
        code: 'quota-exhausted',
        retryAfterMs: exhaustedMs === Infinity ? undefined : exhaustedMs,
        detail: `${left} are left of the day that all processes share, too few for priority "${call.priority}"`,
      }
    }
    if (!this.#guard.isUp) return this.#refusalWithoutStore(weight, nowMs)
    const emptyMs = this.#windows.reduce((most, { lease }) => Math.max(most, lease.emptyMs(weight, nowMs)), 0)
    const remainingMs = call.remainingMs(nowMs)
    if (emptyMs <= remainingMs) return undefined
    return {
      code: 'rate-limited',
      retryAfterMs: emptyMs,
      detail: `the limit that all processes share is used up for ${Math.ceil(emptyMs)} ms, ${Math.max(0, Math.round(remainingMs))} ms are left`,
    }
  }

  waitMs(weight: number, nowMs: number): number {
    let waitMs = this.#day?.waitMs(weight, nowMs) ?? 0
    for (const { lease } of this.#windows) waitMs = Math.max(waitMs, lease.waitMs(weight, nowMs))
    return waitMs
  }

  take(weight: number, nowMs: number): void {
    for (const { lease } of this.#windows) lease.take(weight, nowMs)
    this.#day?.take(weight, nowMs)
  }

  giveBack(weight: number): void {
    for (const { lease } of this.#windows) lease.giveBack(weight)
    this.#day?.lease.giveBack(weight)
  }

  observeDay(remaining: number, limit: number | undefined): void {
    this.#day?.observe(remaining, limit)
  }

  health(): Readonly<Record<string, unknown>> {
    return {
      store: this.#guard.isUp ? 'up' : 'down',
      leased: this.#windows.map(({ lease }) => lease.left),
      ...(this.#day === undefined ? {} : { leasedToday: this.#day.lease.left }),
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#windows.map((window) => window.close()), this.#day?.close()])
  }

  #refusalWithoutStore(weight: number, nowMs: number): Rejection | undefined {
    // What is left of the leases is used first; asking also finds out whether the store is back.
    if (this.waitMs(weight, nowMs) < Infinity) return undefined
    const isDenied = this.#onStoreDown === 'deny'
    const why = isDenied ? 'onStoreDown is "deny"' : 'this process has used its share of the day'
    return {
      code: isDenied ? 'rate-limited' : 'quota-exhausted',
      retryAfterMs: this.#guard.quietMs(),
      detail: `the ${this.#guard.store.name} store does not answer and ${why}`,
    }
  }
}
