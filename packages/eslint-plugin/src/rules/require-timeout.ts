import { findMissingTimeouts, type MissingTimeoutOptions } from '@holdfast/analysis'
import { defineRule } from '../rule-definition.ts'
import { callRuleDefaults, callRuleSchema } from './call-rule-options.ts'

export const requireTimeout = defineRule<MissingTimeoutOptions>({
  name: 'require-timeout',
  description: 'Require a deadline on calls to other servers',
  type: 'problem',
  recommended: 'error',
  headline: true,
  suggests: true,
  schema: {
    ...callRuleSchema,
    suggestedMs: { type: 'integer', minimum: 1, description: 'Milliseconds that the suggestion inserts.' },
  },
  defaults: { ...callRuleDefaults, suggestedMs: 10_000 },
  messages: {
    missing: 'This {{client}} call has no deadline and can hang; pass `timeout` or `AbortSignal.timeout(ms)`.',
    disabled: '`timeout: {{value}}` means no limit.',
    instance: '`{{name}}` is used for {{n}} and has no timeout.',
    unusedInstance: '`{{name}}` has no timeout; every {{client}} call through it can hang.',
    addDeadline: 'Add `{{text}}`.',
  },
  detect: findMissingTimeouts,
})
