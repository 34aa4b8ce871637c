import type { CallOptions } from '@holdfast/analysis'
import type { OptionSchema } from '../rule-definition.ts'

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
  reportUnknown: { type: 'boolean', description: 'Also reports calls whose protection cannot be found out.' },
}

export const callRuleDefaults: CallOptions = {
  ignoreUrls: [],
  sameOrigin: 'ignore',
  browserExternal: 'report',
  reportUnknown: false,
}
