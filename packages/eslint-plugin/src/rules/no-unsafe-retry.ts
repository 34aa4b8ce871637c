import { findUnsafeRetries, type UnsafeRetryOptions } from '@holdfast/analysis'
import { defineRule } from '../rule-definition.ts'
import { callRuleDefaults, callRuleSchema } from './call-rule-options.ts'

const names = { type: 'array', items: { type: 'string' } } as const

export const noUnsafeRetry = defineRule<UnsafeRetryOptions>({
  name: 'no-unsafe-retry',
  description: 'Disallow retries of POST and PATCH without an idempotency key',
  type: 'problem',
  recommended: 'error',
  schema: {
    ...callRuleSchema,
    safePosts: { ...names, description: 'Words or paths in the URLs of POST requests that only read.' },
    sideEffectUrls: { ...names, description: 'Parts of URLs whose GET has an effect, such as sending a message.' },
    keyHeaders: { ...names, description: 'Headers that let the server recognise a repeated request.' },
  },
  defaults: {
    ...callRuleDefaults,
    safePosts: ['graphql', 'search', 'query', 'token'],
    sideEffectUrls: [],
    keyHeaders: ['Idempotency-Key'],
  },
  messages: { unsafe: 'A retried {{method}} can run twice; send an idempotency key or do not retry it.' },
  detect: findUnsafeRetries,
})
