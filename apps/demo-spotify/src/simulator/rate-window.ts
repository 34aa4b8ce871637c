const WINDOW_MS = 30_000

/** The rolling window of 30 seconds that the Web API counts an application's calls in. */
export class RateWindow {
  readonly #now: () => number
  readonly #permits: number
  #calls: number[] = []

  constructor(now: () => number, permits: number) {
    this.#now = now
    this.#permits = permits
  }

  /** Whole seconds until the next call is taken; undefined if this one is. */
  take(): number | undefined {
    const nowMs = this.#now()
    this.#calls = this.#calls.filter((atMs) => nowMs - atMs < WINDOW_MS)
    const oldestMs = this.#calls[0]
    if (this.#calls.length >= this.#permits && oldestMs !== undefined) {
      return Math.max(1, Math.ceil((oldestMs + WINDOW_MS - nowMs) / 1_000))
    }
    this.#calls.push(nowMs)
    return undefined
  }
}
