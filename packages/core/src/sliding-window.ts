/**
 * Two counters over a sliding time window of fixed buckets, O(1) to add to and to read.
 *
 * Buckets leave by time, not by calls; a jump past the whole window empties it.
 */
export class SlidingWindow {
  readonly #bucketMs: number
  readonly #first: Float64Array
  readonly #second: Float64Array
  #head = 0
  #headIndex = -Infinity
  /** Sum of the first counter inside the window, as of the last call. */
  firstTotal = 0
  /** Sum of the second counter inside the window, as of the last call. */
  secondTotal = 0

  constructor(windowMs: number, buckets: number) {
    this.#bucketMs = windowMs / buckets
    this.#first = new Float64Array(buckets)
    this.#second = new Float64Array(buckets)
  }

  add(first: number, second: number, nowMs: number): void {
    this.advance(nowMs)
    const head = this.#head
    this.#first[head] = (this.#first[head] as number) + first
    this.#second[head] = (this.#second[head] as number) + second
    this.firstTotal += first
    this.secondTotal += second
  }

  /** Drops what has left the window by `nowMs`. */
  advance(nowMs: number): void {
    const index = Math.floor(nowMs / this.#bucketMs)
    const steps = index - this.#headIndex
    if (steps <= 0) return
    const buckets = this.#first.length
    if (steps >= buckets) {
      this.clear()
    } else {
      for (let step = 0; step < steps; step += 1) {
        this.#head = (this.#head + 1) % buckets
        this.firstTotal -= this.#first[this.#head] as number
        this.secondTotal -= this.#second[this.#head] as number
        this.#first[this.#head] = 0
        this.#second[this.#head] = 0
      }
    }
    this.#headIndex = index
  }

  clear(): void {
    this.#first.fill(0)
    this.#second.fill(0)
    this.firstTotal = 0
    this.secondTotal = 0
  }
}
