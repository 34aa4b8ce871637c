// Logarithmic buckets, four to a doubling from 1 ms up: a quantile is right within 19 %.
const BUCKETS_PER_DOUBLING = 4
const BUCKETS = 80
const GENERATION_MS = 30_000

const bucketOf = (latencyMs: number): number =>
  latencyMs <= 1 ? 0 : Math.min(BUCKETS - 1, Math.floor(Math.log2(latencyMs) * BUCKETS_PER_DOUBLING) + 1)

/**
 * Latencies of the successes of one key over the last 30 to 60 s.
 *
 * Recording is O(1); the two generations swap by time, so old samples leave without a timer.
 */
export class LatencyWindow {
  #current: Uint32Array | undefined
  #previous: Uint32Array | undefined
  #generationEndsMs = -Infinity

  record(latencyMs: number, nowMs: number): void {
    this.#rotate(nowMs)
    const counts = (this.#current ??= new Uint32Array(BUCKETS))
    const bucket = bucketOf(latencyMs)
    counts[bucket] = (counts[bucket] as number) + 1
  }

  /** The upper edge of the bucket that holds the quantile, ms; undefined without samples. */
  quantile(share: number, nowMs: number): number | undefined {
    this.#rotate(nowMs)
    let total = 0
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) total += this.#count(bucket)
    if (total === 0) return undefined
    let below = 0
    let bucket = -1
    while (below < share * total) below += this.#count((bucket += 1))
    return 2 ** (bucket / BUCKETS_PER_DOUBLING)
  }

  #count(bucket: number): number {
    return (this.#current?.[bucket] ?? 0) + (this.#previous?.[bucket] ?? 0)
  }

  #rotate(nowMs: number): void {
    if (nowMs < this.#generationEndsMs) return
    const isOneGenerationOld = nowMs < this.#generationEndsMs + GENERATION_MS
    const reusable = this.#previous
    this.#previous = isOneGenerationOld ? this.#current : undefined
    this.#current = isOneGenerationOld ? reusable?.fill(0) : undefined
    this.#generationEndsMs = nowMs + GENERATION_MS
  }
}
