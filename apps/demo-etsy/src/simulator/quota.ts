/** State of both limits after one request. */
export interface QuotaVerdict {
  readonly breach: 'none' | 'per-second' | 'per-day'
  readonly perSecondLimit: number
  readonly remainingThisSecond: number
  readonly dailyLimit: number
  readonly remainingToday: number
  /** Seconds until a request would be let through again, at least 1. */
  readonly retryAfterSeconds: number
}

/** The limits of one API key. */
export interface Quota {
  /** Judges and counts one request; `perSecondLimit` stands in for the usual one. */
  take(nowMs: number, perSecondLimit?: number): QuotaVerdict
  /** What the next request would find; counts nothing. */
  look(nowMs: number): QuotaVerdict
  /** Uses up what is left of the day. */
  exhaust(nowMs: number): void
  /** Requests counted against the daily quota since the start. */
  readonly burned: number
}

const bucketCount = 12

/**
 * Per second first, then per day, as Etsy documents it. The day is a sliding window of 12 buckets whose use is freed at
 * once when a bucket leaves; a refused request costs nothing.
 * @param windowMs length of the compressed 24 hours, milliseconds
 */
export function createQuota(limits: {
  readonly perSecondLimit: number
  readonly dailyLimit: number
  readonly windowMs: number
}): Quota {
  const bucketMs = limits.windowMs / bucketCount
  const buckets = new Map<number, number>()
  let second = -1
  let usedThisSecond = 0
  let burned = 0
  const usedAt = (nowMs: number): number => {
    const bucket = Math.floor(nowMs / bucketMs)
    for (const old of buckets.keys()) if (old <= bucket - bucketCount) buckets.delete(old)
    return [...buckets.values()].reduce((sum, used) => sum + used, 0)
  }
  return {
    get burned() {
      return burned
    },
    look(nowMs) {
      const remainingToday = Math.max(0, limits.dailyLimit - usedAt(nowMs))
      const { perSecondLimit, dailyLimit } = limits
      const isThisSecond = Math.floor(nowMs / 1_000) === second
      const remainingThisSecond = Math.max(0, perSecondLimit - (isThisSecond ? usedThisSecond : 0))
      return { breach: 'none', perSecondLimit, remainingThisSecond, dailyLimit, remainingToday, retryAfterSeconds: 1 }
    },
    exhaust(nowMs) {
      const missing = Math.max(0, limits.dailyLimit - usedAt(nowMs))
      const bucket = Math.floor(nowMs / bucketMs)
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + missing)
    },
    take(nowMs, perSecondLimit = limits.perSecondLimit) {
      if (Math.floor(nowMs / 1_000) !== second) {
        second = Math.floor(nowMs / 1_000)
        usedThisSecond = 0
      }
      const bucket = Math.floor(nowMs / bucketMs)
      const usedToday = usedAt(nowMs)
      const verdict = (breach: QuotaVerdict['breach'], retryAfterSeconds: number, cost: number): QuotaVerdict => ({
        breach,
        perSecondLimit,
        remainingThisSecond: Math.max(0, perSecondLimit - usedThisSecond - cost),
        dailyLimit: limits.dailyLimit,
        remainingToday: Math.max(0, limits.dailyLimit - usedToday - cost),
        retryAfterSeconds,
      })
      if (usedThisSecond >= perSecondLimit) return verdict('per-second', 1, 0)
      if (usedToday >= limits.dailyLimit) {
        const oldest = Math.min(...buckets.keys())
        const freedAtMs = (oldest + bucketCount) * bucketMs
        return verdict('per-day', Math.max(1, Math.ceil((freedAtMs - nowMs) / 1_000)), 0)
      }
      const answer = verdict('none', 1, 1)
      usedThisSecond += 1
      burned += 1
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1)
      return answer
    },
  }
}
