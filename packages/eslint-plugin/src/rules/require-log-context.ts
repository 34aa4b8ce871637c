import { findMissingLogContexts, type LogContextOptions } from '@holdfast/analysis'
import { defineRule } from '../rule-definition.ts'

export const requireLogContext = defineRule<LogContextOptions>({
  name: 'require-log-context',
  description: 'Require a request id or operation in the error logs of requests and jobs',
  type: 'suggestion',
  recommended: 'off',
  schema: {
    fields: {
      type: 'array',
      items: { type: 'string' },
      minItems: 1,
      description: 'Fields by which a log line is found again.',
    },
    any: { type: 'boolean', description: 'Whether one of the fields is enough.' },
  },
  defaults: { fields: ['requestId', 'operation'], any: true },
  messages: { context: 'No request id or operation in this log; it cannot be traced.' },
  detect: findMissingLogContexts,
})
