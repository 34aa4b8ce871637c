import { findIgnoredRetryAfter, type IgnoredRetryAfterOptions } from '@holdfast/analysis'
import { defineRule } from '../rule-definition.ts'

export const honorRetryAfter = defineRule<IgnoredRetryAfterOptions>({
  name: 'honor-retry-after',
  description: 'Require the wait that the server names after 429 and 503',
  type: 'suggestion',
  recommended: 'warn',
  schema: {
    statuses: {
      type: 'array',
      items: { type: 'integer', minimum: 300, maximum: 599 },
      minItems: 1,
      description: 'Statuses that come with a wait.',
    },
  },
  defaults: { statuses: [429, 503] },
  messages: { ignored: 'The server says when to come back: use Retry-After before your own delay.' },
  detect: findIgnoredRetryAfter,
})
