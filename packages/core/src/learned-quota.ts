import type { QuotaView } from './rate-headers.ts'

interface Learned {
  /** The server's name for it, without the partition. */
  readonly name: string
  /** Units left at `seenMs`, as far as we know; attempts in flight are taken off. */
  left: number
  readonly seenMs: number
  /** Units that come free with time, where the server names a window but not its end. */
  readonly refillPerMs: number
  /** From this many units left downwards they are spread. */
  readonly spreadBelow: number
  /** When the next unit may be spent, once they are spread. */
  nextAtMs: number
  /** Until when all of that holds. */
  readonly resetAtMs: number
  /** What the server grants in the long run. */
  readonly grantPerMs: number
  readonly forgetAtMs: number
}

// The server chooses the names, so their number is bounded.
const MOST_QUOTAS = 8
const LONGEST_RESET_MS = 86_400_000
// Without any word on the window the next answer decides; an empty quota must not block for longer.
const GUESSED_RESET_MS = 1_000
const REMEMBER_MS = 600_000
const FREE_SHARE = 0.5
const PAUSE = 'retry-after'

const spacingMs = ({ left, resetAtMs }: Learned, nowMs: number): number =>
  Math.max(0, resetAtMs - nowMs) / Math.max(1, left)

/**
 * What the server's own headers allow.
 *
 * Never more than the units left before the reset, and in the long run no more than the quota over its window. The
 * first half of a quota may be spent as it comes; after that what is left is spread evenly over the time left, so that
 * a burst does not leave nothing for the rest of the window.
 *
 * @see draft-ietf-httpapi-ratelimit-headers
 */
export class LearnedQuotas {
  readonly #quotas = new Map<string, Learned>()

  /**
   * @param inFlight - Permits of attempts under way, which the server may not have counted yet.
   * @param isRefused - The server refused the attempt, so an empty quota is empty to the end of its window.
   */
  observe(view: QuotaView, inFlight: number, isRefused: boolean, nowMs: number): void {
    const { limit, remaining, resetAfterMs, windowMs, partition } = view
    const key = partition === undefined ? view.name : `${view.name} ${partition}`
    const resetMs = Math.min(resetAfterMs ?? windowMs ?? GUESSED_RESET_MS, LONGEST_RESET_MS)
    const grantPerMs =
      limit !== undefined && windowMs !== undefined && limit * windowMs > 0 ? limit / windowMs : Infinity
    const isRefilled = resetAfterMs === undefined && !isRefused && grantPerMs !== Infinity
    this.#remember(key, {
      name: view.name,
      left: remaining === undefined ? Infinity : remaining - inFlight,
      seenMs: nowMs,
      refillPerMs: isRefilled ? grantPerMs : 0,
      // Without a reset nobody knows over which time to spread.
      spreadBelow: resetAfterMs === undefined ? -Infinity : FREE_SHARE * (limit ?? Infinity),
      nextAtMs: this.#quotas.get(key)?.nextAtMs ?? -Infinity,
      resetAtMs: nowMs + resetMs,
      grantPerMs,
      forgetAtMs: nowMs + Math.max(REMEMBER_MS, 2 * (windowMs ?? 0)),
    })
  }

  /** The server asked for a pause: nothing is left until it is over. */
  pause(forMs: number, nowMs: number): void {
    const resetAtMs = nowMs + Math.min(forMs, LONGEST_RESET_MS)
    if (resetAtMs <= (this.#quotas.get(PAUSE)?.resetAtMs ?? -Infinity)) return
    this.#remember(PAUSE, {
      name: PAUSE,
      left: 0,
      seenMs: nowMs,
      refillPerMs: 0,
      spreadBelow: -Infinity,
      nextAtMs: -Infinity,
      resetAtMs,
      grantPerMs: Infinity,
      forgetAtMs: resetAtMs,
    })
  }

  /**
   * Milliseconds until so many units may be spent; 0 for now.
   *
   * @param ahead - Units that others will spend first.
   */
  waitMs(weight: number, ahead: number, nowMs: number): number {
    // Most servers say nothing, and an iterator over nothing still costs an object.
    if (this.#quotas.size === 0) return 0
    let atMs = nowMs
    for (const quota of this.#quotas.values()) {
      if (nowMs >= quota.resetAtMs) continue
      const { left, spreadBelow, nextAtMs, resetAtMs } = quota
      const missing = weight + ahead - left
      if (missing > 0) atMs = Math.max(atMs, Math.min(resetAtMs, quota.seenMs + missing / quota.refillPerMs))
      else if (left - ahead <= spreadBelow) {
        const spread = Math.max(0, ahead - Math.max(0, left - spreadBelow))
        atMs = Math.max(atMs, Math.min(resetAtMs, Math.max(nowMs, nextAtMs) + spread * spacingMs(quota, nowMs)))
      }
    }
    return atMs - nowMs
  }

  take(weight: number, nowMs: number): void {
    if (this.#quotas.size === 0) return
    for (const quota of this.#quotas.values()) {
      if (quota.left <= quota.spreadBelow)
        quota.nextAtMs = Math.max(nowMs, quota.nextAtMs) + weight * spacingMs(quota, nowMs)
      quota.left -= weight
    }
  }

  giveBack(weight: number, nowMs: number): void {
    for (const quota of this.#quotas.values()) {
      quota.left += weight
      if (quota.left <= quota.spreadBelow) quota.nextAtMs -= weight * spacingMs(quota, nowMs)
    }
  }

  /** What the servers' quotas come to in the long run; Infinity without any. */
  permitsPerMs(atMs: number): number {
    if (this.#quotas.size === 0) return Infinity
    let pace = Infinity
    for (const quota of this.#quotas.values()) if (atMs < quota.forgetAtMs) pace = Math.min(pace, quota.grantPerMs)
    return pace
  }

  /** When {@link LearnedQuotas.permitsPerMs} can differ next. */
  changesAtMs(atMs: number): number {
    if (this.#quotas.size === 0) return Infinity
    let nextMs = Infinity
    for (const { forgetAtMs } of this.#quotas.values()) if (forgetAtMs > atMs) nextMs = Math.min(nextMs, forgetAtMs)
    return nextMs
  }

  /** Units left by name, for `policy.health()`. */
  health(nowMs: number): Readonly<Record<string, { remaining: number; resetAfterMs: number }>> {
    const known = [...this.#quotas.values()].filter(({ resetAtMs, left }) => resetAtMs > nowMs && left < Infinity)
    // Without partitions, which servers make of credentials; of several the one with the least left.
    return Object.fromEntries(
      known
        .toSorted((first, second) => second.left - first.left)
        .map(({ name, left, resetAtMs }) => [name, { remaining: Math.max(0, left), resetAfterMs: resetAtMs - nowMs }]),
    )
  }

  reset(): void {
    this.#quotas.clear()
  }

  #remember(key: string, learned: Learned): void {
    this.#quotas.delete(key)
    const oldest = this.#quotas.size < MOST_QUOTAS ? undefined : this.#quotas.keys().next().value
    if (oldest !== undefined) this.#quotas.delete(oldest)
    this.#quotas.set(key, learned)
  }
}
