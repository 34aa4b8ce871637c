/** Everything of ours that a program may import, in one bundle. */
import {
  adaptiveThrottle,
  attemptTimeout,
  circuitBreaker,
  concurrency,
  deadline,
  rateLimit,
  retry,
  retryBudget,
  serverGate,
  type Strategy,
} from '@holdfast/core'

export { attach } from '@holdfast/axios-interceptor'
export { createPolicy, PRESETS, standardPolicy, wrapFetch } from '@holdfast/core'
export { kyHooks } from '@holdfast/ky-hooks'

/** All of them, in the order of the standard pipeline. */
export const strategies = (): readonly Strategy[] => [
  deadline(),
  retryBudget(),
  retry(),
  circuitBreaker(),
  serverGate(),
  adaptiveThrottle(),
  rateLimit({ permits: 10, perMs: 1_000 }),
  concurrency({ limit: 4 }),
  attemptTimeout(),
]
