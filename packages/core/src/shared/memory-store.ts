import { systemClock, type Clock } from '../clock.ts'
import type { PutOptions, Reserved, SeenQuota, StateStore, StoreQuota, StoreRate, Taken } from '../state-store.ts'
import { gcraStep } from './gcra-step.ts'
import { quotaGap, quotaStep } from './quota-step.ts'

const US_PER_MS = 1_000
const MOST_KEYS = 10_000

type Listener = (key: string, value: string | null) => void

/**
 * Shared state in the memory of this process: for tests, for several policies that share one limit, and in browsers.
 *
 * It keeps 10,000 keys of each kind; the ones written longest ago leave first.
 */
export class MemoryStore implements StateStore {
  readonly name = 'memory'
  readonly shared = false
  readonly #clock: Clock
  readonly #arrivals = new Map<string, number>()
  readonly #quotas = new Map<string, Map<number, number>>()
  readonly #values = new Map<string, { readonly value: string; readonly untilMs: number }>()
  readonly #listeners = new Map<Listener, string>()

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
  }

  durability(): Promise<{ durable: boolean; detail: string }> {
    return Promise.resolve({ durable: false, detail: 'memory ends with the process' })
  }

  take(key: string, rate: StoreRate, cost: number): Promise<Taken> {
    const nowUs = Math.round(this.#clock.now() * US_PER_MS)
    const { arrivalUs, ...taken } = gcraStep(this.#arrivals.get(key) ?? 0, nowUs, rate, cost)
    write(this.#arrivals, key, arrivalUs)
    return Promise.resolve(taken)
  }

  reserve(key: string, quota: StoreQuota, cost: number): Promise<Reserved> {
    const counts = this.#quotas.get(key) ?? new Map<number, number>()
    const { changed, ...reserved } = quotaStep(counts, this.#nowMs(), quota, cost)
    for (const [bucket, used] of changed) {
      if (used === 0) counts.delete(bucket)
      else counts.set(bucket, used)
    }
    write(this.#quotas, key, counts)
    return Promise.resolve(reserved)
  }

  observe(key: string, quota: StoreQuota, seen: SeenQuota): Promise<void> {
    const counts = this.#quotas.get(key) ?? new Map<number, number>()
    const nowMs = this.#nowMs()
    const gap = quotaGap(counts, nowMs, quota, seen)
    const bucket = Math.floor(nowMs / quota.bucketMs)
    if (gap > 0) counts.set(bucket, (counts.get(bucket) ?? 0) + gap)
    write(this.#quotas, key, counts)
    return Promise.resolve()
  }

  put(key: string, value: string, { ttlMs, ifAbsent = false }: PutOptions): Promise<boolean> {
    const nowMs = this.#nowMs()
    const present = this.#values.get(key)
    if (ifAbsent && present !== undefined && present.untilMs > nowMs) return Promise.resolve(false)
    if (ttlMs <= 0) this.#values.delete(key)
    else write(this.#values, key, { value, untilMs: nowMs + ttlMs })
    for (const [listener, prefix] of this.#listeners)
      if (key.startsWith(prefix)) listener(key, ttlMs <= 0 ? null : value)
    return Promise.resolve(true)
  }

  list(prefix: string): Promise<(readonly [key: string, value: string, ttlMs: number])[]> {
    const nowMs = this.#nowMs()
    const found = [...this.#values].filter(([key, { untilMs }]) => key.startsWith(prefix) && untilMs > nowMs)
    return Promise.resolve(found.map(([key, { value, untilMs }]) => [key, value, untilMs - nowMs] as const))
  }

  watch(prefix: string, listener: Listener): () => void {
    const own: Listener = (key, value) => {
      listener(key, value)
    }
    this.#listeners.set(own, prefix)
    return () => void this.#listeners.delete(own)
  }

  close(): Promise<void> {
    this.#listeners.clear()
    return Promise.resolve()
  }

  #nowMs(): number {
    return Math.floor(this.#clock.now())
  }
}

const write = <Value>(map: Map<string, Value>, key: string, value: Value): void => {
  map.delete(key)
  const [oldest] = map.keys()
  if (map.size >= MOST_KEYS && oldest !== undefined) map.delete(oldest)
  map.set(key, value)
}

/**
 * A {@link StateStore} in memory.
 *
 * @param clock - Default: the system's.
 */
export const memoryStore = (clock?: Clock): StateStore => new MemoryStore(clock)
