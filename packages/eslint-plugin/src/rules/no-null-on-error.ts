import { findNullsOnError } from '@holdfast/analysis'
import { defineRule } from '../rule-definition.ts'

export const noNullOnError = defineRule<object>({
  name: 'no-null-on-error',
  description: 'Disallow empty values as the answer to a failed call',
  type: 'suggestion',
  recommended: 'off',
  schema: {},
  defaults: {},
  messages: { absence: 'Failure and absence look alike to callers; throw or return a result type.' },
  detect: findNullsOnError,
})
