import { LatencyWindow } from '../latency.ts'

/** Latencies of one operation over the last 30 to 60 s. */
export interface LatencySummary {
  readonly p50Ms: number | undefined
  readonly p95Ms: number | undefined
  readonly p99Ms: number | undefined
}

/** Latencies by operation, the least recently used leave first. */
export class LatencyTable {
  readonly #windows = new Map<string, LatencyWindow>()
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  record(operation: string, durationMs: number, nowMs: number): void {
    let window = this.#windows.get(operation)
    if (window === undefined) {
      const [oldest] = this.#windows.keys()
      if (this.#windows.size >= this.#most && oldest !== undefined) this.#windows.delete(oldest)
      window = new LatencyWindow()
    } else this.#windows.delete(operation)
    this.#windows.set(operation, window)
    window.record(durationMs, nowMs)
  }

  summary(nowMs: number): Readonly<Record<string, LatencySummary>> {
    return Object.fromEntries(
      [...this.#windows].map(([operation, window]) => [
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
