import { findGenericThrows, type GenericThrowOptions } from '@holdfast/analysis'
import { defineRule } from '../rule-definition.ts'

export const noGenericThrow = defineRule<GenericThrowOptions>({
  name: 'no-generic-throw',
  description: 'Require domain errors from functions that call other servers',
  type: 'suggestion',
  recommended: 'off',
  schema: {
    domainErrors: {
      type: 'array',
      items: { type: 'string' },
      description: "Names of the domain's error classes, where no call map shows them.",
    },
  },
  defaults: { domainErrors: [] },
  messages: { generic: 'Throw a domain error so callers can tell {{operation}} apart.' },
  detect: findGenericThrows,
})
