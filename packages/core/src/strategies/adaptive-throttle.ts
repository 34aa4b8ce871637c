import { rejected, type Call, type Outcome, type Permit } from '../call.ts'
import type { Priority } from '../call-overrides.ts'
import type { Cell, KeyState } from '../keyed-state.ts'
import { checkOptions, integer, positiveMs, type OptionRules, withDefaults } from '../option-checks.ts'
import { SlidingWindow } from '../sliding-window.ts'
import { defineStrategy, type Environment } from '../strategy.ts'

export interface AdaptiveThrottleOptions {
  /** Requests allowed per accepted one before shedding begins, 1.2 or more; with less it never recovers. Default 2. */
  readonly factor: number
  /** Length of the window, ms. Default 10_000, or twice the attempt timeout if that is more. */
  readonly windowMs: number | undefined
  /** Highest share of calls shed, 0 to 0.99; the rest finds out when the server is back. Default 0.9. */
  readonly maxProbability: number
  /** Requests that may fail before anything is shed, 0 or more. Default 10. */
  readonly minimumRequests: number
}

const DEFAULTS: AdaptiveThrottleOptions = { factor: 2, windowMs: undefined, maxProbability: 0.9, minimumRequests: 10 }
const between = (from: number, to: number): OptionRules[string] => ({
  allowed: `a number from ${from} to ${to}`,
  check: (value) => typeof value === 'number' && value >= from && value <= to,
})
const RULES: OptionRules = {
  factor: between(1.2, 1_000),
  windowMs: positiveMs,
  maxProbability: between(0, 0.99),
  minimumRequests: integer(0, 1_000_000),
}
const BUCKETS = 20

const scaled = (probability: number, priority: Priority): number => {
  if (priority === 'background') return 2 * probability
  return priority === 'critical' ? probability - 0.5 : probability
}

/** Requests and accepts of one key; it lends nothing of its own, so it is the permit of every attempt. */
class ThrottleCell implements Cell, Permit {
  readonly #env: Environment
  readonly #options: AdaptiveThrottleOptions
  readonly #key: string
  readonly #window: SlidingWindow
  #isEngaged = false

  constructor(env: Environment, options: AdaptiveThrottleOptions, state: KeyState) {
    this.#env = env
    this.#options = options
    this.#key = state.key
    this.#window = new SlidingWindow(options.windowMs ?? Math.max(10_000, 2 * (env.attemptTimeoutMs ?? 0)), BUCKETS)
  }

  /** Whether this call is shed; a shed call counts as a request, or shedding would end itself. */
  sheds(priority: Priority, nowMs: number): boolean {
    const probability = this.#probability(nowMs)
    if (probability > 0 !== this.#isEngaged) this.#turn(probability)
    if (probability === 0) return false
    const isShed = this.#env.random() < Math.min(this.#options.maxProbability, scaled(probability, priority))
    if (isShed) this.#window.add(1, 0, nowMs)
    return isShed
  }

  // Counted when it ends: calls in flight have no answer yet and must not look like overload.
  settle(outcome: Outcome, _call: Call, nowMs: number): void {
    const { verdict } = outcome
    // Only overload counts against the server: shedding on random failures would sit at its cap for good.
    if (verdict?.overload === true) this.#window.add(1, 0, nowMs)
    // An attempt that says nothing about the server, such as an aborted one, moves the probability neither way.
    else if (verdict?.breaker !== 'ignore') this.#window.add(1, 1, nowMs)
  }

  cancel(): void {
    return
  }

  health(nowMs: number): Readonly<Record<string, unknown>> {
    const rejectionProbability = this.#probability(nowMs)
    return { rejectionProbability, requests: this.#window.firstTotal, accepts: this.#window.secondTotal }
  }

  reset(nowMs: number): void {
    this.#window.clear()
    if (this.#isEngaged) this.#turn(this.#probability(nowMs))
  }

  #probability(nowMs: number): number {
    this.#window.advance(nowMs)
    const { firstTotal: requests, secondTotal: accepts } = this.#window
    const { factor, minimumRequests, maxProbability } = this.#options
    return Math.min(maxProbability, Math.max(0, (requests - minimumRequests - factor * accepts) / (requests + 1)))
  }

  #turn(probability: number): void {
    this.#isEngaged = probability > 0
    if (this.#isEngaged) this.#env.emit('throttle-engaged', { key: this.#key, probability, reason: 'overload' })
    else this.#env.emit('throttle-released', { key: this.#key, probability, reason: 'recovered' })
  }
}

/**
 * Sheds a growing share of calls while the server answers with overload, before they are sent.
 *
 * It keeps requests and accepts per key over a short window and refuses with `throttled` at the probability
 * p = (requests - 10 - 2 * accepts) / (requests + 1): `background` calls at 2 p, `default` at p, `critical` at p - 0.5,
 * none above 0.9. Requests are the attempts sent and the calls shed; all but overload (429, 502, 503, 504, 529,
 * timeouts, no connection) are accepts.
 *
 * @throws {TypeError} For a bad option, when the strategy is made.
 * @see Beyer et al., Site Reliability Engineering, chapter 21 "Handling Overload"
 */
export const adaptiveThrottle = defineStrategy<'adaptiveThrottle', AdaptiveThrottleOptions>(
  'adaptiveThrottle',
  (env, options) => {
    const cellOf = env.cell((state) => new ThrottleCell(env, options, state))
    return (next) => (call) => {
      const cell = cellOf(call)
      const nowMs = call.isStarting ? call.startedMs : env.clock.now()
      if (cell.sheds(call.priority, nowMs)) {
        call.cancel(nowMs)
        return Promise.resolve(rejected(call, { code: 'throttled' }))
      }
      call.hold(cell)
      return next(call)
    }
  },
  {
    neverThrows: true,
    prepare(given) {
      checkOptions('adaptiveThrottle', given, RULES)
      return withDefaults(DEFAULTS, given)
    },
  },
)
