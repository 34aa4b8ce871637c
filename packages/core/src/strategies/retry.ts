import { fullJitter, type Backoff } from '../backoff.ts'
import { Outcome, type Call } from '../call.ts'
import { hookFailed } from '../classify-local.ts'
import type { StopReason } from '../trace.ts'
import {
  callable,
  checkOptions,
  integer,
  positiveMs,
  waitMs,
  withDefaults,
  type OptionRules,
} from '../option-checks.ts'
import { abortedOutcome, discard, shortestAttemptMs } from '../send.ts'
import { sleep } from '../sleep.ts'
import { defineStrategy, type Environment, type Next } from '../strategy.ts'

export interface RetryOptions {
  /** Attempts after the first, 0 to 100. Default 2. */
  readonly maxRetries: number
  /** First backoff, ms; the n-th lies anywhere in 0 .. baseMs * 2^(n-1). Default 100. */
  readonly baseMs: number
  /** First backoff after a 429, or a 503 that names a wait, ms. Default 1_000. */
  readonly throttledBaseMs: number
  /** Longest backoff, ms. Default 20_000. */
  readonly maxMs: number
  /** Longest wait the server may ask for, ms; above it the call fails at once. Default 60_000. */
  readonly maxPushbackMs: number
  /** Replaces full jitter: the delay in ms before retry n, numbered from 1. */
  readonly backoff: Backoff | undefined
}

const DEFAULTS: RetryOptions = {
  maxRetries: 2,
  baseMs: 100,
  throttledBaseMs: 1_000,
  maxMs: 20_000,
  maxPushbackMs: 60_000,
  backoff: undefined,
}

const RULES: OptionRules = {
  maxRetries: integer(0, 100),
  baseMs: waitMs,
  throttledBaseMs: waitMs,
  maxMs: positiveMs,
  maxPushbackMs: waitMs,
  backoff: callable,
}

/** Options of `retry` that a single call may change. */
export type RetryCallOptions = Partial<RetryOptions>

/** What one call has used up so far. */
interface Progress {
  retries: number
  hasResent: boolean
  /** Tokens taken for the attempt under way. */
  cost: number
}

interface Stop {
  readonly stop: StopReason
  readonly detail?: string
}

interface Repeat {
  readonly delayMs: number
  readonly cost: number
  readonly isTransparent: boolean
}

const isThrottled = (outcome: Outcome): boolean =>
  outcome.head?.status === 429 || (outcome.head?.status === 503 && outcome.pushbackMs !== undefined)

const decide = (
  env: Environment,
  call: Call,
  outcome: Outcome,
  progress: Progress,
  options: RetryOptions,
): Stop | Repeat => {
  const { verdict } = outcome
  if (verdict === undefined) return { stop: 'rejection' }
  if (call.signal?.aborted === true) return { stop: 'aborted' }
  if (verdict.retry === 'never')
    return { stop: verdict.source === 'caller' ? 'aborted' : 'class', detail: verdict.code }
  if (verdict.retry === 'if-idempotent' && !call.isIdempotent) {
    return {
      stop: 'method',
      detail: `${call.method} may have been processed; give an idempotency key to allow a retry`,
    }
  }
  if (!call.isReplayable) return { stop: 'body', detail: 'a body that can be read once is sent once' }
  const nowMs = env.clock.now()
  const remainingMs = call.remainingMs(nowMs)
  const { budget } = call
  if (
    verdict.sent === 'no' &&
    verdict.minDelayMs === undefined &&
    !progress.hasResent &&
    options.maxRetries > 0 &&
    outcome.pushbackMs === undefined &&
    // In an outage of the whole server an immediate second connect would double the load.
    (budget === undefined || budget.tokens(nowMs) >= budget.terms.capacity / 2) &&
    remainingMs > shortestAttemptMs(call, nowMs)
  ) {
    return { delayMs: 0, cost: 0, isTransparent: true }
  }
  const repeats = progress.retries + (progress.hasResent ? 1 : 0)
  if (progress.retries >= options.maxRetries || repeats >= (verdict.maxRetries ?? Infinity)) return { stop: 'attempts' }
  const isSlowDown = isThrottled(outcome)
  const retry = progress.retries + 1
  const baseMs = isSlowDown ? options.throttledBaseMs : options.baseMs
  const ownMs = options.backoff?.(retry, env.random)
  // Without a usable number of its own a backoff is ours: NaN would be a timer that fires at once.
  const backoffMs =
    ownMs !== undefined && ownMs >= 0 ? ownMs : fullJitter({ baseMs, maxMs: options.maxMs, retry, random: env.random })
  let delayMs = Math.max(backoffMs, verdict.minDelayMs ?? 0)
  const { pushbackMs } = outcome
  if (pushbackMs !== undefined) {
    if (pushbackMs > Math.min(options.maxPushbackMs, remainingMs)) {
      return { stop: 'retry-after', detail: `the server asked for ${Math.round(pushbackMs)} ms` }
    }
    // A floor with jitter above it: callers turned away together should not come back together.
    delayMs = Math.max(delayMs, pushbackMs) + env.random() * Math.min(0.1 * pushbackMs, 1_000)
  }
  if (delayMs + shortestAttemptMs(call, nowMs) > remainingMs) {
    return {
      stop: 'deadline',
      detail: `${Math.round(remainingMs)} ms left, the next attempt could start in ${Math.round(delayMs)} ms`,
    }
  }
  const cost = isSlowDown ? (budget?.terms.throttledCost ?? 0) : (budget?.terms.cost ?? 0)
  if (budget?.take(cost, nowMs) === false)
    return { stop: 'budget', detail: `a retry costs ${cost} tokens, ${budget.tokens(nowMs).toFixed(1)} are left` }
  return { delayMs, cost, isTransparent: false }
}

