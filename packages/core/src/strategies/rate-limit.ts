import {
  checkOptions,
  flag,
  integer,
  method,
  optionError,
  positiveMs,
  positiveNumber,
  ratio,
  withDefaults,
  type OptionRules,
} from '../option-checks.ts'
import type { ProviderHeaders } from '../rate-headers.ts'
import { RateLimiter, type RateTerms } from '../rate-limiter.ts'
import type { PermitStore } from '../permit-store.ts'
import { defineStrategy, type Strategy } from '../strategy.ts'
import { waitInLine } from '../wait-queue.ts'

/** A limit beside the main one; a call must fit into all of them. */
export interface RateWindow {
  /** Permits a window, above 0. */
  readonly permits: number
  /** Length of the window, ms. */
  readonly perMs: number
  /** Permits that may go at once, 1 or more. Default: `permits`. */
  readonly burst?: number
}

export interface RateLimitOptions {
  /** Permits that come every `perMs`, above 0. Required. */
  readonly permits: number
  /** Time in which they come, ms. Required. */
  readonly perMs: number
  /**
   * Permits that may go at once after a pause, 1 or more. Default: `permits`. Any span of `s` ms admits at most
   * `burst + s * permits / perMs`; 1 spaces all calls evenly, for a server that counts exact windows and tells nothing.
   */
  readonly burst: number | undefined
  /** Further limits; a call must fit into all. Default none. */
  readonly windows: readonly RateWindow[]
  /** Permits of any 24 h, counted by the hour. Default none. */
  readonly daily: number | undefined
  /** Share of the daily quota kept back, 0 to 1: `background` stops at it, `default` at half of it, `critical` never. Default 0. */
  readonly reserve: number
  /** Calls that may wait for a permit, 0 or more. Default 1_000. */
  readonly maxQueued: number
  /** Whether the server's quota headers and 429 answers slow this limit down. Default true. */
  readonly learn: boolean
  /** The provider's own quota headers, read before the standard ones. */
  readonly headers: ProviderHeaders | undefined
  /** Where other processes take their permits too: `sharedState` of `@holdfast/core/shared`. Default none. */
  readonly store: PermitStore | undefined
}

/** What must be given; the rest has defaults. */
export type RateLimitInit = Pick<RateLimitOptions, 'permits' | 'perMs'> & Partial<RateLimitOptions>

/** What a single call may change. */
export interface RateLimitCallOptions {
  /** Permits the call costs, above 0. Default 1. */
  readonly weight?: number
}

const DEFAULTS: RateLimitOptions = {
  permits: 0,
  perMs: 0,
  burst: undefined,
  windows: [],
  daily: undefined,
  reserve: 0,
  maxQueued: 1_000,
  learn: true,
  headers: undefined,
  store: undefined,
}

const fromOne = {
  allowed: 'a number from 1 up',
  check: (value: unknown) => positiveNumber.check(value) && (value as number) >= 1,
}
const WINDOW_RULES: OptionRules = { permits: positiveNumber, perMs: positiveMs, burst: fromOne }
const RULES: OptionRules = {
  ...WINDOW_RULES,
  windows: { allowed: 'an array of { permits, perMs }', check: Array.isArray },
  daily: fromOne,
  reserve: ratio,
  maxQueued: integer(0, 1_000_000),
  learn: flag,
  headers: { allowed: 'an array of provider quotas, such as etsyHeaders', check: Array.isArray },
  store: method('permitsOf', 'sharedState(...)'),
}

const checkWindow = (owner: string, window: { readonly permits?: unknown; readonly perMs?: unknown }): void => {
  for (const name of ['permits', 'perMs'] as const) {
    if (window[name] === undefined) throw optionError(owner, name, undefined, WINDOW_RULES[name]?.allowed ?? '')
  }
}

const prepare = (given: Partial<RateLimitOptions>): RateLimitOptions => {
  checkOptions('rateLimit', given, RULES)
  checkWindow('rateLimit', given)
  for (const [index, window] of (given.windows ?? []).entries()) {
    checkOptions(`rateLimit: windows[${index}]`, window, WINDOW_RULES)
    checkWindow(`rateLimit: windows[${index}]`, window)
  }
  if (given.reserve !== undefined && given.reserve > 0 && given.daily === undefined && given.learn === false) {
    throw optionError('rateLimit', 'reserve', given.reserve, '0 without "daily" or "learn"')
  }
  return withDefaults(DEFAULTS, given)
}

const termsOf = (options: RateLimitOptions): RateTerms => ({
  ...options,
  windows: [options, ...options.windows].map(({ permits, perMs, burst }) => ({
    permits,
    perMs,
    burst: burst ?? Math.max(1, permits),
  })),
  daily: options.daily ?? Infinity,
})

/**
 * Sends no faster than the provider allows: several windows at once, a daily quota, and whatever the server says.
 *
 * It acts on every attempt and keeps per key a GCRA for each window, the calls of the last 24 h by the hour, and the
 * quotas read from response headers, which only ever tighten ours. A 429 that explains nothing halves the rate; a tenth
 * comes back each second. An attempt without a permit waits, `critical` first and first come first served within a
 * priority. It is refused at once with `rate-limited` if its permit cannot come before the deadline, with `queue-full`
 * if too many wait and with `quota-exhausted` if the day has nothing left for its priority. Permits of attempts that
 * are never sent are given back. With `store` the windows and the day are shared by all processes of that store.
 *
 * @throws {TypeError} For a bad option, when the strategy is made.
 * @see RFC 6585 section 4; draft-ietf-httpapi-ratelimit-headers
 */
export const rateLimit: (options: RateLimitInit) => Strategy<'rateLimit', RateLimitCallOptions> = defineStrategy<
  'rateLimit',
  RateLimitOptions,
  RateLimitCallOptions
>(
  'rateLimit',
  (env, options) => {
    const terms = termsOf(options)
    const limiterOf = env.cell(({ key }) => new RateLimiter(env, key, terms))
    return (next) => (call) => {
      const limiter = limiterOf(call)
      const weight = call.options<RateLimitCallOptions>('rateLimit')?.weight ?? 1
      const nowMs = call.isStarting ? call.startedMs : env.clock.now()
      const permit = limiter.tryTake(call, weight, nowMs)
      if (permit === undefined) return waitInLine(env, limiter, call, weight, next)
      call.hold(permit)
      return next(call)
    }
  },
  {
    neverThrows: true,
    prepare,
    checkCall(options) {
      checkOptions('rateLimit', options, { weight: positiveNumber })
    },
  },
)
