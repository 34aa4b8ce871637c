import { createPolicy, type Policy } from '../policy.ts'
import type { PolicyDefinition } from '../policy-definition.ts'
import { anObject, checkOptions, oneOf, optionError, text, type OptionRule } from '../option-checks.ts'
import { adaptiveThrottle } from '../strategies/adaptive-throttle.ts'
import { attemptTimeout } from '../strategies/attempt-timeout.ts'
import { circuitBreaker } from '../strategies/circuit-breaker.ts'
import { concurrency } from '../strategies/concurrency.ts'
import { deadline } from '../strategies/deadline.ts'
import { fallback } from '../strategies/fallback.ts'
import { rateLimit } from '../strategies/rate-limit.ts'
import { retryBudget } from '../strategies/retry-budget.ts'
import { retry } from '../strategies/retry.ts'
import { serverGate } from '../strategies/server-gate.ts'
import type { NoCallOptions, Strategy } from '../strategy.ts'
import { PRESETS, type Preset, type PresetName } from './presets.ts'

// Outermost first.
const FACTORIES = {
  fallback,
  deadline,
  retryBudget,
  retry,
  circuitBreaker,
  serverGate,
  adaptiveThrottle,
  rateLimit,
  concurrency,
  attemptTimeout,
} as const

type Factories = typeof FACTORIES
type OptionsOf<Factory> = Factory extends (options: infer Options) => Strategy ? NonNullable<Options> : never
// A preset gives what a strategy needs, but not the numbers of a provider's rate limit, nor what to answer instead.
type GivenFor<Name extends keyof Factories> = Name extends 'rateLimit'
  ? OptionsOf<Factories[Name]>
  : Partial<OptionsOf<Factories[Name]>>

// Made by `telemetry()` of `@holdfast/core/otel`, which this entry must not import.
type Telemetry = Strategy<'telemetry', NoCallOptions>
// By `staleIfError()` of `@holdfast/core/stale`.
type StaleIfError = Strategy<'staleIfError', NoCallOptions>
// By `deadLetters()` of `@holdfast/dead-letter`, with its options of one call.
type DeadLetters = Strategy<
  'deadLetters',
  { readonly orderKey?: string; readonly principal?: string; readonly replayOf?: string }
>

/** Strategies of the standard pipeline, as they appear in types. */
export type StandardStrategies = readonly (
  ReturnType<Factories[keyof Factories]> | Telemetry | StaleIfError | DeadLetters
)[]

/** Options of `standardPolicy`: an object changes a strategy, `false` leaves it out. */
export type StandardPolicyOptions = Omit<PolicyDefinition, 'strategies'> & {
  /** Whose values to start from. Default `'standard'`. */
  readonly preset?: PresetName
  /** `telemetry()` of `@holdfast/core/otel`; outermost. Default: none. */
  readonly telemetry?: Telemetry
  /** `staleIfError()` of `@holdfast/core/stale`; inside `fallback`, outside all else. Default: none. */
  readonly staleIfError?: StaleIfError
  /** `deadLetters()` of `@holdfast/dead-letter`; inside `fallback` and `staleIfError`, outside all else. Default: none. */
  readonly deadLetters?: DeadLetters
} & {
  readonly [Name in keyof Factories]?: false | GivenFor<Name>
}

const OWN_OPTIONS = ['name', 'key', 'idempotencyKey', 'classify', 'keys', 'clock', 'random'] as const

const falseOrObject: OptionRule = {
  allowed: 'false or an object',
  check: (value) => value === false || (anObject.check(value) && !Array.isArray(value)),
}

const made = (name: string, by: string): OptionRule => ({
  allowed: `${name}() of @holdfast/${by}`,
  check: (value) => anObject.check(value) && (value as Partial<Strategy>).name === name,
})

// Who gives a short deadline alone need not know the preset's attempt timeout.
const withinDeadline = (options: StandardPolicyOptions, base: Preset['strategies'][string]): { afterMs?: number } => {
  const deadlineMs = options.deadline === false ? undefined : options.deadline?.afterMs
  const attemptMs = base?.['afterMs']
  return typeof deadlineMs === 'number' && typeof attemptMs === 'number' && deadlineMs < attemptMs
    ? { afterMs: deadlineMs }
    : {}
}

/**
 * A policy with the recommended strategies in the recommended order.
 *
 * Every option is checked here. `fallback`, `rateLimit` and, outside `browser` and `batch`, `concurrency` are installed
 * only when given, because what to answer and how much to send is yours or the provider's to say.
 *
 * @throws {TypeError} For an unknown name or a bad value; the message names the option.
 * @example
 * const etsy = standardPolicy({ name: 'etsy', rateLimit: { permits: 10, perMs: 1_000, daily: 10_000, reserve: 0.1 } })
 */
export const standardPolicy = (options: StandardPolicyOptions): Policy<StandardStrategies> => {
  const owner = 'standardPolicy'
  const strategyNames = Object.keys(FACTORIES) as (keyof Factories)[]
  const any: OptionRule = { allowed: 'anything', check: () => true }
  checkOptions(owner, options, {
    ...Object.fromEntries(OWN_OPTIONS.map((name) => [name, any])),
    preset: oneOf(...Object.keys(PRESETS)),
    telemetry: made('telemetry', 'core/otel'),
    staleIfError: made('staleIfError', 'core/stale'),
    deadLetters: made('deadLetters', 'dead-letter'),
    ...Object.fromEntries(strategyNames.map((name) => [name, falseOrObject])),
  })
  if (!text.check(options.name)) throw optionError(owner, 'name', options.name, text.allowed)
  const preset = PRESETS[options.preset ?? 'standard']
  const strategies: Strategy[] = options.telemetry === undefined ? [] : [options.telemetry]
  for (const name of strategyNames) {
    if (name === 'deadline') {
      if (options.staleIfError !== undefined) strategies.push(options.staleIfError)
      if (options.deadLetters !== undefined) strategies.push(options.deadLetters)
    }
    const given = options[name]
    const base = preset.strategies[name]
    if (given === false || (given === undefined && base === undefined)) continue
    const make = FACTORIES[name] as (options: object) => Strategy
    strategies.push(
      make({ ...base, ...(name === 'attemptTimeout' ? withinDeadline(options, base) : undefined), ...given }),
    )
  }
  const definition: Record<string, unknown> = { strategies, idempotencyKey: preset.idempotencyKey }
  for (const name of OWN_OPTIONS) if (options[name] !== undefined) definition[name] = options[name]
  return createPolicy(definition as unknown as PolicyDefinition<StandardStrategies>)
}
