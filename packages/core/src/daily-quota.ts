import type { Priority } from './call-overrides.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
// 24 full hours and the one that has begun: the count never covers less than 24 h.
const BUCKETS = 25

/** What a {@link DailyQuota} keeps over a restart. */
export interface DailySnapshot {
  /** Counts by hour, the running one first. */
  readonly hours: readonly number[]
  /** How far the running hour is, ms. */
  readonly intoHourMs: number
  /** The server's last word and how long it still holds, ms. */
  readonly server: { readonly left: number; readonly limit: number | null; readonly forMs: number } | null
}

/** How much of the day the server says is left. */
export interface DailyWord {
  readonly remaining: number
  readonly limit?: number | undefined
  readonly resetAfterMs?: number | undefined
}

/**
 * A quota over a sliding 24 h window of hourly buckets, with a reserve for what matters more.
 *
 * `background` stops when `reserve` of the quota is left, `default` at half of that, `critical` uses everything. The
 * server's own count can only lower ours: other programs may share the quota.
 */
export class DailyQuota {
  readonly #limit: number
  readonly #reserve: number
  #hours = new Float64Array(BUCKETS)
  #total = 0
  /** When hour 0 began, and the hour now. */
  #originMs: number
  #hour = 0
  #server: { left: number; readonly limit: number | undefined; readonly untilMs: number } | undefined

  /** @param limit - Infinity when only the server knows it. */
  constructor(limit: number, reserve: number, nowMs: number) {
    this.#limit = limit
    this.#reserve = reserve
    this.#originMs = nowMs
  }

  /** What is left for `critical`; Infinity when nobody knows. */
  remaining(nowMs: number): number {
    this.#advance(nowMs)
    return Math.max(0, Math.min(this.#limit - this.#total, this.#server?.left ?? Infinity))
  }

  /** Milliseconds until the quota has room; 0 for now, Infinity for never. */
  waitMs(weight: number, priority: Priority, nowMs: number): number {
    if (this.#limit === Infinity && this.#server === undefined) return 0
    this.#advance(nowMs)
    const needed = weight + this.#keptFrom(priority)
    const server = this.#server
    const serverMs = server !== undefined && server.left < needed ? server.untilMs - nowMs : 0
    return this.#limit - this.#total >= needed ? serverMs : Math.max(serverMs, this.#untilFreeMs(needed, nowMs))
  }

  take(weight: number, nowMs: number): void {
    this.#advance(nowMs)
    this.#add(0, weight)
    if (this.#server !== undefined) this.#server.left -= weight
  }

  giveBack(weight: number, takenAtMs: number, nowMs: number): void {
    this.#advance(nowMs)
    const age = this.#hour - Math.floor((takenAtMs - this.#originMs) / HOUR_MS)
    this.#add(age, -Math.min(weight, this.#hours[age] ?? 0))
    if (this.#server !== undefined) this.#server.left += weight
  }

  /**
   * Takes the server's count over.
   *
   * Without a reset it holds for an hour: then one more answer is needed to know what has come free.
   *
   * @param inFlight - Permits of attempts under way, which the server may not have counted yet.
   */
  observe(word: DailyWord, inFlight: number, nowMs: number): void {
    const forMs = Math.min(word.resetAfterMs ?? HOUR_MS, DAY_MS)
    this.#server = { left: word.remaining - inFlight, limit: word.limit, untilMs: nowMs + forMs }
  }

  snapshot(nowMs: number): DailySnapshot {
    this.#advance(nowMs)
    const server = this.#server
    return {
      hours: [...this.#hours],
      intoHourMs: nowMs - this.#originMs - this.#hour * HOUR_MS,
      server:
        server === undefined ? null : { left: server.left, limit: server.limit ?? null, forMs: server.untilMs - nowMs },
    }
  }

  /** @param takenMs - When the snapshot was taken, on the present clock. */
  restore({ hours, intoHourMs, server }: DailySnapshot, takenMs: number): void {
    this.reset(takenMs)
    this.#originMs -= Math.min(HOUR_MS, Math.max(0, intoHourMs))
    for (const [age, count] of hours.slice(0, BUCKETS).entries()) this.#add(age, Math.max(0, count))
    if (server !== null)
      this.#server = {
        left: server.left,
        limit: server.limit ?? undefined,
        untilMs: takenMs + Math.min(server.forMs, DAY_MS),
      }
  }

  reset(nowMs: number): void {
    this.#hours.fill(0)
    this.#total = 0
    this.#originMs = nowMs
    this.#hour = 0
    this.#server = undefined
  }

  #keptFrom(priority: Priority): number {
    if (priority === 'critical') return 0
    const limit = Math.min(this.#limit, this.#server?.limit ?? Infinity)
    if (limit === Infinity) return 0
    return limit * (priority === 'background' ? this.#reserve : this.#reserve / 2)
  }

  #untilFreeMs(needed: number, nowMs: number): number {
    let free = this.#limit - this.#total
    for (let age = BUCKETS - 1; age >= 0; age -= 1) {
      free += this.#hours[age] ?? 0
      if (free >= needed) return this.#originMs + (this.#hour + BUCKETS - age) * HOUR_MS - nowMs
    }
    return Infinity
  }

  #add(age: number, count: number): void {
    if (age < 0 || age >= BUCKETS) return
    this.#hours[age] = (this.#hours[age] ?? 0) + count
    this.#total += count
  }

  #advance(nowMs: number): void {
    if (this.#server !== undefined && nowMs >= this.#server.untilMs) this.#server = undefined
    const hour = Math.floor((nowMs - this.#originMs) / HOUR_MS)
    const steps = hour - this.#hour
    if (steps <= 0) return
    this.#hour = hour
    this.#hours.copyWithin(Math.min(steps, BUCKETS), 0)
    this.#hours.fill(0, 0, Math.min(steps, BUCKETS))
    this.#total = this.#hours.reduce((sum, count) => sum + count, 0)
  }
}

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

/** Whether data out of a store can be restored; anything else is left alone. */
export const isDailySnapshot = (data: unknown): data is DailySnapshot => {
  if (typeof data !== 'object' || data === null) return false
  const { hours, intoHourMs, server } = data as Partial<DailySnapshot>
  if (!Array.isArray(hours) || !hours.every(isCount) || !isCount(intoHourMs)) return false
  return (
    server === null ||
    (typeof server === 'object' &&
      isCount(server.left) &&
      isCount(server.forMs) &&
      (server.limit === null || isCount(server.limit)))
  )
}
