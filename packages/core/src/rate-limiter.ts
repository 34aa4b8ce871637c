import { AdaptiveRate } from './adaptive-rate.ts'
import { rejected, type Call, type Outcome, type Rejection } from './call.ts'
import { DailyQuota, isDailySnapshot } from './daily-quota.ts'
import { Gcra } from './gcra.ts'
import type { Cell } from './keyed-state.ts'
import { LearnedQuotas } from './learned-quota.ts'
import { QuotaReader } from './quota-reader.ts'
import type { ProviderHeaders, QuotaView } from './rate-headers.ts'
import { RatePace } from './rate-pace.ts'
import { RatePermit, type RateLender } from './rate-permit.ts'
import { shortestAttemptMs } from './send.ts'
import type { PermitStore, SharedPermits } from './permit-store.ts'
import type { Environment } from './strategy.ts'
import { WaitQueue, type Line, type Waiter } from './wait-queue.ts'

/** `permits` every `perMs`, of which `burst` may go at once. */
export interface RateTerms {
  readonly windows: readonly { readonly permits: number; readonly perMs: number; readonly burst: number }[]
  /** Infinity without a daily quota. */
  readonly daily: number
  readonly reserve: number
  readonly maxQueued: number
  readonly learn: boolean
  readonly headers: ProviderHeaders | undefined
  readonly store: PermitStore | undefined
}

const DAY_MS = 86_400_000
const DAILY_NAME = /(?:^|[^a-z])(?:day|daily)(?:[^a-z]|$)/i

const isDaily = ({ windowMs, name }: QuotaView): boolean =>
  windowMs === undefined ? DAILY_NAME.test(name) : windowMs >= DAY_MS

/** The limits of one key: windows of our own, a daily quota, and what the server tells about its own. */
export class RateLimiter implements Cell, Line, RateLender {
  readonly queue: WaitQueue
  readonly #env: Environment
  readonly #key: string
  readonly #terms: RateTerms
  readonly #adaptive = new AdaptiveRate()
  readonly #learned = new LearnedQuotas()
  readonly #windows: readonly Gcra[]
  readonly #daily: DailyQuota
  readonly #reader: QuotaReader
  readonly #shared: SharedPermits | undefined
  /** Permits of attempts that have not ended. */
  #inFlight = 0
  #isSlowed = false

