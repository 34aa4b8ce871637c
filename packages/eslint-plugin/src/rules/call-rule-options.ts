import type { CallOptions } from '@holdfast/analysis'
import type { OptionSchema } from '../rule-definition.ts'

const CLIENT_NAMES = ['fetch', 'axios', 'ky', 'got', 'ofetch', 'undici', 'node:http', 'superagent']

/** Options that every rule about calls takes. */
export const callRuleSchema: Readonly<Record<string, OptionSchema>> = {
  ignoreUrls: {
    type: 'array',
    items: { type: 'string' },
    description: 'Beginnings of literal URLs that are not judged.',
  },
  sameOrigin: { enum: ['ignore', 'check'], description: "Whether calls to the page's own origin are judged." },
  browserExternal: {
    enum: ['report', 'ignore'],
    description: 'Whether calls from a browser to another origin are judged.',
  },
  clients: {
    type: 'array',
    items: {
      anyOf: [
        { type: 'string' },
        {
          type: 'object',
          properties: { name: { type: 'string' }, like: { enum: [...CLIENT_NAMES] } },
          required: ['name'],
          additionalProperties: false,
        },
      ],
    },
    description: 'Own functions and instances that send requests: `name`, `module` or `module#export`.',
  },
  wrappers: {
    type: 'array',
    items: { type: 'string' },
    description: 'Names of functions that give the calls inside them a deadline.',
  },
  callMap: {
    anyOf: [{ type: 'string' }, { const: false }],
    description: 'Path of the call map for this rule, or false to judge each file by itself.',
  },
  reportUnknown: { type: 'boolean', description: 'Also reports calls whose protection cannot be found out.' },
}

export const callRuleDefaults: CallOptions = {
  ignoreUrls: [],
  sameOrigin: 'ignore',
  browserExternal: 'report',
  reportUnknown: false,
}
