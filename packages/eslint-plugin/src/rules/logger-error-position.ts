import { findMisplacedErrors } from '@holdfast/analysis'
import { defineRule } from '../rule-definition.ts'

export const loggerErrorPosition = defineRule<object>({
  name: 'logger-error-position',
  description: 'Require errors at the position where the logging library reads them',
  type: 'problem',
  recommended: 'error',
  suggests: true,
  sharedMessages: ['dropped', 'text'],
  schema: {},
  defaults: {},
  messages: {
    dropped: '{{library}} drops an error in this position; write `{{example}}`.',
    text: '{{library}} turns an error in this position into text; write `{{example}}`.',
    order: '{{library}} takes the text first and loses one of the two here; write `{{example}}`.',
    key: '{{library}} writes an error under `{{key}}` as `{}`; write `{{example}}` or add a serializer.',
    swap: 'Write `{{text}}`.',
  },
  detect: findMisplacedErrors,
})
