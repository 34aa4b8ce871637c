import { LatencyWindow } from '../latency.ts'

/** Latencies of one operation over the last 30 to 60 s. */
export interface LatencySummary {
  readonly p50Ms: number | undefined
  readonly p95Ms: number | undefined
  readonly p99Ms: number | undefined
}

const ORDER_WITHIN_MS = 1_000

interface Entry {
  readonly window: LatencyWindow
  movedMs: number
}

/** Latencies by operation; the least recently used leave first, exact to a second. */
export class LatencyTable {
  readonly #entries = new Map<string, Entry>()
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  record(operation: string, durationMs: number, nowMs: number): void {
    let entry = this.#entries.get(operation)
    if (entry === undefined) {
      const [oldest] = this.#entries.keys()
      if (this.#entries.size >= this.#most && oldest !== undefined) this.#entries.delete(oldest)
      this.#entries.set(operation, (entry = { window: new LatencyWindow(), movedMs: nowMs }))
    } else if (nowMs - entry.movedMs >= ORDER_WITHIN_MS) {
      entry.movedMs = nowMs
      this.#entries.delete(operation)
      this.#entries.set(operation, entry)
    }
    entry.window.record(durationMs, nowMs)
  }

  summary(nowMs: number): Readonly<Record<string, LatencySummary>> {
    return Object.fromEntries(
      Array.from(this.#entries, ([operation, { window }]) => [
        operation,
        {
          p50Ms: window.quantile(0.5, nowMs),
          p95Ms: window.quantile(0.95, nowMs),
          p99Ms: window.quantile(0.99, nowMs),
        },
      ]),
    )
  }
}
