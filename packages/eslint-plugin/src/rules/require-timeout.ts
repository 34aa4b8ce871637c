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
    maxMs: { type: 'integer', minimum: 0, description: 'Longest deadline that is accepted; 0 accepts any.' },
    streams: { enum: ['check', 'ignore'], description: 'Whether downloads and event streams are judged.' },
    instances: {
      enum: ['create', 'calls'],
      description: 'Where an instance without a timeout is reported: where it is made, or at each of its calls.',
    },
    suggestedMs: { type: 'integer', minimum: 1, description: 'Milliseconds that the suggestion inserts.' },
  },
  defaults: { ...callRuleDefaults, maxMs: 0, streams: 'check', instances: 'create', suggestedMs: 10_000 },
  messages: {
    missing: 'This {{client}} call has no deadline and can hang; pass `timeout` or `AbortSignal.timeout(ms)`.',
    callers:
      'This {{client}} call has a deadline only where its caller asks for one; {{n}} of {{all}} do not. Give it a default.',
    disabled: '`timeout: {{value}}` means no limit.',
    instance: '`{{name}}` is used for {{n}} and has no timeout.',
    unusedInstance: '`{{name}}` has no timeout; every {{client}} call through it can hang.',
    tooLong: 'This deadline of {{ms}} ms is longer than {{maxMs}} ms; a caller rarely waits that long.',
    policy: '`{{name}}` gives its calls no deadline; add `deadline({ afterMs })` or leave the preset its own.',
    addDeadline: 'Add `{{text}}`.',
  },
  detect: findMissingTimeouts,
})
