import { findStacksInResponses } from '@holdfast/analysis'
import { defineRule } from '../rule-definition.ts'

export const noStackInResponse = defineRule<object>({
  name: 'no-stack-in-response',
  description: 'Disallow stack traces and whole errors in responses',
  type: 'problem',
  recommended: 'error',
  suggests: true,
  schema: {},
  defaults: {},
  messages: {
    stack: 'A stack trace leaves the server here.',
    replace: 'Send `{{text}}` instead.',
  },
  detect: findStacksInResponses,
})
