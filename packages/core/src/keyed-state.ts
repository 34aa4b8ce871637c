import { LatencyWindow } from './latency.ts'

/** What a strategy keeps per key; every method is optional and none may wait. */
export interface Cell {
  /** A few plain facts for `policy.health()`. */
  health?(nowMs: number): Readonly<Record<string, unknown>>
  /** Plain JSON for `policy.snapshot()`; times relative to `nowMs`, because the clock's zero moves. */
  snapshot?(nowMs: number): unknown
  restore?(data: unknown, nowMs: number): void
  /** Back to the first state, manual states included. */
  reset?(nowMs: number): void
  /** An operator's word; `reset` takes it back. */
  control?(manual: ManualState, nowMs: number): void
  /** Whether work is in flight or waiting, so that eviction should pass this key over. */
  busy?(): boolean
}

/** What an operator ordered for a key or for a whole policy. */
export interface ManualState {
  readonly state: 'forced-open' | 'disabled'
  readonly reason: string
}

/** All that is kept for one key: one cell a strategy and the latencies of successes. */
export class KeyState {
  readonly key: string
  readonly cells: (Cell | undefined)[] = []
  readonly latency = new LatencyWindow()
  lastUsedMs = 0

  constructor(key: string) {
    this.key = key
  }

  get isBusy(): boolean {
    return this.cells.some((cell) => cell?.busy?.() === true)
  }
}

export interface KeyLimits {
  /** Keys kept at most; the least recently used leave first. Default 1_000. */
  readonly maxKeys: number
  /** A key unused for this long may leave, ms. Default 600_000. */
  readonly idleMs: number
}

// How many of the oldest keys are looked at, so that finding one to evict stays O(1).
const LOOK_AT = 8

/** Key to state, bounded by a cap and by idle time; lookups and evictions are O(1) and need no timer. */
export class KeyedState {
  readonly #states = new Map<string, KeyState>()
  readonly #limits: KeyLimits
  #latest: KeyState | undefined

  constructor(limits: KeyLimits) {
    this.#limits = limits
  }

  get(key: string, nowMs: number): KeyState {
    const latest = this.#latest
    if (latest?.key === key) {
      latest.lastUsedMs = nowMs
      return latest
    }
    let state = this.#states.get(key)
    if (state === undefined) {
      this.#evict(nowMs)
      state = new KeyState(key)
    } else {
      this.#states.delete(key)
    }
    this.#states.set(key, state)
    state.lastUsedMs = nowMs
    this.#latest = state
    return state
  }

  peek(key: string): KeyState | undefined {
    return this.#states.get(key)
  }

  values(): Iterable<KeyState> {
    return this.#states.values()
  }

  get size(): number {
    return this.#states.size
  }

  clear(): void {
    this.#states.clear()
    this.#latest = undefined
  }

  #evict(nowMs: number): void {
    let looked = 0
    let victim: KeyState | undefined
    for (const state of this.#states.values()) {
      const isIdle = nowMs - state.lastUsedMs > this.#limits.idleMs && !state.isBusy
      if (isIdle) this.#states.delete(state.key)
      else if (victim === undefined && !state.isBusy) victim = state
      if ((looked += 1) >= LOOK_AT) break
    }
    if (this.#states.size < this.#limits.maxKeys) return
    // With every old key busy the cap still holds: their permits keep their own cell.
    const oldest = victim ?? this.#states.values().next().value
    if (oldest !== undefined) this.#states.delete(oldest.key)
  }
}
