import { findBreakersWithoutFallback, type BreakerFallbackOptions } from '@holdfast/analysis'
import { defineRule } from '../rule-definition.ts'

export const requireBreakerFallback = defineRule<BreakerFallbackOptions>({
  name: 'require-breaker-fallback',
  description: 'Require something to happen when a circuit breaker is open',
  type: 'suggestion',
  recommended: 'off',
  schema: {
    boundaries: {
      type: 'array',
      items: { type: 'string' },
      description: 'Functions that turn the errors of open breakers into answers; a file that uses one is left alone.',
    },
  },
  defaults: { boundaries: [] },
  messages: { open: 'When this breaker opens every call throws; give it a fallback or map the error.' },
  detect: findBreakersWithoutFallback,
})
