import { BreakerPermit, type BreakerEpoch, type BreakerOwner } from './breaker-permit.ts'
import type { Call, Outcome, Rejection } from './call.ts'
import type { BreakerReason, BreakerState } from './events.ts'
import type { Cell, KeyState, ManualState } from './keyed-state.ts'
import type { Random } from './random.ts'
import type { BreakerLink, FollowingBreaker } from './breaker-share.ts'
import { SlidingWindow } from './sliding-window.ts'

export interface BreakerTerms {
  readonly deadFailures: number
  readonly deadForMs: number
  readonly sickRule: boolean
  readonly failureRatio: number
  readonly minimumCalls: number
  readonly windowMs: number
  readonly slowMs: number
  readonly openMs: number
  readonly maxOpenMs: number
  readonly maxPushbackMs: number
  readonly probes: number
  readonly rampMs: number
}

export interface BreakerChange {
  readonly from: BreakerState
  readonly to: BreakerState
  readonly reason: BreakerReason
  readonly openMs?: number
  readonly note?: string
}

const WINDOW_BUCKETS = 10
const OPEN_SPREAD = 0.2
const RAMP_FROM = 0.1

/** The state machine of one key; pure but for the chance it is given. */
export class BreakerCell implements Cell, BreakerOwner, FollowingBreaker {
  readonly #terms: BreakerTerms
  readonly #random: Random
  readonly #key: KeyState
  readonly #onChange: (change: BreakerChange) => void
  readonly #window: SlidingWindow
  readonly #probes = new Set<BreakerPermit>()
  #state: BreakerState = 'closed'
  #note: string | undefined
  #reopenings = 0
  #openUntilMs = 0
  #closedAtMs = -Infinity
  #streak = 0
  #streakFromMs = 0
  #probeSuccesses = 0
  /** Whether it opened on the word of others. */
  #isFollowing = false
  /** To the breakers of other processes. */
  link: BreakerLink | undefined
  epoch: BreakerEpoch = {}

  constructor(terms: BreakerTerms, random: Random, key: KeyState, onChange: (change: BreakerChange) => void) {
    this.#terms = terms
    this.#random = random
    this.#key = key
    this.#onChange = onChange
    this.#window = new SlidingWindow(terms.windowMs, WINDOW_BUCKETS)
  }

