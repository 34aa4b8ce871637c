import { ConcurrencyLimiter, type ConcurrencyTerms } from '../concurrency-limiter.ts'
import { checkOptions, integer, optionError, positiveMs, withDefaults } from '../option-checks.ts'
import { defineStrategy, type NoCallOptions, type Strategy } from '../strategy.ts'
import { waitInLine } from '../wait-queue.ts'

export interface ConcurrencyOptions {
  /** Attempts in flight at once, 1 to 1_000_000. Required. */
  readonly limit: number
  /** Calls that may wait for a place, 0 or more. Default: `limit`. */
  readonly maxQueued: number | undefined
  /** After this long a place whose attempt never ended is given to another call, ms. Default 600_000. */
  readonly leaseMs: number
}

/** What must be given; the rest has defaults. */
export type ConcurrencyInit = Pick<ConcurrencyOptions, 'limit'> & Partial<ConcurrencyOptions>

const DEFAULTS: ConcurrencyOptions = { limit: 0, maxQueued: undefined, leaseMs: 600_000 }
const RULES = { limit: integer(1, 1_000_000), maxQueued: integer(0, 1_000_000), leaseMs: positiveMs }

/**
 * Bounds the attempts in flight of a key.
 *
 * An attempt without a place waits, `critical` first and first come first served within a priority. It is refused at
 * once with `queue-full` if too many wait, or if those before it would take until after the deadline at the median
 * latency of late. A place is free again when the answer's body has settled, or when its lease is over.
 *
 * @throws {TypeError} For a bad option, when the strategy is made.
 */
export const concurrency: (options: ConcurrencyInit) => Strategy<'concurrency', NoCallOptions> = defineStrategy<
  'concurrency',
  ConcurrencyOptions
>(
  'concurrency',
  (env, options) => {
    const terms: ConcurrencyTerms = { ...options, maxQueued: options.maxQueued ?? options.limit }
    const limiterOf = env.cell(() => new ConcurrencyLimiter(env, terms))
    return (next) => (call) => {
      const limiter = limiterOf(call)
      const permit = limiter.tryTake(call.isStarting ? call.startedMs : env.clock.now())
      if (permit === undefined) return waitInLine(env, limiter, call, 1, next)
      call.hold(permit)
      return next(call)
    }
  },
  {
    neverThrows: true,
    prepare(given) {
      checkOptions('concurrency', given, RULES)
      if (given.limit === undefined) throw optionError('concurrency', 'limit', undefined, RULES.limit.allowed)
      return withDefaults(DEFAULTS, given)
    },
  },
)
