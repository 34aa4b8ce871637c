import type { Attributes } from '@opentelemetry/api'
import type { Call, Outcome, Rejection } from '../call.ts'
import type { PolicyEvent } from '../events.ts'
import type { CallAttributes } from './call-attributes.ts'
import type { CallResult } from './call-result.ts'
import { instruments } from './instruments.ts'

// The stages of the trace have names for people.
const STAGES: Readonly<Record<string, string>> = {
  'server gate': 'gate',
  'rate limit': 'rate',
  'concurrency limit': 'concurrency',
  concurrency: 'concurrency',
  'circuit breaker': 'breaker',
}

const recordTrace = (call: Call, common: Attributes): void => {
  const to = instruments()
  let retries = 0
  let transparentRetries = 0
  for (const step of call.trace ?? []) {
    if (step.step === 'retry') {
      if (step.isTransparent) transparentRetries += 1
      else {
        retries += 1
        to.record('holdfast.call.retry_delay', step.delayMs / 1_000, common)
      }
      to.count('holdfast.retry.decisions', { ...common, decision: 'retry', reason: step.because })
    } else if (step.step === 'stop') {
      to.count('holdfast.retry.decisions', { ...common, decision: 'stop', reason: step.reason.replace('-', '_') })
    } else if (step.step === 'stale') {
      to.count('holdfast.stale.served', common)
    } else if (step.step === 'wait') {
      const stage = STAGES[step.stage] ?? step.stage
      to.record('holdfast.queue.duration', step.waitedMs / 1_000, { ...common, stage })
    }
  }
  if (retries > 0) to.record('holdfast.call.retries', retries, common)
  if (transparentRetries > 0) to.record('holdfast.call.transparent_retries', transparentRetries, common)
}

const recordRejection = (call: Call, code: string, common: Attributes): void => {
  const to = instruments()
  to.count('holdfast.call.rejections', { ...common, code })
  if (code === 'circuit-open') to.count('holdfast.circuit_breaker.rejections', common)
  if (code === 'throttled') to.count('holdfast.throttle.rejections', { ...common, priority: call.priority })
}

/** Records one call that has ended. */
export const recordCall = (
  outcome: Outcome,
  { name, errorType }: CallResult,
  durationMs: number,
  attributes: CallAttributes,
): void => {
  const { call } = outcome
  const common = attributes.ofCall(call.key, call.method)
  const to = instruments()
  to.record('holdfast.call.duration', durationMs / 1_000, {
    ...common,
    outcome: name,
    ...(errorType === undefined ? {} : { 'error.type': errorType }),
  })
  if (call.sent > 0) to.record('holdfast.call.attempts', call.sent, common)
  if (call.trace !== undefined) recordTrace(call, common)
  if (name === 'rejected') recordRejection(call, (outcome.value as Rejection).code, common)
}

/** Records one attempt as HTTP instrumentations do, where none is installed. */
export const recordAttempt = (event: PolicyEvent<'attempt-ended'>, attributes: CallAttributes): void => {
  const { key, method, status, reason, durationMs } = event
  instruments().record('http.client.request.duration', durationMs / 1_000, {
    ...attributes.ofCall(key, method),
    ...(status === undefined ? {} : { 'http.response.status_code': status }),
    ...(reason === undefined ? {} : { 'error.type': status === undefined ? reason : String(status) }),
  })
}

export const recordTransition = (event: PolicyEvent<'breaker-changed'>, attributes: CallAttributes): void => {
  const { key, from, to, reason } = event
  const cause = reason.startsWith('probe') ? 'probe' : reason
  instruments().count('holdfast.circuit_breaker.transitions', {
    ...attributes.ofKey(key),
    from: from.replace('-', '_'),
    to: to.replace('-', '_'),
    cause: cause.replace('-', '_'),
  })
}

export const recordStaleResult = (event: PolicyEvent<'stale-result-ignored'>, attributes: CallAttributes): void => {
  instruments().count('holdfast.circuit_breaker.stale_results', {
    ...attributes.ofKey(event.key),
    reason: event.reason,
  })
}
