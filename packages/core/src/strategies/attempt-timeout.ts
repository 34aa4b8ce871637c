import { checkOptions, positiveMs, withDefaults } from '../option-checks.ts'
import { defineStrategy } from '../strategy.ts'

export interface AttemptTimeoutOptions {
  /** Time of one attempt, until the client hands its result over, ms. Default 10_000. */
  readonly afterMs: number
  /** Longest pause between two chunks of a body that arrives after that, ms. Default 30_000. */
  readonly bodyIdleMs: number
}

const DEFAULTS: AttemptTimeoutOptions = { afterMs: 10_000, bodyIdleMs: 30_000 }
const RULES = { afterMs: positiveMs, bodyIdleMs: positiveMs }

/**
 * Bounds one attempt in time, and the pauses of a body that outlives it.
 *
 * It writes the limit on the call; the attempt's one timer enforces it together with the deadline. Time in queues
 * does not count. `fetch` and ky hand over at the headers, axios after the body.
 *
 * @throws {TypeError} For a bad option, when the strategy is made.
 */
export const attemptTimeout = defineStrategy<'attemptTimeout', AttemptTimeoutOptions, Partial<AttemptTimeoutOptions>>(
  'attemptTimeout',
  (_env, options) => (next) => (call) => {
    const override = call.options<Partial<AttemptTimeoutOptions>>('attemptTimeout')
    call.attemptTimeoutMs = override?.afterMs ?? options.afterMs
    if (!call.hasUnboundedBody) call.bodyIdleMs = override?.bodyIdleMs ?? options.bodyIdleMs
    return next(call)
  },
  {
    neverThrows: true,
    prepare(given) {
      checkOptions('attemptTimeout', given, RULES)
      return withDefaults(DEFAULTS, given)
    },
    checkCall(options) {
      checkOptions('attemptTimeout', options, RULES)
    },
  },
)
