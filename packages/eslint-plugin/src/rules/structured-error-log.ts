import { findUnstructuredErrorLogs, type ErrorLogOptions } from '@holdfast/analysis'
import { defineRule } from '../rule-definition.ts'

export const structuredErrorLog = defineRule<
  ErrorLogOptions & { readonly dialect: string; readonly loggers: readonly unknown[] }
>({
  name: 'structured-error-log',
  description: 'Require errors to be logged as a field, not as text',
  type: 'suggestion',
  recommended: 'error',
  headline: true,
  suggests: true,
  sharedMessages: ['dropped'],
  schema: {
    dialect: {
      anyOf: [
        { enum: ['auto', 'pino', 'bunyan', 'winston', 'nest', 'console', 'tag-first'] },
        {
          type: 'object',
          properties: { error: { enum: ['first', 'field', 'any'] } },
          required: ['error'],
          additionalProperties: false,
        },
      ],
      description: 'The order of arguments of the logger; `auto` finds it by import and package.json.',
    },
    loggers: {
      type: 'array',
      items: {
        anyOf: [
          { type: 'string' },
          {
            type: 'object',
            properties: {
              name: { type: 'string' },
              dialect: { enum: ['pino', 'bunyan', 'winston', 'nest', 'console', 'tag-first'] },
              role: { enum: ['log', 'ui'] },
            },
            required: ['name'],
            additionalProperties: false,
          },
        ],
      },
      description: 'Loggers with names of their own, their dialect, and `role: "ui"` for what is a user interface.',
    },
    console: { enum: ['server', 'always', 'never'], description: 'Where the console is judged.' },
    browser: { enum: ['ignore', 'check'], description: 'Whether files that run in a browser are judged.' },
    requireWholeError: {
      type: 'boolean',
      description:
        'Also reports fields that keep the stack or other properties of the error, but not the error itself.',
    },
    errorKey: { type: 'string', description: 'The field name that messages propose.' },
  },
  defaults: {
    dialect: 'auto',
    loggers: [],
    console: 'server',
    browser: 'ignore',
    requireWholeError: false,
    errorKey: 'err',
  },
  messages: {
    flattened: 'The error is flattened to text; log it as a field: `{{example}}`.',
    dropped: '`{{logger}}` ignores an error in this position; put it first: `{{example}}`.',
    console: 'The console keeps neither fields nor levels of this error; log it as a field: `{{example}}`.',
    asField: 'Log the error as a field.',
    missing: 'This log in a handler says nothing of the error; log it as a field: `{{example}}`.',
  },
  detect: findUnstructuredErrorLogs,
})
