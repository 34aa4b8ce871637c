import { findUnboundedFanOut, type UnboundedFanOutOptions } from '@holdfast/analysis'
import { defineRule } from '../rule-definition.ts'
import { callRuleDefaults, callRuleSchema } from './call-rule-options.ts'

export const noUnboundedFanOut = defineRule<UnboundedFanOutOptions>({
  name: 'no-unbounded-fan-out',
  description: 'Disallow one request for each element of a list of unknown length, all at once',
  type: 'suggestion',
  recommended: 'warn',
  schema: {
    ...callRuleSchema,
    max: { type: 'integer', minimum: 1, description: 'Elements up to which a list with a known length is left alone.' },
  },
  defaults: { ...callRuleDefaults, max: 20 },
  messages: { unbounded: 'This starts one request per item; limit the concurrency.' },
  detect: findUnboundedFanOut,
})
