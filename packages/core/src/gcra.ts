/** How fast permits come, as far as is known now; it may change at known times. */
export interface Pace {
  /** It is never faster than this. */
  readonly highestPerMs: number
  /** Permits a millisecond from `atMs` until {@link Pace.changesAtMs}. */
  permitsPerMs(atMs: number): number
  /** When the pace differs next after `atMs`; Infinity if it stays. */
  changesAtMs(atMs: number): number
}

// Sums of fractions of permits drift; what is short by less is not short.
const TOLERANCE = 1e-6

/**
 * The generic cell rate algorithm, over a clock that counts permits so that the pace may change while calls wait.
 *
 * `burst` permits may go at once and one more every 1 / pace: any span of `s` ms admits at most `burst + s * pace`.
 * A weight above the burst is admitted by a full limiter and paid off afterwards.
 */
export class Gcra {
  readonly #burst: number
  readonly #pace: Pace
  /** Permits that have come since the start, used or not: the time of this limiter. */
  #position = 0
  #positionAtMs: number
  /** The theoretical arrival time, on the scale of `#position`. */
  #arrival = 0
  /** All that was ever given back. */
  #givenBack = 0

  constructor(burst: number, pace: Pace, nowMs: number) {
    this.#burst = burst
    this.#pace = pace
    this.#positionAtMs = nowMs
  }

  /** Lets permits come up to `nowMs`; must be called before the pace is changed. */
  advance(nowMs: number): void {
    const pace = this.#pace
    let atMs = this.#positionAtMs
    if (nowMs <= atMs) return
    while (atMs < nowMs) {
      const untilMs = Math.min(nowMs, pace.changesAtMs(atMs))
      this.#position += pace.permitsPerMs(atMs) * (untilMs - atMs)
      atMs = untilMs
    }
    this.#positionAtMs = nowMs
  }

  /**
   * Milliseconds until `weight` permits can be taken; 0 for now, Infinity for never.
   *
   * @param ahead - Permits that others will take first.
   */
  waitMs(weight: number, ahead: number, nowMs: number): number {
    this.advance(nowMs)
    const pace = this.#pace
    let missing = Math.max(0, this.#arrival - this.#position) + ahead + Math.min(weight, this.#burst) - this.#burst
    if (missing <= TOLERANCE) return 0
    let atMs = this.#positionAtMs
    for (;;) {
      const permitsPerMs = pace.permitsPerMs(atMs)
      const untilMs = pace.changesAtMs(atMs)
      if (missing <= permitsPerMs * (untilMs - atMs)) return atMs + missing / permitsPerMs - this.#positionAtMs
      if (untilMs === Infinity) return Infinity
      missing -= permitsPerMs * (untilMs - atMs)
      atMs = untilMs
    }
  }

  /** Takes permits without asking, and returns the place they took, for {@link Gcra.giveBack}. */
  take(weight: number, nowMs: number): number {
    this.advance(nowMs)
    this.#arrival = Math.max(this.#arrival, this.#position) + weight
    return this.#arrival + this.#givenBack
  }

  /**
   * Gives unused permits back, as far as that is safe.
   *
   * The part of their place that lies behind was refilled while they were held; giving that back too would admit more
   * than the limit. The place is not behind if it was ahead of everything given back since, nor if it was taken just now.
   */
  giveBack(weight: number, place: number, takenAtMs: number, nowMs: number): void {
    this.advance(nowMs)
    const ahead = Math.max(
      place - this.#givenBack - this.#position,
      weight - this.#pace.highestPerMs * Math.max(0, nowMs - takenAtMs),
    )
    const returned = Math.min(weight, Math.max(0, ahead))
    this.#arrival -= returned
    this.#givenBack += returned
  }

  /** Permits that can be taken at once; below 0 while a heavy call is paid off. */
  remaining(nowMs: number): number {
    this.advance(nowMs)
    return this.#burst - Math.max(0, this.#arrival - this.#position)
  }

  /** Permits owed, for a snapshot. */
  owed(nowMs: number): number {
    this.advance(nowMs)
    return Math.max(0, this.#arrival - this.#position)
  }

  /** Starts anew with so many permits owed. */
  restart(owed: number, nowMs: number): void {
    this.#positionAtMs = nowMs
    this.#arrival = this.#position + owed
  }
}
