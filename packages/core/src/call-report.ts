import type { Call } from './call.ts'
import { Foreign } from './foreign.ts'
import { describeStep, type CallReport, type TraceStep } from './trace.ts'

class CallMark extends Foreign {
  #call: Call

  private constructor(result: object, call: Call) {
    super(result)
    this.#call = call
  }

  static put(result: object, call: Call): void {
    if (#call in result) result.#call = call
    else new CallMark(result, call)
  }

  static on(result: object): Call | undefined {
    return #call in result ? result.#call : undefined
  }
}

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function'

/** Remembers which call a result came from; a result that is no object has no report. */
export const rememberReport = (result: unknown, call: Call): void => {
  if (isObject(result)) CallMark.put(result, call)
}

const stepsOf = (call: Call): readonly TraceStep[] => {
  if (call.trace !== undefined) return call.trace
  if (call.sent === 0) return []
  // A call that succeeded at once notes nothing while it runs; its one attempt is derived here.
  return [
    {
      step: 'attempt',
      atMs: call.sentMs - call.startedMs,
      attempt: 1,
      durationMs: call.endedMs - call.sentMs,
      status: call.outcome?.head?.status,
      code: call.outcome?.verdict?.code,
    },
  ]
}

export const reportOf = (call: Call): CallReport => {
  const steps = stepsOf(call)
  const stop = steps.findLast((step) => step.step === 'stop')
  const durationMs = call.endedMs - call.startedMs
  return {
    policy: call.policy,
    key: call.key,
    method: call.method,
    attempts: steps.filter((step) => step.step === 'attempt').map(({ step: _step, ...record }) => record),
    stoppedBy: stop?.reason,
    durationMs,
    idempotencyKey: call.idempotencyKey?.token,
    steps,
    explain: () =>
      [
        `${call.method} by policy "${call.policy}", key "${call.key}", ${Math.round(durationMs)} ms`,
        ...steps.map(describeStep),
      ].join('\n'),
  }
}

const reportIn = (result: unknown): CallReport | undefined => {
  const call = isObject(result) ? CallMark.on(result) : undefined
  return call === undefined ? undefined : reportOf(call)
}

/**
 * The attempt log of the call behind a response or an error, and the reason it stopped.
 *
 * Works on what a wrapped client returned or threw, and on a client's own error around it: ours or the network's as its
 * cause, or the answer as its response. Undefined for anything else, for primitive values, and for a value that came at
 * once and has no body to guard.
 */
export const callReport = (result: unknown): CallReport | undefined =>
  reportIn(result) ??
  (result instanceof Error
    ? (reportIn(result.cause) ?? reportIn((result as { response?: unknown }).response))
    : undefined)