  constructor(env: Environment, key: string, terms: RateTerms) {
    const nowMs = env.clock.now()
    this.#env = env
    this.#key = key
    this.#terms = terms
    this.#windows = terms.windows.map(({ permits, perMs, burst }, index) => {
      const learned = index === 0 && terms.learn ? this.#learned : undefined
      return new Gcra(burst, new RatePace(permits / perMs, this.#adaptive, learned), nowMs)
    })
    this.#daily = new DailyQuota(terms.daily, terms.reserve, nowMs)
    this.#reader = new QuotaReader(env, key, terms.headers)
    this.queue = new WaitQueue(env.clock, 'rate limit', 'rate', (waiter, atMs) => this.#serve(waiter, atMs))
    this.#shared = terms.store?.permitsOf(env, key, terms, () => {
      this.queue.serve(env.clock.now())
    })
  }

  /** A permit, if one is free and nobody waits for it. */
  tryTake(call: Call, weight: number, nowMs: number): RatePermit | undefined {
    if (this.#isSlowed) this.#noteEase(nowMs)
    const isFree =
      this.queue.size === 0 &&
      this.#exhaustion(call, weight, nowMs) === undefined &&
      this.#freeInMs(weight, nowMs) === 0
    return isFree ? this.#take(weight, nowMs) : undefined
  }

  refusal(call: Call, weight: number, nowMs: number): Rejection | undefined {
    const exhausted = this.#exhaustion(call, weight, nowMs)
    if (exhausted !== undefined) return exhausted
    const waitMs = this.#waitMs(weight, this.queue.weightAhead(call), nowMs)
    if (this.queue.size >= this.#terms.maxQueued) {
      return { code: 'queue-full', retryAfterMs: waitMs, detail: `${this.queue.size} calls wait for the rate limit` }
    }
    const remainingMs = call.remainingMs(nowMs)
    if (waitMs + shortestAttemptMs(call, nowMs) <= remainingMs) return undefined
    return {
      code: 'rate-limited',
      retryAfterMs: waitMs,
      detail: `a permit comes in ${Math.ceil(waitMs)} ms, ${Math.max(0, Math.round(remainingMs))} ms are left`,
    }
  }

  sent(permit: RatePermit, nowMs: number): void {
    this.#leaveWindows(permit, nowMs)
    this.#enterWindows(permit, nowMs)
    permit.atMs = nowMs
  }

  settled(permit: RatePermit, outcome: Outcome, nowMs: number): void {
    this.#inFlight -= permit.weight
    if (this.#terms.learn) this.#learn(permit, outcome, nowMs)
    if (this.queue.size > 0) this.queue.serve(nowMs)
  }

  giveBack(permit: RatePermit, nowMs: number): void {
    const { weight } = permit
    this.#inFlight -= weight
    this.#leaveWindows(permit, nowMs)
    this.#learned.giveBack(weight, nowMs)
    this.#daily.giveBack(weight, permit.atMs, nowMs)
    this.#shared?.giveBack(weight)
    if (this.queue.size > 0) this.queue.serve(nowMs)
  }

  busy(): boolean {
    return this.queue.size > 0 || this.#inFlight > 0
  }

  health(nowMs: number): Readonly<Record<string, unknown>> {
    const remainingToday = this.#daily.remaining(nowMs)
    return {
      queued: this.queue.size,
      inFlight: this.#inFlight,
      remaining: Math.max(0, Math.floor(Math.min(...this.#windows.map((window) => window.remaining(nowMs))))),
      ...(remainingToday === Infinity ? {} : { remainingToday }),
      rateFactor: this.#adaptive.factor(nowMs),
      quotas: this.#learned.health(nowMs),
      ...this.#shared?.health(),
    }
  }

  snapshot(nowMs: number): unknown {
    return { owed: this.#windows.map((window) => window.owed(nowMs)), daily: this.#daily.snapshot(nowMs) }
  }

  restore(data: unknown, takenMs: number): void {
    if (typeof data !== 'object' || data === null) return
    const { owed, daily } = data as { owed?: unknown; daily?: unknown }
    for (const [index, window] of this.#windows.entries()) {
      const permits: unknown = Array.isArray(owed) ? owed[index] : undefined
      if (typeof permits === 'number' && permits >= 0 && Number.isFinite(permits)) window.restart(permits, takenMs)
    }
    if (isDailySnapshot(daily)) this.#daily.restore(daily, takenMs)
  }

  reset(nowMs: number): void {
    for (const window of this.#windows) window.restart(0, nowMs)
    this.#adaptive.reset()
    this.#learned.reset()
    this.#daily.reset(nowMs)
    this.#isSlowed = false
    this.queue.serve(nowMs)
  }

  #serve(waiter: Waiter, nowMs: number): RatePermit | Outcome | number {
    const exhausted = this.#exhaustion(waiter.call, waiter.weight, nowMs)
    if (exhausted !== undefined) return rejected(waiter.call, exhausted)
    const waitMs = this.#freeInMs(waiter.weight, nowMs)
    return waitMs > 0 ? waitMs : this.#take(waiter.weight, nowMs)
  }

  #exhaustion(call: Call, weight: number, nowMs: number): Rejection | undefined {
    const waitMs = this.#daily.waitMs(weight, call.priority, nowMs)
    if (waitMs === 0) return this.#shared?.refusal(call, weight, nowMs)
    const left = Math.floor(this.#daily.remaining(nowMs))
    const detail =
      left < weight
        ? 'nothing is left of the day'
        : `${left} are left of the day, too few for priority "${call.priority}"`
    return { code: 'quota-exhausted', retryAfterMs: waitMs === Infinity ? undefined : waitMs, detail }
  }

  // The shared permits are asked last, because asking fetches: what no window of our own admits needs none yet.
  #freeInMs(weight: number, nowMs: number): number {
    return this.#waitMs(weight, 0, nowMs) || (this.#shared?.waitMs(weight, nowMs) ?? 0)
  }

  #waitMs(weight: number, ahead: number, nowMs: number): number {
    let waitMs = this.#terms.learn ? this.#learned.waitMs(weight, ahead, nowMs) : 0
    for (const window of this.#windows) waitMs = Math.max(waitMs, window.waitMs(weight, ahead, nowMs))
    return waitMs
  }

  #take(weight: number, nowMs: number): RatePermit {
    const permit = new RatePermit(this, weight, 0, nowMs)
    this.#enterWindows(permit, nowMs)
    this.#learned.take(weight, nowMs)
    this.#daily.take(weight, nowMs)
    this.#shared?.take(weight, nowMs)
    this.#inFlight += weight
    return permit
  }

  // By index: every call comes through here, and an iterator would be an object more.
  #enterWindows(permit: RatePermit, nowMs: number): void {
    for (let index = 0; index < this.#windows.length; index += 1) {
      const place = this.#windows[index]?.take(permit.weight, nowMs) ?? 0
      if (index === 0) permit.place = place
      else (permit.places ??= [])[index - 1] = place
    }
  }

  #leaveWindows(permit: RatePermit, nowMs: number): void {
    for (let index = 0; index < this.#windows.length; index += 1) {
      const place = index === 0 ? permit.place : (permit.places?.[index - 1] ?? 0)
      this.#windows[index]?.giveBack(permit.weight, place, permit.atMs, nowMs)
    }
  }

  #learn(permit: RatePermit, outcome: Outcome, nowMs: number): void {
    const views = this.#reader.read(outcome)
    const isRefused = outcome.head?.status === 429
    if (views.length === 0 && !isRefused) return
    // What has come so far came at the old pace.
    for (const window of this.#windows) window.advance(nowMs)
    const { pushbackMs } = outcome
    let isExplained = pushbackMs !== undefined
    for (const view of views) {
      if (view.unit !== 'requests') continue
      const { remaining, limit, resetAfterMs } = view
      if (remaining === 0) isExplained = true
      if (!isDaily(view)) this.#learned.observe(view, this.#inFlight, isRefused, nowMs)
      else if (remaining !== undefined) {
        this.#daily.observe(
          { remaining, limit, resetAfterMs: resetAfterMs ?? (remaining === 0 ? pushbackMs : undefined) },
          this.#inFlight,
          nowMs,
        )
        this.#shared?.observeDay(remaining, limit)
      }
    }
    if (!isRefused) return
    if (pushbackMs !== undefined) this.#learned.pause(pushbackMs, nowMs)
    if (!isExplained && this.#adaptive.decrease(permit.atMs, nowMs)) {
      this.#isSlowed = true
      this.#env.emit('limit-changed', {
        key: this.#key,
        factor: this.#adaptive.factor(nowMs),
        reason: 'throttled-by-server',
      })
    }
  }

  #noteEase(nowMs: number): void {
    if (this.#adaptive.factor(nowMs) < 1) return
    this.#isSlowed = false
    this.#env.emit('limit-changed', { key: this.#key, factor: 1, reason: 'eased' })
  }
}
