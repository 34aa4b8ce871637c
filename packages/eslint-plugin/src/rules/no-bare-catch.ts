import { findBareCatches, type BareCatchOptions } from '@holdfast/analysis'
import { defineRule } from '../rule-definition.ts'

export const noBareCatch = defineRule<BareCatchOptions>({
  name: 'no-bare-catch',
  description: 'Disallow handlers that make a failed operation disappear',
  type: 'problem',
  recommended: 'error',
  headline: true,
  suggests: true,
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
    allowNames: {
      type: 'array',
      items: { type: 'string' },
      description:
        'Names of catch parameters that need only a word of comment; `_*` is every name that starts with `_`.',
    },
    probes: {
      type: 'array',
      items: { type: 'string' },
      description: 'Names of functions that only parse or ask, so that their failure is an answer.',
    },
    returnNull: {
      enum: ['io', 'always', 'never'],
      description: 'Whether giving an empty value is reported: after I/O, after anything but a probe, or never.',
    },
    strictProbes: { type: 'boolean', description: 'Also reports empty handlers of parse probes and cleanups.' },
  },
  defaults: {
    comments: 'explain',
    handlers: [],
    allowNames: ['ignored', 'expected', '_*'],
    probes: [],
    returnNull: 'io',
    strictProbes: false,
  },
  messages: {
    dropped: 'The error of this {{what}} is dropped: log it, rethrow it with a cause or return it.',
    value: 'A failed {{client}} call becomes {{value}}; the caller cannot tell failure from absence.',
    rethrow: 'Throw the error on.',
    wrap: 'Throw an error that says what failed, with this one as its cause.',
    log: 'Log the error.',
  },
  detect: findBareCatches,
})
