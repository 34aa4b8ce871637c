import { Outcome, type Call, type Rejection } from '../call.ts'
import { HoldfastError } from '../errors.ts'
import { callable, checkOptions, optionError } from '../option-checks.ts'
import { discard } from '../send.ts'
import { defineStrategy, type Environment } from '../strategy.ts'

/** What a fallback is told. */
export interface Failure {
  /** The classification's code, or that of the refusal. */
  readonly code: string
  readonly category: 'transient' | 'permanent' | 'partial' | 'fatal'
  /** The client's own error or answer, or the `HoldfastError` of a refusal. */
  readonly error: unknown
  readonly status: number | undefined
  readonly key: string
  readonly method: string
}

export interface FallbackOptions {
  /** Gives plain data, which becomes an answer of the client's own kind, or such an answer itself. */
  readonly answer: (failure: Failure) => unknown
  /** Which failures it stands in for. Default: those that are not the request's own fault, refusals included. */
  readonly when: (failure: Failure) => boolean
}

const isNotTheRequests = ({ category }: Failure): boolean => category === 'transient' || category === 'partial'

const failureOf = (call: Call, outcome: Outcome): Failure => {
  const { key, method } = call
  if (outcome.kind === 'rejection') {
    const { code, ...rest } = outcome.value as Rejection
    const error = new HoldfastError(code, { policy: call.policy, key, ...rest })
    const category = code === 'invalid-idempotency-key' ? 'fatal' : 'transient'
    return { code, category, error, status: undefined, key, method }
  }
  const { verdict, head, value } = outcome
  return {
    code: verdict?.code ?? 'unknown',
    category: verdict?.category ?? 'permanent',
    error: value,
    status: head?.status,
    key,
    method,
  }
}

const standIn = async (env: Environment, options: FallbackOptions, outcome: Outcome): Promise<Outcome> => {
  const { call } = outcome
  const failure = failureOf(call, outcome)
  let value: unknown
  try {
    if (!options.when(failure)) return outcome
    value = await options.answer(failure)
    if (call.transport.answer !== undefined) value = call.transport.answer(value)
  } catch (error) {
    // The failure itself says more than the trouble with hiding it.
    env.emit('listener-failed', { event: 'fallback', error, reason: 'threw' })
    return outcome
  }
  void discard(outcome)
  call.note({ step: 'fallback', atMs: env.clock.now() - call.startedMs, because: failure.code })
  if (env.hears('fallback-used')) env.emit('fallback-used', { key: call.key, reason: failure.code })
  return new Outcome(call, 'value', value)
}

/**
 * Answers in the place of a call that finally failed: with data of yours, in the client's own result shape.
 *
 * It acts after retries, deadline and refusals, so list it first. A 4xx and the caller's abort pass through unless `when`
 * says otherwise; a fallback that throws leaves the failure as it was and is told as `listener-failed`. It keeps no state.
 *
 * @throws {TypeError} For a missing or bad option, when the strategy is made.
 */
export const fallback = defineStrategy(
  'fallback',
  (env, options: FallbackOptions) => {
    const follow = (outcome: Outcome): Outcome | Promise<Outcome> =>
      outcome.isSuccess || outcome.verdict?.source === 'caller' ? outcome : standIn(env, options, outcome)
    return (next) => (call) => next(call).then(follow)
  },
  {
    neverThrows: true,
    prepare(given) {
      checkOptions('fallback', given, { answer: callable, when: callable })
      if (given.answer === undefined) throw optionError('fallback', 'answer', undefined, callable.allowed)
      return { when: isNotTheRequests, ...given, answer: given.answer }
    },
  },
)
