import { checkOptions, positiveMs, withDefaults } from '../option-checks.ts'
import { defineStrategy } from '../strategy.ts'

export interface DeadlineOptions {
  /** Time of the whole call, waits and retries included, ms. Default 30_000. */
  readonly afterMs: number
}

/**
 * Bounds a whole call in time: attempts, backoff and every queue.
 *
 * It writes an absolute time on the call and has no timer of its own; whatever waits compares with it first.
 *
 * @throws {TypeError} For a bad option, when the strategy is made.
 */
export const deadline = defineStrategy<'deadline', DeadlineOptions, DeadlineOptions>(
  'deadline',
  (_env, options) => (next) => (call) => {
    const afterMs = call.options<DeadlineOptions>('deadline')?.afterMs ?? options.afterMs
    call.deadlineAtMs = Math.min(call.deadlineAtMs, call.startedMs + afterMs)
    return next(call)
  },
  {
    neverThrows: true,
    prepare(given) {
      checkOptions('deadline', given, { afterMs: positiveMs })
      return withDefaults({ afterMs: 30_000 }, given)
    },
    checkCall(options) {
      checkOptions('deadline', options, { afterMs: positiveMs })
    },
  },
)