/** What can be handed over though its connection is freed: an error, or a response whose body is small. */
const kept = (call: Call, outcome: Outcome): Outcome | undefined => {
  const { transport } = call
  if (outcome.kind !== 'value' || transport.discard === undefined) return outcome
  try {
    const value = transport.keep?.(outcome.value)
    return value === undefined ? undefined : new Outcome(call, 'value', value, outcome.verdict, outcome.head)
  } catch {
    // A stand-in for a response that cannot be cloned: the refusal will have to do.
    return undefined
  }
}

const settleBudget = (call: Call, outcome: Outcome, progress: Progress): void => {
  const { budget } = call
  if (budget === undefined) return
  const isGood = outcome.isSuccess || outcome.verdict?.breaker === 'success'
  if (isGood && progress.retries === 0 && !progress.hasResent) budget.give(budget.terms.deposit)
  else if (isGood || outcome.attempt === undefined) budget.give(progress.cost)
  progress.cost = 0
}

const noteStop = (env: Environment, call: Call, outcome: Outcome, decision: Stop): void => {
  call.note({ step: 'stop', atMs: env.clock.now() - call.startedMs, reason: decision.stop, detail: decision.detail })
  if (env.hears('retry-stopped')) {
    env.emit('retry-stopped', {
      key: call.key,
      attempts: call.sent,
      reason: decision.stop,
      failure: outcome.verdict?.code ?? 'rejection',
    })
  }
}

const noteRetry = (env: Environment, call: Call, outcome: Outcome, decision: Repeat): void => {
  const attempt = call.attempt + 1
  const because = outcome.verdict?.code ?? 'rejection'
  const nowMs = env.clock.now()
  call.note({
    step: 'retry',
    atMs: nowMs - call.startedMs,
    attempt,
    delayMs: decision.delayMs,
    because,
    pushbackMs: outcome.pushbackMs,
    isTransparent: decision.isTransparent,
    tokens: call.budget?.tokens(nowMs),
  })
  if (env.hears('retry-scheduled')) {
    const isPushback = outcome.pushbackMs !== undefined
    env.emit('retry-scheduled', {
      key: call.key,
      attempt,
      delayMs: decision.delayMs,
      reason: because,
      isPushback,
      isTransparent: decision.isTransparent,
    })
  }
}

// From the first failure on; a call that succeeds at once never gets here.
const retryFrom = async (env: Environment, options: RetryOptions, next: Next, first: Outcome): Promise<Outcome> => {
  const { call } = first
  const override = call.options<RetryCallOptions>('retry')
  const terms = override === undefined ? options : withDefaults(options, override)
  const progress: Progress = { retries: 0, hasResent: false, cost: 0 }
  let outcome = first
  let last: Outcome | undefined
  for (;;) {
    call.cancel(call.endedMs)
    settleBudget(call, outcome, progress)
    if (outcome.isSuccess) return outcome
    const decision = decide(env, call, outcome, progress, terms)
    if ('stop' in decision) {
      // The last real answer says more than our refusal to send another attempt.
      const final = outcome.verdict === undefined && last !== undefined ? last : outcome
      noteStop(env, call, final, decision)
      return final
    }
    noteRetry(env, call, outcome, decision)
    if (decision.isTransparent) progress.hasResent = true
    else progress.retries += 1
    progress.cost = decision.cost
    last = kept(call, outcome)
    const draining = discard(outcome)
    const isAwake = await sleep(env.clock, decision.delayMs, call.signal)
    if (!isAwake) {
      call.budget?.give(progress.cost)
      noteStop(env, call, outcome, { stop: 'aborted' })
      return abortedOutcome(call)
    }
    if (draining !== undefined) await draining
    call.attempt += 1
    outcome = await next(call)
  }
}

/**
 * Sends a failed call again where that is safe, after full jitter, within deadline and budget.
 *
 * It acts on the verdict of the classification: an idempotent method, an idempotency key or the proof that nothing was
 * sent. `Retry-After` is a floor. When it stops, the last real answer or error goes to the caller unchanged; a local
 * refusal is never retried. It keeps no state of its own.
 *
 * @throws {TypeError} For a bad option, when the strategy is made.
 * @see RFC 9110 sections 9.2.2 and 10.2.3; Brooker, "Exponential Backoff And Jitter", AWS 2015
 */
export const retry = defineStrategy<'retry', RetryOptions, RetryCallOptions>(
  'retry',
  (env, options) => (next) => {
    // One function for all calls: the outcome knows its call.
    const follow = (outcome: Outcome): Outcome | Promise<Outcome> => {
      const { call } = outcome
      if (!outcome.isSuccess) {
        // The backoff is the user's, the discarding the client's: what they throw is an end like any other.
        return retryFrom(env, options, next, outcome).catch(
          (error: unknown) => new Outcome(call, 'error', error, hookFailed),
        )
      }
      if (call.budget !== undefined) call.budget.give(call.budget.terms.deposit)
      return outcome
    }
    return (call) => next(call).then(follow)
  },
  {
    neverThrows: true,
    prepare(given) {
      checkOptions('retry', given, RULES)
      return withDefaults(DEFAULTS, given)
    },
    checkCall(options) {
      checkOptions('retry', options, RULES)
    },
  },
)
