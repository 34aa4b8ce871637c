import { findUncheckedResponses, type UncheckedResponseOptions } from '@holdfast/analysis'
import { defineRule } from '../rule-definition.ts'
import { callRuleDefaults, callRuleSchema } from './call-rule-options.ts'

export const requireResponseCheck = defineRule<UncheckedResponseOptions>({
  name: 'require-response-check',
  description: 'Require a look at the status before the body of a response is used',
  type: 'problem',
  recommended: 'error',
  suggests: true,
  schema: {
    ...callRuleSchema,
    checkers: {
      type: 'array',
      items: { type: 'string' },
      description: 'Functions that look at the status of the response they are given.',
    },
    checkFirst: { type: 'boolean', description: 'The status must be looked at before the body is read.' },
  },
  defaults: { ...callRuleDefaults, checkers: [], checkFirst: false },
  messages: {
    unchecked: '{{client}} resolves on 404 and 500 too; check `{{name}}.ok` before reading the body.',
    uncheckedStatusCode: '{{client}} resolves on 404 and 500 too; check `statusCode` before reading the body.',
    addCheck: 'Throw when `{{name}}.ok` is false.',
  },
  detect: findUncheckedResponses,
})
