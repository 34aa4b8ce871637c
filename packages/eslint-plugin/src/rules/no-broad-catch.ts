import { findBroadCatches, type BroadCatchOptions } from '@holdfast/analysis'
import { defineRule } from '../rule-definition.ts'

export const noBroadCatch = defineRule<BroadCatchOptions>({
  name: 'no-broad-catch',
  description: 'Disallow handlers that answer for too much code',
  type: 'suggestion',
  recommended: 'off',
  schema: {
    maxStatements: {
      type: 'integer',
      minimum: 1,
      description: 'Statements that one `try` may hold when its handler takes every error.',
    },
  },
  defaults: { maxStatements: 8 },
  messages: { broad: 'This catches programming errors too; narrow it or move it to the boundary.' },
  detect: findBroadCatches,
})
