import { findNestedRetries } from '@holdfast/analysis'
import { defineRule } from '../rule-definition.ts'

export const noNestedRetry = defineRule<object>({
  name: 'no-nested-retry',
  description: 'Disallow retries around something that retries by itself',
  type: 'suggestion',
  recommended: 'warn',
  schema: {},
  defaults: {},
  messages: {
    nested: '{{layers}} each retry this call: up to {{attempts}} attempts; let one of them do it.',
    multiplies: '{{layers}} each retry this call, and their attempts multiply; let one of them do it.',
  },
  detect: findNestedRetries,
})
