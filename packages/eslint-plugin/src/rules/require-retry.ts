import { findMissingRetries, type MissingRetryOptions } from '@holdfast/analysis'
import { defineRule } from '../rule-definition.ts'
import { callRuleDefaults, callRuleSchema } from './call-rule-options.ts'

export const requireRetry = defineRule<MissingRetryOptions>({
  name: 'require-retry',
  description: 'Require a retry owner around repeatable calls to other servers',
  type: 'suggestion',
  recommended: 'error',
  headline: true,
  schema: {
    ...callRuleSchema,
    methods: {
      type: 'array',
      items: { type: 'string' },
      description: 'Methods to judge besides GET, HEAD, PUT, DELETE and OPTIONS.',
    },
    scripts: {
      enum: ['ignore', 'check'],
      description: 'Whether scripts (hashbang, `process.exit` at top level) are judged.',
    },
    owners: {
      type: 'array',
      items: { type: 'string' },
      description: 'Names of functions that run their callback again after a failure.',
    },
    sideEffectUrls: {
      type: 'array',
      items: { type: 'string' },
      description: 'Parts of URLs whose GET has an effect, such as sending a message; they are not judged.',
    },
    budgetMs: {
      type: 'integer',
      minimum: 0,
      description: 'Longest deadline of a call that `@best-effort` excuses; 0 asks for none.',
    },
    allowBestEffort: { type: 'boolean', description: 'Accepts a `@best-effort` comment above the call.' },
  },
  defaults: {
    ...callRuleDefaults,
    methods: [],
    scripts: 'ignore',
    sideEffectUrls: ['/send', '/sms', '/notify'],
    budgetMs: 0,
    allowBestEffort: true,
  },
  messages: {
    missing: 'Idempotent {{method}} to {{host}} is tried once; send it through the policy engine or a retry wrapper.',
    instance: '`{{name}}` is used for {{n}} that can be repeated and has no retry; attach a policy or a retry plug-in.',
    policy: '`{{name}}` sends nothing again after a failure; add `retry()` or leave the preset its own.',
  },
  detect: findMissingRetries,
})
