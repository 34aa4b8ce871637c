import type { Clock, TimerHandle } from '../clock.ts'
import type { StoreGuard } from './store-guard.ts'

/** One value on the board. */
export interface Notice {
  readonly value: string
  readonly ttlMs: number
}

/** Hears of one key of a prefix; `undefined` when it was taken down. */
export type Follower = (key: string, notice: Notice | undefined) => void

// A push does not say how long its value holds; the next poll does.
const UNKNOWN_TTL_MS = 10_000
const LIVE = 'live:'
const LIVES_POLLS = 3

/**
 * Small values that all processes see: votes of breakers, kill switches, who is alive.
 *
 * A push brings news within milliseconds where the store can push; the poll is the truth. It has one timer, from the
 * first follower on.
 */
export class Board {
  readonly id: string
  readonly #guard: StoreGuard
  readonly #clock: Clock
  readonly #pollMs: number
  readonly #followers = new Map<string, { readonly hear: Follower; known: ReadonlySet<string> }>()
  readonly #unwatch: (() => void)[] = []
  #timer: TimerHandle | undefined
  #live = 1
  #isClosed = false

  constructor(id: string, guard: StoreGuard, clock: Clock, pollMs: number) {
    this.id = id
    this.#guard = guard
    this.#clock = clock
    this.#pollMs = pollMs
  }

  /** Processes alive at the last poll, this one included. */
  get live(): number {
    return this.#live
  }

  /** Tells of everything under a prefix, now and whenever it changes. One follower a prefix. */
  follow(prefix: string, hear: Follower): void {
    this.#followers.set(prefix, { hear, known: new Set() })
    const unwatch = this.#guard.store.watch?.(prefix, (key, value) => {
      hear(key, value === null ? undefined : { value, ttlMs: UNKNOWN_TTL_MS })
    })
    if (unwatch !== undefined) this.#unwatch.push(unwatch)
    if (this.#timer === undefined) void this.#poll()
  }

  /** Whether it was written; undefined when the store is down. */
  put(key: string, value: string, ttlMs: number, ifAbsent = false): Promise<boolean | undefined> {
    return this.#guard.ask((store) => store.put(key, value, { ttlMs, ifAbsent }))
  }

  /** Looks now, not at the next poll. */
  async refresh(): Promise<boolean> {
    for (const prefix of this.#followers.keys()) if (!(await this.#look(prefix))) return false
    return true
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const unwatch of this.#unwatch) unwatch()
    if (this.#timer === undefined) return
    this.#clock.clearTimer(this.#timer)
    await this.put(LIVE + this.id, '', 0)
  }

  async #poll(): Promise<void> {
    // Armed first: the next poll comes whatever happens to this one.
    this.#timer = this.#clock.setTimer(() => void this.#poll(), this.#pollMs, false)
    await this.put(LIVE + this.id, '', LIVES_POLLS * this.#pollMs)
    const live = await this.#guard.ask((store) => store.list(LIVE))
    if (this.#isClosed) return
    if (live !== undefined) this.#live = Math.max(1, live.length)
    await this.refresh()
  }

  async #look(prefix: string): Promise<boolean> {
    const entries = await this.#guard.ask((store) => store.list(prefix))
    const follower = this.#followers.get(prefix)
    if (entries === undefined || follower === undefined || this.#isClosed) return false
    const present = new Set(entries.map(([key]) => key))
    for (const key of follower.known) if (!present.has(key)) follower.hear(key, undefined)
    for (const [key, value, ttlMs] of entries) follower.hear(key, { value, ttlMs })
    follower.known = present
    return true
  }
}
