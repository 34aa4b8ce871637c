import { findUnstructuredErrorLogs, type ErrorLogOptions } from '@holdfast/analysis'
import { defineRule } from '../rule-definition.ts'

export const structuredErrorLog = defineRule<ErrorLogOptions>({
  name: 'structured-error-log',
  description: 'Require errors to be logged as a field, not as text',
  type: 'suggestion',
  recommended: 'error',
  headline: true,
  schema: {
    console: { enum: ['server', 'always', 'never'], description: 'Where the console is judged.' },
    browser: { enum: ['ignore', 'check'], description: 'Whether files that run in a browser are judged.' },
    requireWholeError: {
      type: 'boolean',
      description: 'Also reports `{ error: err.message }`, which loses the stack and the cause.',
    },
    errorKey: { type: 'string', description: 'The field name that messages propose.' },
  },
  defaults: { console: 'server', browser: 'ignore', requireWholeError: false, errorKey: 'err' },
  messages: {
    flattened: 'The error is flattened to text; log it as a field: `{{example}}`.',
    dropped: '`{{logger}}` ignores an error in this position; put it first: `{{example}}`.',
    console: 'The console keeps neither fields nor levels of this error; log it as a field: `{{example}}`.',
    missing: 'This log in a handler says nothing of the error; log it as a field: `{{example}}`.',
  },
  detect: findUnstructuredErrorLogs,
})