  /** A permit for one attempt, or why there is none. */
  admit(nowMs: () => number): BreakerPermit | Rejection {
    if (this.#state === 'closed') {
      if (this.#terms.rampMs > 0 && !this.#passesRamp(nowMs())) {
        return { code: 'circuit-open', detail: 'closed again, still ramping up', retryAfterMs: this.#terms.rampMs }
      }
      return new BreakerPermit(this, false)
    }
    if (this.#state === 'disabled') return new BreakerPermit(this, false)
    const now = nowMs()
    if (this.#state === 'forced-open') return { code: 'circuit-open', detail: `forced open: ${this.#note ?? ''}` }
    if (this.#state === 'open') {
      if (now < this.#openUntilMs) return { code: 'circuit-open', retryAfterMs: this.#openUntilMs - now }
      this.#change('half-open', 'open-elapsed')
    }
    for (const probe of this.#probes) if (now >= (probe.leaseUntilMs ?? Infinity)) this.#probes.delete(probe)
    if (this.#probes.size >= this.#terms.probes || this.link?.mayProbe() === false) {
      return {
        code: 'circuit-open',
        detail: 'probes are under way',
        retryAfterMs: this.#key.latency.quantile(0.5, now) ?? 100,
      }
    }
    const probe = new BreakerPermit(this, true)
    this.#probes.add(probe)
    return probe
  }

  /** Frees a probe's place without a verdict. */
  release(permit: BreakerPermit): void {
    this.#probes.delete(permit)
  }

  settle(permit: BreakerPermit, outcome: Outcome, call: Call, nowMs: number): void {
    // A probe whose lease ran out no longer holds a place, so it decides nothing either.
    const isExpired = permit.isProbe && !this.#probes.delete(permit)
    if (permit.epoch !== this.epoch || isExpired) {
      if (call.events.hears('stale-result-ignored')) {
        call.events.emit('stale-result-ignored', {
          key: this.#key.key,
          reason: isExpired && permit.epoch === this.epoch ? 'lease' : 'epoch',
        })
      }
      return
    }
    const isSlow = outcome.isSuccess && nowMs - call.sentMs >= this.#terms.slowMs
    const vote = isSlow ? 'failure' : (outcome.verdict?.breaker ?? 'success')
    if (vote === 'ignore' || this.#state === 'disabled') return
    const isFailure = vote === 'failure'
    if (this.#state === 'half-open') this.#countProbe(isFailure, outcome, nowMs)
    else this.#count(isFailure, outcome, call, nowMs)
  }

  follow(openForMs: number, nowMs: number): void {
    if (openForMs > 0 && this.#state === 'closed') {
      this.#isFollowing = true
      this.#openUntilMs = nowMs + openForMs
      this.#change('open', 'peers', undefined, openForMs)
    } else if (openForMs === 0 && (this.#state === 'open' || this.#state === 'half-open')) {
      // What it saw itself it checks itself, but at once.
      if (this.#isFollowing) this.#change('closed', 'peers')
      else this.#openUntilMs = nowMs
    }
  }

  control(manual: ManualState): void {
    this.#note = manual.reason
    if (this.#state !== manual.state) this.#change(manual.state, 'manual', manual.reason)
  }

  reset(): void {
    this.#note = undefined
    this.#reopenings = 0
    this.#closedAtMs = -Infinity
    if (this.#state === 'closed') this.#startEpoch()
    else this.#change('closed', 'manual')
  }

  busy(): boolean {
    return this.#probes.size > 0
  }

  health(nowMs: number): Readonly<Record<string, unknown>> {
    this.#window.advance(nowMs)
    return {
      state: this.#state,
      calls: this.#window.secondTotal,
      failureRatio: this.#window.secondTotal === 0 ? 0 : this.#window.firstTotal / this.#window.secondTotal,
      failuresInARow: this.#streak,
      openForMs: this.#state === 'open' ? Math.max(0, this.#openUntilMs - nowMs) : 0,
      ...(this.#note === undefined ? {} : { note: this.#note }),
    }
  }

  snapshot(nowMs: number): unknown {
    if (this.#state !== 'open' && this.#state !== 'half-open') return undefined
    return { openForMs: Math.max(0, this.#openUntilMs - nowMs), reopenings: this.#reopenings }
  }

  restore(data: unknown, nowMs: number): void {
    const { openForMs, reopenings } = (data ?? {}) as { openForMs?: unknown; reopenings?: unknown }
    if (typeof openForMs !== 'number' || !(openForMs >= 0) || this.#state !== 'closed') return
    this.#reopenings = Number.isInteger(reopenings) && (reopenings as number) > 0 ? (reopenings as number) : 0
    const openMs = Math.min(openForMs, Math.max(this.#terms.maxPushbackMs, this.#terms.maxOpenMs))
    this.#openUntilMs = nowMs + openMs
    this.#change('open', 'restored', undefined, openMs)
  }

  #count(isFailure: boolean, outcome: Outcome, call: Call, nowMs: number): void {
    if (this.#reopenings > 0 && nowMs - this.#closedAtMs > this.#terms.windowMs) this.#reopenings = 0
    // Three attempts of one call are one opinion about the server, so a call votes once an epoch.
    // A name that does not resolve counts for the dead rule alone: one mistyped host is no sick server.
    if (call.votedEpoch !== this.epoch && outcome.verdict?.source !== 'resolver') {
      call.votedEpoch = this.epoch
      this.#window.add(isFailure ? 1 : 0, 1, nowMs)
    }
    if (!isFailure) {
      this.#streak = 0
      return
    }
    if (this.#streak === 0) this.#streakFromMs = nowMs
    this.#streak += 1
    call.note({
      step: 'vote',
      atMs: nowMs - call.startedMs,
      stage: 'circuit breaker',
      vote: `failure ${this.#streak} in a row`,
    })
    if (this.#isDead(nowMs)) this.#open('dead', outcome, nowMs)
    else if (this.#isSick(nowMs)) this.#open('sick', outcome, nowMs)
  }

  #isDead(nowMs: number): boolean {
    if (this.#streak < this.#terms.deadFailures) return false
    const usualMs = this.#key.latency.quantile(0.99, nowMs) ?? 0
    return nowMs - this.#streakFromMs >= Math.max(this.#terms.deadForMs, 2 * usualMs)
  }

  #isSick(nowMs: number): boolean {
    if (!this.#terms.sickRule) return false
    this.#window.advance(nowMs)
    const { firstTotal: failures, secondTotal: calls } = this.#window
    return calls >= this.#terms.minimumCalls && failures >= this.#terms.failureRatio * calls
  }

  #countProbe(isFailure: boolean, outcome: Outcome, nowMs: number): void {
    if (isFailure) {
      this.#reopenings += 1
      this.#open('probe-failed', outcome, nowMs)
    } else if ((this.#probeSuccesses += 1) >= this.#terms.probes) {
      this.#closedAtMs = nowMs
      this.#change('closed', 'probes-succeeded')
    }
  }

  #open(reason: BreakerReason, outcome: Outcome, nowMs: number): void {
    const { openMs, maxOpenMs, maxPushbackMs } = this.#terms
    const spread = 1 + OPEN_SPREAD * (2 * this.#random() - 1)
    const usualMs = Math.min(maxOpenMs, openMs * 2 ** Math.min(this.#reopenings, 30)) * spread
    const forMs = Math.max(usualMs, Math.min(outcome.pushbackMs ?? 0, maxPushbackMs))
    this.#isFollowing = false
    this.#openUntilMs = nowMs + forMs
    this.#change('open', reason, undefined, forMs)
  }

  #passesRamp(nowMs: number): boolean {
    const share = (nowMs - this.#closedAtMs) / this.#terms.rampMs
    return share >= 1 || this.#random() < RAMP_FROM + (1 - RAMP_FROM) * share
  }

  #startEpoch(): void {
    this.epoch = {}
    this.#streak = 0
    this.#probeSuccesses = 0
    this.#probes.clear()
    this.#window.clear()
  }

  #change(to: BreakerState, reason: BreakerReason, note?: string, openMs?: number): void {
    const from = this.#state
    this.#state = to
    this.#startEpoch()
    this.#onChange({
      from,
      to,
      reason,
      ...(note === undefined ? {} : { note }),
      ...(openMs === undefined ? {} : { openMs }),
    })
  }
}
