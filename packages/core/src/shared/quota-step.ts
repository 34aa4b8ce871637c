import type { Reserved, SeenQuota, StoreQuota } from '../state-store.ts'

/** Used counts by bucket number, in any order. */
export type QuotaCounts = ReadonlyMap<number, number>

/** What one request does to the buckets of a key. */
export interface QuotaStep extends Reserved {
  /** Buckets that changed, with their new counts; 0 for one that may be forgotten. */
  readonly changed: readonly (readonly [bucket: number, used: number])[]
}

// One bucket more than the window has: the running one is not full yet, so less would cover less than the window.
const firstBucket = (quota: StoreQuota, nowMs: number): number =>
  Math.floor(nowMs / quota.bucketMs) - Math.ceil(quota.windowMs / quota.bucketMs)

const live = (counts: QuotaCounts, from: number): readonly (readonly [number, number])[] =>
  [...counts].filter(([bucket, used]) => bucket >= from && used > 0).toSorted(([left], [right]) => left - right)

const gone = (counts: QuotaCounts, from: number): (readonly [number, number])[] =>
  [...counts.keys()].filter((bucket) => bucket < from).map((bucket) => [bucket, 0] as const)

const total = (buckets: readonly (readonly [number, number])[]): number =>
  buckets.reduce((sum, [, used]) => sum + used, 0)

/**
 * A quota over a sliding window of buckets, in whole numbers, as every store computes it.
 *
 * What is given back leaves the oldest buckets: out of the newest it would count less than was used for as long as the
 * oldest is still in the window.
 */
export const quotaStep = (counts: QuotaCounts, nowMs: number, quota: StoreQuota, cost: number): QuotaStep => {
  const from = firstBucket(quota, nowMs)
  const current = Math.floor(nowMs / quota.bucketMs)
  const buckets = new Map(live(counts, from))
  const changed = new Map(gone(counts, from))
  const used = total([...buckets])
  const granted = cost <= 0 ? 0 : Math.max(0, Math.min(cost, quota.limit - used))
  if (granted > 0) buckets.set(current, (buckets.get(current) ?? 0) + granted)
  if (granted > 0) changed.set(current, buckets.get(current) ?? 0)
  let back = Math.max(0, -cost)
  for (const [bucket, count] of [...buckets]) {
    if (back === 0) break
    const taken = Math.min(back, count)
    back -= taken
    buckets.set(bucket, count - taken)
    changed.set(bucket, count - taken)
  }
  const oldest = live(buckets, from)[0]?.[0]
  return {
    granted,
    remaining: Math.max(0, quota.limit - total([...buckets])),
    resetMs: oldest === undefined ? 0 : (oldest - from + 1) * quota.bucketMs - (nowMs % quota.bucketMs),
    changed: [...changed],
  }
}

/** How much must be added to the running bucket so that no more is left than the server says. */
export const quotaGap = (counts: QuotaCounts, nowMs: number, quota: StoreQuota, seen: SeenQuota): number => {
  const used = total(live(counts, firstBucket(quota, nowMs)))
  return Math.max(0, Math.min(quota.limit, (seen.limit ?? quota.limit) - seen.remaining) - used)
}
