import { findTimerLeaks } from '@holdfast/analysis'
import { defineRule } from '../rule-definition.ts'

export const noTimerLeak = defineRule<object>({
  name: 'no-timer-leak',
  description: 'Disallow timers that go on after what they watched is over',
  type: 'problem',
  recommended: 'warn',
  schema: {},
  defaults: {},
  messages: {
    never: 'Nothing clears this timer when the call is over; clear it in `finally` or use `AbortSignal.timeout(ms)`.',
    success: 'This timer stays when what is awaited in between fails; clear it in `finally`.',
    interval: 'Nothing clears this interval, and each run of the function starts another.',
  },
  detect: findTimerLeaks,
})
