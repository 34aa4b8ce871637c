import { findSecretsInLogs, type SecretLogOptions } from '@holdfast/analysis'
import { defineRule } from '../rule-definition.ts'

const names = { type: 'array', items: { type: 'string' } } as const

export const noSecretInLog = defineRule<SecretLogOptions>({
  name: 'no-secret-in-log',
  description: 'Disallow credentials in logs',
  type: 'problem',
  recommended: 'error',
  suggests: true,
  schema: {
    names: { ...names, description: 'Further names whose values are secrets.' },
    allow: { ...names, description: 'Names that sound like a secret and are none.' },
    redactors: { ...names, description: 'Functions that make a value safe to log; suggestions use the first.' },
  },
  defaults: { names: [], allow: [], redactors: [] },
  messages: {
    secret: '`{{name}}` may hold a credential; log a redacted form.',
    redact: 'Log `{{text}}`.',
  },
  detect: findSecretsInLogs,
})
