import { findLostCauses, type LostCauseOptions } from '@holdfast/analysis'
import { defineRule } from '../rule-definition.ts'

export const requireErrorCause = defineRule<LostCauseOptions>({
  name: 'require-error-cause',
  description: 'Require errors made in a handler to carry the error they replace',
  type: 'problem',
  recommended: 'error',
  suggests: true,
  schema: {
    delegate: {
      type: 'boolean',
      description: "Leaves built-in errors thrown in a catch clause to ESLint's `preserve-caught-error`.",
    },
  },
  defaults: { delegate: false },
  messages: {
    lost: 'The original error is lost; pass it as `cause`.',
    ignored: 'The original error is lost; the constructor of `{{name}}` has no parameter for it.',
    addCause: 'Pass `{{name}}` as `cause`.',
  },
  detect: findLostCauses,
})
