import { LiveAttempt } from './attempt.ts'
import { Outcome, rejected, type Call } from './call.ts'
import { callerAborted } from './classify-local.ts'

/** The outcome of a call whose own signal has aborted while nothing was on the wire. */
export const abortedOutcome = (call: Call): Outcome =>
  new Outcome(call, 'error', call.signal?.reason, callerAborted(call.signal))

// Less than this is never enough for a network round trip.
const SHORTEST_ATTEMPT_MS = 10

/**
 * The time an attempt needs to have a chance: the median of recent successes, at least 10 ms.
 *
 * The first attempt of a call is always given its chance, or a short deadline could never learn of a faster server.
 */
export const shortestAttemptMs = (call: Call, nowMs: number): number =>
  Math.max(SHORTEST_ATTEMPT_MS, call.state.latency.quantile(0.5, nowMs) ?? 0)

/** The innermost step: the last checks, then the one place from which anything is sent. */
export const send = (call: Call): Promise<Outcome> => {
  const nowMs = call.isStarting ? call.startedMs : call.clock.now()
  // Some clients reject on an aborted signal and send all the same, so nothing reaches them after an abort.
  if (call.signal?.aborted === true) {
    call.cancel(nowMs)
    return Promise.resolve(abortedOutcome(call))
  }
  const remainingMs = call.deadlineAtMs - nowMs
  const neededMs = call.sent === 0 ? 0 : shortestAttemptMs(call, nowMs)
  if (remainingMs <= neededMs) {
    call.cancel(nowMs)
    const detail = `${Math.max(0, Math.round(remainingMs))} ms were left, an attempt needs about ${Math.round(neededMs)} ms`
    return Promise.resolve(rejected(call, { code: 'deadline-exceeded', detail }))
  }
  const rejection = call.commit(nowMs)
  if (rejection !== undefined) return Promise.resolve(rejected(call, rejection))
  call.sent += 1
  call.sentMs = nowMs
  return new LiveAttempt(call).run()
}

/** Lets go of an outcome that nobody will receive; resolves when its connection is free or given up. */
export const discard = (outcome: Outcome): Promise<void> | undefined => {
  const { attempt, call } = outcome
  if (attempt === undefined || outcome.kind === 'rejection') return undefined
  const draining = call.transport.discard?.(outcome.value, outcome.kind === 'error')
  if (draining === undefined) {
    attempt.release()
    return undefined
  }
  const release = (): void => {
    attempt.release()
  }
  return draining.then(release, release)
}
