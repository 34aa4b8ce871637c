import type { Attributes } from '@opentelemetry/api'
import type { PolicyHealth } from '../policy-health.ts'
import { safeRead } from '../safe-read.ts'
import type { CallAttributes } from './call-attributes.ts'
import type { GaugeName, Observer } from './instruments.ts'

const BREAKER_STATES = ['closed', 'open', 'half-open', 'forced-open', 'disabled'] as const

// Gauges that are one number in the health of a strategy.
const NUMBERS: readonly (readonly [gauge: GaugeName, strategy: string, fact: string])[] = [
  ['holdfast.retry_budget.tokens', 'retryBudget', 'tokens'],
  ['holdfast.throttle.rejection_probability', 'adaptiveThrottle', 'rejectionProbability'],
  ['holdfast.concurrency.limit', 'concurrency', 'limit'],
  ['holdfast.concurrency.inflight', 'concurrency', 'inFlight'],
  ['holdfast.concurrency.queued', 'concurrency', 'queued'],
]

// A quota's name is the server's word.
const QUOTA_NAME = /^[\w.:-]{1,64}$/

/** Reads all gauges of a policy out of its health. */
export const policyGauges = (health: () => PolicyHealth, attributes: CallAttributes): Observer => {
  return (observe) => {
    for (const [key, facts] of Object.entries(health().keys)) {
      const common: Attributes = attributes.ofKey(key)
      for (const [gauge, strategy, fact] of NUMBERS) {
        const value = safeRead(facts[strategy], fact)
        if (typeof value === 'number') observe(gauge, value, common)
      }
      const state = safeRead(facts['circuitBreaker'], 'state')
      if (typeof state === 'string') {
        for (const name of BREAKER_STATES) {
          const value = name === state ? 1 : 0
          observe('holdfast.circuit_breaker.state', value, { ...common, state: name.replace('-', '_') })
        }
      }
      const today = safeRead(facts['rateLimit'], 'remainingToday')
      if (typeof today === 'number') observe('holdfast.rate_limit.remaining', today, { ...common, policy: 'daily' })
      const quotas = (safeRead(facts['rateLimit'], 'quotas') ?? {}) as Readonly<Record<string, unknown>>
      for (const [name, quota] of Object.entries(quotas)) {
        const of = { ...common, policy: QUOTA_NAME.test(name) ? name : '_OTHER' }
        const remaining = safeRead(quota, 'remaining')
        const resetAfterMs = safeRead(quota, 'resetAfterMs')
        if (typeof remaining === 'number') observe('holdfast.rate_limit.remaining', remaining, of)
        if (typeof resetAfterMs === 'number') observe('holdfast.rate_limit.reset', resetAfterMs / 1_000, of)
      }
    }
  }
}
