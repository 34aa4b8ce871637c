import { BreakerCell, type BreakerTerms } from '../breaker-cell.ts'
import { BreakerPermit } from '../breaker-permit.ts'
import { rejected, type Call, type Outcome, type Rejection } from '../call.ts'
import {
  checkOptions,
  flag,
  integer,
  method,
  optionError,
  positiveMs,
  positiveNumber,
  ratio,
  waitMs,
  withDefaults,
} from '../option-checks.ts'
import { abortedOutcome, shortestAttemptMs } from '../send.ts'
import type { BreakerShare } from '../breaker-share.ts'
import { sleep } from '../sleep.ts'
import { defineStrategy, type Environment, type Next } from '../strategy.ts'

export interface CircuitBreakerOptions {
  /** Dead rule: failed attempts in a row that open the circuit, 1 or more. Default 20. */
  readonly deadFailures: number
  /** Dead rule: how long that row must last at least, ms; twice the 99th percentile if that is more. Default 1_000. */
  readonly deadForMs: number
  /** Whether the sick rule is on. Default true. */
  readonly sickRule: boolean
  /** Sick rule: share of calls in the window that must fail, above 0 to 1. Default 0.8. */
  readonly failureRatio: number
  /** Sick rule: calls the window must hold. Default 50. */
  readonly minimumCalls: number
  /** Sick rule: length of the window, ms. Default 10_000, or twice the attempt timeout if that is more. */
  readonly windowMs: number | undefined
  /** A success at least this slow counts as a failure, ms. Off by default. */
  readonly slowMs: number | undefined
  /** First open time, ms, spread by 20 %; it doubles with every failed probe. Default 2_000. */
  readonly openMs: number
  /** Longest open time of our own, ms. Default 5_000. */
  readonly maxOpenMs: number
  /** Longest open time the server can ask for by Retry-After, ms. Default 60_000. */
  readonly maxPushbackMs: number
  /** Probes in flight when half-open, and successes that close the circuit. Default 3. */
  readonly probes: number
  /** Time over which traffic grows from a tenth to all of it after closing, ms. Default 0, off. */
  readonly rampMs: number
  /** Whether calls wait for the circuit within their deadline, not fail at once. Default false. */
  readonly wait: boolean
  /** Where other processes say what they found out: `sharedState` of `@holdfast/core/shared`. Default none. */
  readonly share: BreakerShare | undefined
}

/** What a single call may change. */
export interface CircuitBreakerCallOptions {
  readonly wait?: boolean
}

const DEFAULTS: CircuitBreakerOptions = {
  deadFailures: 20,
  deadForMs: 1_000,
  sickRule: true,
  failureRatio: 0.8,
  minimumCalls: 50,
  windowMs: undefined,
  slowMs: undefined,
  openMs: 2_000,
  maxOpenMs: 5_000,
  maxPushbackMs: 60_000,
  probes: 3,
  rampMs: 0,
  wait: false,
  share: undefined,
}

const prepare = (given: Partial<CircuitBreakerOptions>): CircuitBreakerOptions => {
  checkOptions('circuitBreaker', given, {
    deadFailures: integer(1, 1_000_000),
    deadForMs: waitMs,
    sickRule: flag,
    failureRatio: ratio,
    minimumCalls: integer(1, 1_000_000),
    windowMs: positiveMs,
    slowMs: positiveNumber,
    openMs: positiveMs,
    maxOpenMs: positiveMs,
    maxPushbackMs: waitMs,
    probes: integer(1, 1_000),
    rampMs: waitMs,
    wait: flag,
    share: method('linkOf', 'sharedState(...)'),
  })
  const options = withDefaults(DEFAULTS, given)
  if (options.failureRatio === 0) throw optionError('circuitBreaker', 'failureRatio', 0, 'above 0')
  if (options.maxOpenMs < options.openMs) {
    throw optionError('circuitBreaker', 'maxOpenMs', options.maxOpenMs, `at least openMs (${options.openMs})`)
  }
  return options
}

