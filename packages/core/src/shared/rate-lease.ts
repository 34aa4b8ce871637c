import { Gcra } from '../gcra.ts'
import type { StoreRate } from '../state-store.ts'
import { Lease, type LocalShare } from './lease.ts'
import type { StoreGuard } from './store-guard.ts'

const US_PER_MS = 1_000
// A request takes 0.1 to 0.4 ms on loopback, and half a block is what it brings.
const LARGEST_BLOCK = 200

/** What happens to calls while the store does not answer. */
export type OnStoreDown = 'local-share' | 'deny' | 'allow'

interface Window {
  readonly permits: number
  readonly perMs: number
  readonly burst: number
}

/** How a lease is cut out of a window. */
export interface LeaseTerms {
  /** How many processes share the limit. */
  readonly instances: number
  /** Time that a block is worth, ms. */
  readonly leaseMs: number
  readonly onStoreDown: OnStoreDown
}

/**
 * A share of a window for the time without a store: `limit / instances`, one permit at once at the beginning.
 *
 * A full burst at the beginning would come on top of what the store has just given.
 */
class RateShare implements LocalShare {
  readonly staysMs: number
  readonly #burst: number
  readonly #gcra: Gcra

  constructor({ permits, perMs, burst }: Window, instances: number, staysMs: number, nowMs: number) {
    this.staysMs = staysMs
    const permitsPerMs = permits / perMs / instances
    this.#burst = Math.max(1, burst / instances)
    this.#gcra = new Gcra(
      this.#burst,
      { highestPerMs: permitsPerMs, permitsPerMs: () => permitsPerMs, changesAtMs: () => Infinity },
      nowMs,
    )
  }

  waitMs(weight: number, nowMs: number): number {
    return this.#gcra.waitMs(weight, 0, nowMs)
  }

  take(weight: number, nowMs: number): void {
    this.#gcra.take(weight, nowMs)
  }

  begin(nowMs: number): void {
    this.#gcra.restart(this.#burst - 1, nowMs)
  }
}

const fixedShare = (waitMs: number): LocalShare => ({
  staysMs: 0,
  waitMs: () => waitMs,
  take: () => undefined,
  begin: () => undefined,
})

const shareOf = (
  { onStoreDown, instances }: LeaseTerms,
  window: Window,
  staysMs: number,
  nowMs: number,
): LocalShare => {
  if (onStoreDown === 'deny') return fixedShare(Infinity)
  // The limiter's own windows still hold this process to the whole limit.
  return onStoreDown === 'allow' ? fixedShare(0) : new RateShare(window, instances, staysMs, nowMs)
}

/** One window of a limit, leased from the store in blocks. */
export class RateLease {
  readonly lease: Lease
  readonly #guard: StoreGuard
  readonly #key: string
  readonly #rate: StoreRate
  readonly #now: () => number
  readonly #permitsPerMs: number
  #grantedAtMs = 0

  constructor(
    guard: StoreGuard,
    key: string,
    window: Window,
    terms: LeaseTerms,
    now: () => number,
    served: () => void,
  ) {
    const { permits, perMs, burst } = window
    this.#guard = guard
    this.#key = key
    this.#now = now
    this.#permitsPerMs = permits / perMs
    this.#rate = {
      emissionUs: Math.max(1, Math.ceil((perMs * US_PER_MS) / permits)),
      burst: Math.max(1, Math.floor(burst)),
    }
    const worth = Math.ceil(((permits / perMs) * terms.leaseMs) / terms.instances)
    const block = Math.max(1, Math.min(worth, LARGEST_BLOCK, this.#rate.burst))
    const share = shareOf(terms, window, guard.rejoinMs, now())
    this.lease = new Lease(guard, (cost) => this.#take(cost), share, block, now, served)
  }

  /** Gives the rest of the lease back, as far as it has not come again by itself since it was taken. */
  async close(): Promise<void> {
    const heldMs = this.#now() - this.#grantedAtMs
    const unused = Math.floor(this.lease.drain() - heldMs * this.#permitsPerMs)
    if (unused > 0) await this.#guard.ask((store) => store.take(this.#key, this.#rate, -unused))
  }

  async #take(cost: number) {
    const taken = await this.#guard.ask((store) => store.take(this.#key, this.#rate, cost))
    if (taken !== undefined) this.#grantedAtMs = this.#now()
    return taken
  }
}
