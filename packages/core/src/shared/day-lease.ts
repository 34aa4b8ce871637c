import type { Priority } from '../call-overrides.ts'
import { DailyQuota } from '../daily-quota.ts'
import type { Reserved, StoreQuota } from '../state-store.ts'
import { Lease, type Granted, type LocalShare } from './lease.ts'
import type { StoreGuard } from './store-guard.ts'

const DAY_MS = 86_400_000
const BUCKET_MS = 900_000
// How long what is known of the day is believed at most.
const KNOWN_MS = 60_000
const BLOCKS_A_DAY = 100
const LARGEST_BLOCK = 20

/** The limit of a day as several processes share it. */
export interface DayTerms {
  readonly limit: number
  readonly reserve: number
  readonly instances: number
  /** Permits reserved at once. */
  readonly block: number | undefined
  /** Whether the day may be counted in this store; when not, a warning has been given. */
  readonly mayCount: () => Promise<boolean>
}

/** What one process may use of the day while the store is down: its part of what was left. */
class DayShare implements LocalShare {
  readonly staysMs = 0
  #left: number
  /** Used without telling the store. */
  debt = 0
  readonly #leftOfDay: () => number

  constructor(leftOfDay: () => number) {
    this.#leftOfDay = leftOfDay
    this.#left = leftOfDay()
  }

  waitMs(weight: number): number {
    return this.#left >= weight ? 0 : Infinity
  }

  take(weight: number): void {
    this.#left -= weight
    this.debt += weight
  }

  begin(): void {
    this.#left = this.#leftOfDay()
  }
}

/**
 * A daily quota of several processes: blocks are reserved in the store before any of them is used, so that a crash can
 * waste a block but never use one twice.
 */
export class DayLease {
  readonly lease: Lease
  readonly #guard: StoreGuard
  readonly #key: string
  readonly #terms: DayTerms
  readonly #now: () => number
  readonly #quota: StoreQuota
  readonly #share: DayShare
  /** Where the store must not count the day. */
  #local: DailyQuota | undefined
  #remaining: number | undefined
  #resetAtMs = 0
  #knownUntilMs = 0
  #grantedAtMs = 0

  constructor(guard: StoreGuard, key: string, terms: DayTerms, now: () => number, served: () => void) {
    this.#guard = guard
    this.#key = key
    this.#terms = terms
    this.#now = now
    // A permit may be used up to a bucket after it was reserved, so it counts for a bucket longer.
    this.#quota = { limit: Math.floor(terms.limit), windowMs: DAY_MS + BUCKET_MS, bucketMs: BUCKET_MS }
    this.#share = new DayShare(() => Math.floor((this.#remaining ?? terms.limit) / terms.instances))
    const usual = Math.floor(terms.limit / terms.instances / BLOCKS_A_DAY)
    const block = terms.block ?? Math.max(1, Math.min(LARGEST_BLOCK, usual))
    this.lease = new Lease(guard, (cost) => this.#reserve(cost), this.#share, block, now, served)
  }

  /** What is left of the day, as far as this process knows. */
  remaining(nowMs: number): number {
    if (this.#local !== undefined) return this.#local.remaining(nowMs)
    return this.#remaining === undefined ? this.#terms.limit : this.#remaining + this.lease.left
  }

  /** Ms until the day may have room for this weight and priority; 0 if it has, as far as is known. */
  exhaustedMs(weight: number, priority: Priority, nowMs: number): number {
    if (this.#local !== undefined) return this.#local.waitMs(weight, priority, nowMs)
    if (this.#remaining === undefined) return 0
    if (nowMs >= this.#knownUntilMs) this.#refresh()
    // The window has moved on: the lease asks, and until it knows nobody is refused.
    // The same while an answer is on its way: what it granted is not in the lease yet.
    if ((nowMs >= this.#resetAtMs || this.lease.isAsking) && this.lease.left < weight) return 0
    const kept =
      priority === 'critical' ? 0 : this.#terms.reserve * this.#terms.limit * (priority === 'background' ? 1 : 0.5)
    return this.remaining(nowMs) >= weight + kept ? 0 : Math.max(1, this.#resetAtMs - nowMs)
  }

  waitMs(weight: number, nowMs: number): number {
    if (this.#local !== undefined) return 0
    if (nowMs - this.#grantedAtMs >= BUCKET_MS) this.lease.drain()
    return this.lease.waitMs(weight, nowMs)
  }

  take(weight: number, nowMs: number): void {
    if (this.#local === undefined) this.lease.take(weight, nowMs)
    else this.#local.take(weight, nowMs)
  }

  observe(remaining: number, limit: number | undefined): void {
    this.#remaining = Math.min(this.#remaining ?? Infinity, remaining)
    void this.#guard.ask((store) => store.observe(this.#key, this.#quota, { remaining, limit }))
  }

  async close(): Promise<void> {
    const unused = Math.floor(this.lease.drain())
    if (unused > 0) await this.#guard.ask((store) => store.reserve(this.#key, this.#quota, -unused))
  }

  #refresh(): void {
    this.#knownUntilMs = Infinity
    void this.#guard
      .ask((store) => store.reserve(this.#key, this.#quota, 0))
      .then((reserved) => {
        if (reserved === undefined) this.#knownUntilMs = this.#now() + this.#guard.quietMs()
        else this.#learn(reserved, this.#now())
      })
  }

  async #reserve(cost: number): Promise<Granted | undefined> {
    if (!(await this.#terms.mayCount())) {
      this.#local ??= new DailyQuota(this.#terms.limit / this.#terms.instances, this.#terms.reserve, this.#now())
      return { granted: 0, retryAfterMs: 0 }
    }
    const { debt } = this.#share
    const reserved = await this.#guard.ask((store) => store.reserve(this.#key, this.#quota, cost + debt))
    if (reserved === undefined) return undefined
    const nowMs = this.#now()
    this.#learn(reserved, nowMs)
    this.#grantedAtMs = nowMs
    const paid = Math.min(debt, reserved.granted)
    this.#share.debt -= paid
    return { granted: reserved.granted - paid, retryAfterMs: Math.min(reserved.resetMs, KNOWN_MS) }
  }

  #learn({ remaining, resetMs }: Reserved, nowMs: number): void {
    this.#remaining = remaining
    this.#resetAtMs = nowMs + resetMs
    this.#knownUntilMs = nowMs + Math.min(KNOWN_MS, resetMs === 0 ? KNOWN_MS : resetMs)
  }
}
