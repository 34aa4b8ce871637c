import type { Classification } from './classification.ts'
import { ATTEMPT_TIMEOUT, CALLER_ABORTED, CALLER_TIMEOUT } from './classify-code.ts'
import { safeRead, safeText } from './safe-read.ts'

/** Our own time limit of one attempt ran out: the server may have worked on the request. */
export const attemptTimedOut: Classification = Object.freeze({ ...ATTEMPT_TIMEOUT, phase: 'headers' })

const cutAsFailure: Classification = Object.freeze({ ...attemptTimedOut, code: 'deadline-exceeded', retry: 'never' })
const cutTooEarly: Classification = Object.freeze({ ...cutAsFailure, overload: false, breaker: 'ignore' })

/** The deadline of the call cut an attempt; it counts against the server only if that had a fair chance. */
export const deadlineCut = (hadFairChance: boolean): Classification => (hadFairChance ? cutAsFailure : cutTooEarly)

/** A client's own code failed on a result: that says nothing about the server. */
export const hookFailed: Classification = Object.freeze({
  category: 'permanent',
  code: 'hook-failed',
  sent: 'maybe',
  phase: 'unknown',
  source: 'local',
  overload: false,
  retry: 'never',
  breaker: 'ignore',
})

/** The caller's signal ended the call; a signal of `AbortSignal.timeout` is told apart. */
export const callerAborted = (signal: AbortSignal | undefined): Classification =>
  safeText(safeRead(signal, 'reason'), 'name') === 'TimeoutError' ? CALLER_TIMEOUT : CALLER_ABORTED
