import { findUnboundedRetries, type UnboundedRetryOptions } from '@holdfast/analysis'
import { defineRule } from '../rule-definition.ts'

export const noUnboundedRetry = defineRule<UnboundedRetryOptions>({
  name: 'no-unbounded-retry',
  description: 'Disallow retries that nothing but success ends',
  type: 'problem',
  recommended: 'error',
  schema: {
    allowReconnect: {
      type: 'boolean',
      description: 'Accepts connections of sockets and queues that are set up again after a pause.',
    },
  },
  defaults: { allowReconnect: true },
  messages: { unbounded: 'This retry has no limit: cap the attempts or the total time.' },
  detect: findUnboundedRetries,
})
