import type { ClassifyOverride } from './classify-override.ts'
import { systemClock, type Clock } from './clock.ts'
import { parseIdempotencyOption, type IdempotencyOptions, type KeyRequest } from './idempotency-option.ts'
import {
  anObject,
  callable,
  checkOptions,
  integer,
  optionError,
  positiveMs,
  text,
  withDefaults,
} from './option-checks.ts'
import { originOf } from './origin.ts'
import type { CoreInit } from './policy-core.ts'
import { systemRandom, type Random } from './random.ts'
import type { KeyLimits } from './keyed-state.ts'
import type { Strategy } from './strategy.ts'

/** What a policy is made of; plain data but for the ports. */
export interface PolicyDefinition<Strategies extends readonly Strategy[] = readonly Strategy[]> {
  /** Names the policy in errors, events and the registry. */
  readonly name: string
  /** First listed is outermost. */
  readonly strategies: Strategies
  /** Chooses the state a request uses. Default: the origin of its final URL, or the policy's name without a URL. */
  readonly key?: (request: KeyRequest) => string
  /** Off by default; it allows retries of POST and PATCH because it declares that the upstream honours the key. */
  readonly idempotencyKey?: IdempotencyOptions['key'] | IdempotencyOptions
  /** Changes what results mean: a 200 that carries an error, a 404 that is expected. */
  readonly classify?: ClassifyOverride
  /** How many keys are kept, and for how long unused. Default 1_000 keys, 600_000 ms. */
  readonly keys?: Partial<KeyLimits>
  readonly clock?: Clock
  readonly random?: Random
}

const KEY_LIMITS: KeyLimits = { maxKeys: 1_000, idleMs: 600_000 }

// A stage that sets something up for another one must stand outside it.
const ORDER: readonly (readonly [outer: string, inner: string, why: string])[] = [
  ['fallback', 'deadline', 'it stands in when the deadline has passed'],
  ['fallback', 'retry', 'it stands in when retrying has ended'],
  ['fallback', 'staleIfError', 'it answers what has no copy'],
  ['staleIfError', 'deadline', 'it stands in when the deadline has passed'],
  ['staleIfError', 'retry', 'it stands in when retrying has ended'],
  ['fallback', 'deadLetters', 'a call it answers for would not be kept'],
  ['staleIfError', 'deadLetters', 'a call it answers for would not be kept'],
  ['deadLetters', 'deadline', 'it keeps what failed for good'],
  ['deadLetters', 'retry', 'it keeps what failed for good'],
  ['telemetry', 'retry', 'it reports whole calls'],
  ['deadline', 'retry', 'the deadline must bound all retries'],
  ['retryBudget', 'retry', 'a retry asks the budget first'],
  ['retry', 'circuitBreaker', 'the breaker must see every attempt'],
  ['retry', 'serverGate', 'the gate must see every attempt'],
  ['retry', 'adaptiveThrottle', 'the throttle must see every attempt'],
  ['retry', 'rateLimit', 'every attempt spends quota'],
  ['retry', 'concurrency', 'a waiting retry must not hold a permit'],
  ['retry', 'attemptTimeout', 'the limit is for one attempt'],
]

const numberOption = (
  strategies: ReadonlyMap<string, Strategy>,
  strategy: string,
  option: string,
): number | undefined => {
  const value = strategies.get(strategy)?.options[option]
  return typeof value === 'number' ? value : undefined
}

const checkStrategies = (owner: string, list: readonly Strategy[]): ReadonlyMap<string, Strategy> => {
  if (!Array.isArray(list)) throw optionError(owner, 'strategies', list, 'an array of strategies')
  const places = new Map<string, number>()
  for (const [place, strategy] of (list as readonly (Partial<Strategy> | null)[]).entries()) {
    if (
      typeof strategy !== 'object' ||
      strategy === null ||
      typeof strategy.name !== 'string' ||
      typeof strategy.install !== 'function'
    ) {
      throw optionError(owner, `strategies[${place}]`, strategy, 'a strategy, such as retry()')
    }
    if (places.has(strategy.name)) throw new TypeError(`${owner}: strategy "${strategy.name}" is listed twice.`)
    places.set(strategy.name, place)
  }
  for (const [outer, inner, why] of ORDER) {
    const outerPlace = places.get(outer)
    const innerPlace = places.get(inner)
    if (outerPlace !== undefined && innerPlace !== undefined && outerPlace > innerPlace) {
      throw new TypeError(`${owner}: "${outer}" must be listed before "${inner}": ${why}.`)
    }
  }
  return new Map((list as readonly Strategy[]).map((strategy) => [strategy.name, strategy]))
}

const checkTimes = (owner: string, strategies: ReadonlyMap<string, Strategy>): void => {
  const deadlineMs = numberOption(strategies, 'deadline', 'afterMs')
  const attemptMs = numberOption(strategies, 'attemptTimeout', 'afterMs')
  const windowMs = numberOption(strategies, 'circuitBreaker', 'windowMs')
  if (deadlineMs !== undefined && attemptMs !== undefined && attemptMs > deadlineMs) {
    throw optionError(owner, 'attemptTimeout.afterMs', attemptMs, `at most deadline.afterMs (${deadlineMs})`)
  }
  if (attemptMs !== undefined && windowMs !== undefined && windowMs < 2 * attemptMs) {
    throw optionError(
      owner,
      'circuitBreaker.windowMs',
      windowMs,
      `at least twice attemptTimeout.afterMs (${2 * attemptMs})`,
    )
  }
}

// A page may send to a relative URL; where there is no page there is no such request.
const originOfRequest = (url: string): string | undefined =>
  originOf(url) ?? originOf(url, (globalThis as { location?: { href?: string } }).location?.href)

/** Checks a definition and fills in what it leaves out. */
export const definePolicy = (definition: PolicyDefinition): CoreInit => {
  const name: unknown = (definition as Partial<PolicyDefinition> | undefined)?.name
  const owner = `policy "${typeof name === 'string' ? name : ''}"`
  checkOptions(owner, definition, {
    name: text,
    strategies: anObject,
    key: callable,
    idempotencyKey: { allowed: "'auto', a function or an object", check: () => true },
    classify: callable,
    keys: anObject,
    clock: anObject,
    random: callable,
  })
  if (!text.check(name)) throw optionError(owner, 'name', name, text.allowed)
  checkOptions(`${owner}: keys`, definition.keys ?? {}, { maxKeys: integer(1, 10_000_000), idleMs: positiveMs })
  const strategies = checkStrategies(owner, definition.strategies)
  checkTimes(owner, strategies)
  return {
    name: definition.name,
    strategies: definition.strategies,
    keyOf:
      definition.key ??
      ((request) =>
        request.origin ?? (request.url === undefined ? undefined : originOfRequest(request.url)) ?? definition.name),
    idempotency: parseIdempotencyOption(definition.name, definition.idempotencyKey),
    clock: definition.clock ?? systemClock,
    random: definition.random ?? systemRandom,
    keys: withDefaults(KEY_LIMITS, definition.keys ?? {}),
    classifyOverride: definition.classify,
    attemptTimeoutMs: numberOption(strategies, 'attemptTimeout', 'afterMs'),
  }
}
