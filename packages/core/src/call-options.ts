import { checkOptions, flag, oneOf, optionError, requireObject, text, type OptionRules } from './option-checks.ts'
import type { BaseCallOptions, CallOverrides } from './call-overrides.ts'
import type { Strategy } from './strategy.ts'

/** `false` switches a strategy off for the call; an object changes some of its options. */
type StrategyOverrides<Strategies extends readonly Strategy[]> = {
  readonly [S in Strategies[number] as string extends S['name'] ? never : S['name']]?:
    false | NonNullable<S['callOptions']>
} & (string extends Strategies[number]['name'] ? { readonly [name: string]: unknown } : unknown)

/** What a call may give under `resilience`; names and options follow from the strategies of the policy. */
export type CallOptions<Strategies extends readonly Strategy[] = readonly Strategy[]> = BaseCallOptions &
  StrategyOverrides<Strategies>

const BASE_RULES: OptionRules = {
  key: text,
  priority: oneOf('critical', 'default', 'background'),
  idempotent: flag,
  idempotencyKey: {
    allowed: "'auto', a string, a function or false",
    check: (value) => typeof value === 'string' || typeof value === 'function' || value === false,
  },
  body: oneOf('bounded', 'unbounded'),
}

/**
 * Splits and checks the options of a call or of `policy.with()`.
 *
 * @throws {TypeError} For a name that is neither a base option nor a strategy of the policy, or a bad value.
 */
export const parseCallOptions = (
  owner: string,
  options: object,
  strategies: ReadonlyMap<string, Strategy>,
): CallOverrides => {
  requireObject(owner, options)
  const base: Record<string, unknown> = {}
  const overrides: Record<string, object | false | undefined> = Object.create(null) as Record<string, never>
  for (const [name, value] of Object.entries<unknown>(options as Record<string, unknown>)) {
    if (value === undefined) continue
    const strategy = strategies.get(name)
    if (strategy === undefined) {
      if (!Object.hasOwn(BASE_RULES, name)) {
        const known = [...strategies.keys(), ...Object.keys(BASE_RULES)].join(', ')
        throw new TypeError(`${owner}: unknown option "${name}". Known options: ${known}.`)
      }
      base[name] = value
    } else if (value === false) {
      overrides[name] = false
    } else if (typeof value !== 'object' || value === null || strategy.checkCall === undefined) {
      const allowed =
        strategy.checkCall === undefined ? 'false; this strategy has no per-call options' : 'false or an object'
      throw optionError(owner, name, value, allowed)
    } else {
      strategy.checkCall(value)
      overrides[name] = value
    }
  }
  checkOptions(owner, base, BASE_RULES)
  return { base, strategies: overrides }
}

/** Later options over earlier ones, strategy by strategy. */
export const mergeOverrides = (
  under: CallOverrides | undefined,
  over: CallOverrides | undefined,
): CallOverrides | undefined => {
  if (under === undefined || over === undefined) return over ?? under
  const strategies: Record<string, object | false | undefined> = { ...under.strategies }
  for (const [name, value] of Object.entries(over.strategies)) {
    const below = strategies[name]
    strategies[name] = typeof value === 'object' && typeof below === 'object' ? { ...below, ...value } : value
  }
  return { base: { ...under.base, ...over.base }, strategies }
}
