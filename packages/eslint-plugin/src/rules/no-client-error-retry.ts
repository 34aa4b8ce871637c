import { findClientErrorRetries, type ClientErrorRetryOptions } from '@holdfast/analysis'
import { defineRule } from '../rule-definition.ts'

export const noClientErrorRetry = defineRule<ClientErrorRetryOptions>({
  name: 'no-client-error-retry',
  description: 'Disallow retries of requests that will be refused again',
  type: 'problem',
  recommended: 'error',
  suggests: true,
  schema: {
    allow: {
      type: 'array',
      items: { type: 'integer', minimum: 400, maximum: 499 },
      description: 'Statuses from 400 to 499 that may be tried again.',
    },
    defaultConditions: {
      enum: ['ignore', 'check'],
      description: 'Whether retry libraries that try every error again are judged around clients that throw on 4xx.',
    },
  },
  defaults: { allow: [408, 425, 429], defaultConditions: 'ignore' },
  messages: {
    status: 'Status {{status}} will not change on retry; retry only {{allowed}} and 5xx.',
    defaultCondition: '`{{owner}}` also tries the 4xx of {{client}} again; give it a condition.',
    removeStatus: 'Take {{status}} out of the list.',
  },
  detect: findClientErrorRetries,
})
