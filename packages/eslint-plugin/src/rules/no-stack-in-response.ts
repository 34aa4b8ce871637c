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
    error:
      'A whole error leaves the server here: all fields of its own, and its stack where `toJSON` or a serializer adds it.',
    replace: 'Send `{{text}}` instead.',
  },
  detect: findStacksInResponses,
})
