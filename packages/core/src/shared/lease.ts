import type { StoreGuard } from './store-guard.ts'

/** What a store gave for a lease. */
export interface Granted {
  readonly granted: number
  /** When it is worth asking again, if less was given than asked for, ms. */
  readonly retryAfterMs: number
}

/** The part of a limit that one process may use alone while the store is down. */
export interface LocalShare {
  /** How long it also binds after the store is back, ms: until the other processes have noticed as well. */
  readonly staysMs: number
  waitMs(weight: number, nowMs: number): number
  take(weight: number, nowMs: number): void
  /** The store has just gone down. */
  begin(nowMs: number): void
}

/** How a lease gets more: undefined when the store is down. */
export type AskStore = (cost: number) => Promise<Granted | undefined>

// A smaller block is not worth a request of its own ahead of time: it would only take permits others need now.
const SMALLEST_AHEAD = 4

/**
 * Permits that were taken from a store in a block and are handed out one by one without asking it.
 *
 * While the store is down a local share takes their place; what is left of the lease is used first.
 */
export class Lease {
  readonly #guard: StoreGuard
  readonly #ask: AskStore
  readonly #share: LocalShare
  readonly #block: number
  readonly #now: () => number
  readonly #served: () => void
  left = 0
  /** Whether the store is being asked. */
  isAsking = false
  #wasUp = true
  /** Until then the local share binds beside the lease. */
  #shareUntilMs = -Infinity
  /** Before this it is not worth asking. */
  #againAtMs = -Infinity

  constructor(
    guard: StoreGuard,
    ask: AskStore,
    share: LocalShare,
    block: number,
    now: () => number,
    served: () => void,
  ) {
    this.#guard = guard
    this.#ask = ask
    this.#share = share
    this.#block = block
    this.#now = now
    this.#served = served
  }

  /** Ms to wait, 0 for now; Infinity while the store is being asked. */
  waitMs(weight: number, nowMs: number): number {
    if (this.left >= weight) return nowMs < this.#shareUntilMs ? this.#share.waitMs(weight, nowMs) : 0
    if (!this.#isUp(nowMs)) {
      // One request finds out whether it is back, and nobody waits for it.
      if (this.#guard.mayAsk()) this.#fetch(this.#block)
      return this.#share.waitMs(weight, nowMs)
    }
    if (nowMs >= this.#againAtMs) this.#fetch(Math.max(this.#block, Math.ceil(weight - this.left)))
    return this.isAsking ? Infinity : Math.max(0, this.#againAtMs - nowMs)
  }

  /** Ms until the store is worth asking; 0 while it is being asked or has given enough. */
  emptyMs(weight: number, nowMs: number): number {
    return this.left >= weight || this.isAsking || !this.#guard.isUp ? 0 : Math.max(0, this.#againAtMs - nowMs)
  }

  take(weight: number, nowMs: number): void {
    if (this.left < weight) {
      // Without a lease only the local share can have admitted it.
      this.#share.take(weight, nowMs)
      return
    }
    if (nowMs < this.#shareUntilMs) this.#share.take(weight, nowMs)
    this.left -= weight
    const { left } = this
    if (this.#block >= SMALLEST_AHEAD && left < this.#block / 2 && nowMs >= this.#againAtMs && this.#isUp(nowMs))
      this.#fetch(Math.floor(this.#block - left))
  }

  giveBack(weight: number): void {
    this.left = Math.min(this.left + weight, Math.max(this.#block, weight))
  }

  /** Forgets what is left, so that it can be given back to the store. */
  drain(): number {
    const { left } = this
    this.left = 0
    return left
  }

  #isUp(nowMs: number): boolean {
    const { isUp } = this.#guard
    if (this.#wasUp && !isUp) {
      this.#share.begin(nowMs)
      this.#shareUntilMs = -Infinity
    }
    if (!this.#wasUp && isUp) this.#shareUntilMs = nowMs + this.#share.staysMs
    this.#wasUp = isUp
    return isUp
  }

  #fetch(cost: number): void {
    if (this.isAsking) return
    this.isAsking = true
    void this.#ask(cost).then((given) => {
      this.isAsking = false
      if (given !== undefined) {
        this.left += given.granted
        this.#againAtMs = given.granted >= cost ? -Infinity : this.#now() + given.retryAfterMs
      }
      this.#isUp(this.#now())
      this.#served()
    })
  }
}
