import { findFixedDelays, type FixedDelayOptions } from '@holdfast/analysis'
import { defineRule } from '../rule-definition.ts'

export const noFixedDelayRetry = defineRule<FixedDelayOptions>({
  name: 'no-fixed-delay-retry',
  description: 'Disallow retries after the same or a linear delay',
  type: 'suggestion',
  recommended: 'warn',
  schema: {
    requireJitter: { type: 'boolean', description: 'Also reports delays that double but have no jitter.' },
    minAttempts: {
      type: 'integer',
      minimum: 1,
      description: 'Repeated attempts from which on the delay is judged; one single retry is left alone.',
    },
  },
  defaults: { requireJitter: false, minAttempts: 2 },
  messages: {
    fixed: 'Every client retries after the same {{ms}} ms; grow the delay and add jitter.',
    noJitter: 'Clients that failed together retry together after {{ms}} ms; add jitter.',
    immediate: 'Every client retries at once; wait between attempts, grow the delay and add jitter.',
  },
  detect: findFixedDelays,
})
