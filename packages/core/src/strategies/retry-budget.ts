import { checkOptions, nonNegativeNumber, optionError, positiveNumber, withDefaults } from '../option-checks.ts'
import { RetryBudget, type RetryBudgetOptions } from '../retry-budget.ts'
import { defineStrategy } from '../strategy.ts'

const DEFAULTS: RetryBudgetOptions = { capacity: 100, cost: 10, throttledCost: 5, deposit: 1, dripPerSecond: 1 }

/**
 * Bounds retries by successes: a server that answers nothing gets almost no retries.
 *
 * It keeps one bucket per key and only puts it on the call; `retry` takes from it when it schedules, before it waits.
 * A budget funded by requests instead keeps an overloaded server down for good (metastable failure, HotOS 2021).
 *
 * @throws {TypeError} For a bad option, when the strategy is made.
 * @see OSDI 2022 "Metastable Failures in the Wild", theorem 2
 */
export const retryBudget = defineStrategy(
  'retryBudget',
  (env, options: RetryBudgetOptions) => {
    const budgetOf = env.cell(({ key }) => {
      return new RetryBudget(options, env.clock.now(), (isExhausted, tokens) => {
        if (isExhausted) env.emit('budget-exhausted', { key, tokens, reason: 'spent' })
        else env.emit('budget-restored', { key, tokens, reason: 'refilled' })
      })
    })
    return (next) => (call) => {
      call.budget = budgetOf(call)
      return next(call)
    }
  },
  {
    neverThrows: true,
    prepare(given) {
      checkOptions('retryBudget', given, {
        capacity: positiveNumber,
        cost: positiveNumber,
        throttledCost: positiveNumber,
        deposit: nonNegativeNumber,
        dripPerSecond: nonNegativeNumber,
      })
      const options = withDefaults(DEFAULTS, given)
      for (const name of ['cost', 'throttledCost'] as const) {
        if (options[name] > options.capacity) {
          const allowed = `at most capacity (${options.capacity}), or no retry could ever be paid for`
          throw optionError('retryBudget', name, options[name], allowed)
        }
      }
      return options
    },
  },
)
