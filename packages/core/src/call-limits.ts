import type { CallOverrides } from './call-overrides.ts'
import type { Strategy } from './strategy.ts'

/** The time limits under which a policy would run a call; for clients that have limits of their own. */
export interface CallLimits {
  /** Of the whole call, ms; `false` where the call switched it off, undefined where the policy has no such strategy. */
  readonly deadlineMs: number | false | undefined
  /** Of one attempt, ms; `false` and undefined as above. */
  readonly attemptTimeoutMs: number | false | undefined
  /** Whether the call takes its body out of the limits. */
  readonly hasUnboundedBody: boolean
}

const limitOf = (
  name: string,
  strategies: ReadonlyMap<string, Strategy>,
  overrides: CallOverrides | undefined,
): number | false | undefined => {
  const strategy = strategies.get(name)
  if (strategy === undefined) return undefined
  const given = overrides?.strategies[name]
  if (given === false) return false
  return (given as { afterMs?: number } | undefined)?.afterMs ?? (strategy.options as { afterMs?: number }).afterMs
}

export const limitsOf = (
  strategies: ReadonlyMap<string, Strategy>,
  overrides: CallOverrides | undefined,
): CallLimits => ({
  deadlineMs: limitOf('deadline', strategies, overrides),
  attemptTimeoutMs: limitOf('attemptTimeout', strategies, overrides),
  hasUnboundedBody: overrides?.base.body === 'unbounded',
})
