import type { Classification } from './classification.ts'

/** Our own time limit of one attempt ran out: the server may have worked on the request. */
export const attemptTimedOut: Classification = Object.freeze({
  category: 'transient',
  code: 'attempt-timeout',
  sent: 'maybe',
  phase: 'headers',
  source: 'origin',
  overload: true,
  retry: 'if-idempotent',
  breaker: 'failure',
})

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

const aborted: Classification = Object.freeze({
  category: 'fatal',
  code: 'caller-aborted',
  sent: 'maybe',
  phase: 'unknown',
  source: 'caller',
  overload: false,
  retry: 'never',
  breaker: 'ignore',
})
const abortedByTimeout: Classification = Object.freeze({ ...aborted, code: 'caller-timeout' })

/** The caller's signal ended the call; a signal of `AbortSignal.timeout` is told apart. */
export const callerAborted = (signal: AbortSignal | undefined): Classification => {
  const reason: unknown = signal?.reason
  const isTimeout =
    typeof reason === 'object' && reason !== null && (reason as { name?: unknown }).name === 'TimeoutError'
  return isTimeout ? abortedByTimeout : aborted
}