const termsOf = (env: Environment, options: CircuitBreakerOptions): BreakerTerms => ({
  ...options,
  windowMs: options.windowMs ?? Math.max(10_000, 2 * (env.attemptTimeoutMs ?? 0)),
  slowMs: options.slowMs ?? Infinity,
})

const WAIT_SPREAD_MS = 250

// Everybody who waits for one breaker would otherwise ask it in the same millisecond.
const waitForPermit = async (
  env: Environment,
  cell: BreakerCell,
  call: Call,
  first: Rejection,
): Promise<BreakerPermit | Outcome> => {
  let refusal = first
  const fromMs = env.clock.now()
  if (env.hears('call-queued'))
    env.emit('call-queued', { key: call.key, stage: 'circuit breaker', queued: 1, reason: 'breaker' })
  for (;;) {
    const nowMs = env.clock.now()
    if (refusal.retryAfterMs === undefined) return rejected(call, refusal)
    const delayMs = refusal.retryAfterMs + env.random() * WAIT_SPREAD_MS
    if (delayMs + shortestAttemptMs(call, nowMs) > call.remainingMs(nowMs)) return rejected(call, refusal)
    if (!(await sleep(env.clock, delayMs, call.signal))) return abortedOutcome(call)
    const admitted = cell.admit(() => env.clock.now())
    if (admitted instanceof BreakerPermit) {
      call.note({
        step: 'wait',
        atMs: fromMs - call.startedMs,
        stage: 'circuit breaker',
        waitedMs: env.clock.now() - fromMs,
      })
      return admitted
    }
    refusal = admitted
  }
}

const waitThenSend = async (
  env: Environment,
  cell: BreakerCell,
  call: Call,
  first: Rejection,
  next: Next,
): Promise<Outcome> => {
  const permit = await waitForPermit(env, cell, call, first)
  if (!(permit instanceof BreakerPermit)) {
    call.cancel(env.clock.now())
    return permit
  }
  permit.isWaiting = true
  call.hold(permit)
  return next(call)
}

/**
 * Stops sending to a server that is down and finds out soon when it is back.
 *
 * Two rules open it: dead (a row of failed attempts that lasts) and sick (a high share of failed calls in a window); a
 * lower share would turn a brown-out into a black-out. When the open time is over a few probes decide. It keeps one
 * state machine per key; a result counts only for the epoch that admitted its attempt, and a lost probe frees its
 * place by lease. With `share` it opens when enough other processes did, and one process sends the probes. Local refusals, caller aborts and plain 4xx decide nothing.
 *
 * @throws {TypeError} For a bad option, when the strategy is made.
 */
export const circuitBreaker = defineStrategy<'circuitBreaker', CircuitBreakerOptions, CircuitBreakerCallOptions>(
  'circuitBreaker',
  (env, options) => {
    const terms = termsOf(env, options)
    const cellOf = env.cell((state) => {
      const cell = new BreakerCell(terms, env.random, state, (change) => {
        const { openMs, note, ...move } = change
        env.emit('breaker-changed', { key: state.key, ...move, openMs, note })
        cell.link?.changed(change)
      })
      cell.link = options.share?.linkOf(env, state.key, cell)
      return cell
    })
    const now = (): number => env.clock.now()
    return (next) => (call) => {
      const cell = cellOf(call)
      const isWaiting = call.options<CircuitBreakerCallOptions>('circuitBreaker')?.wait ?? options.wait
      const admitted = cell.admit(now)
      if (admitted instanceof BreakerPermit) {
        if (isWaiting) admitted.isWaiting = true
        call.hold(admitted)
        return next(call)
      }
      if (isWaiting) return waitThenSend(env, cell, call, admitted, next)
      call.cancel(env.clock.now())
      return Promise.resolve(rejected(call, admitted))
    }
  },
  {
    neverThrows: true,
    prepare,
    checkCall(options) {
      checkOptions('circuitBreaker', options, { wait: flag })
    },
  },
)
