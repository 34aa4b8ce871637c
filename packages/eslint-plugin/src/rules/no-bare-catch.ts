import { findBareCatches, type BareCatchOptions } from '@holdfast/analysis'
import { defineRule } from '../rule-definition.ts'

export const noBareCatch = defineRule<BareCatchOptions>({
  name: 'no-bare-catch',
  description: 'Disallow handlers that make a failed operation disappear',
  type: 'problem',
  recommended: 'error',
  headline: true,
  schema: {
    comments: {
      enum: ['explain', 'any', 'never'],
      description: 'Which comments excuse a handler: three words or more, any, or none.',
    },
    handlers: {
      type: 'array',
      items: { type: 'string' },
      description: 'Names of functions that count as handling the error.',
    },
    strictProbes: { type: 'boolean', description: 'Also reports empty handlers of parse probes and cleanups.' },
  },
  defaults: { comments: 'explain', handlers: [], strictProbes: false },
  messages: {
    dropped: 'The error of this {{what}} is dropped: log it, rethrow it with a cause or return it.',
    value: 'A failed {{client}} call becomes {{value}}; the caller cannot tell failure from absence.',
  },
  detect: findBareCatches,
})
