import type { Outcome, Rejection } from '../call.ts'

/** How a call ended, in the words of metrics and spans. */
export interface CallResult {
  readonly name: 'ok' | 'error' | 'fallback' | 'rejected' | 'aborted'
  /** The code of the final failure or refusal. */
  readonly errorType: string | undefined
}

const OK: CallResult = { name: 'ok', errorType: undefined }
const FALLBACK: CallResult = { name: 'fallback', errorType: undefined }

// A status as the semantic conventions write it: digits alone.
const typeOf = (code: string): string => /^http-(\d{3})$/.exec(code)?.[1] ?? code

export const resultOf = (outcome: Outcome): CallResult => {
  const { call, kind, verdict } = outcome
  if (outcome.isSuccess)
    return call.trace?.some(({ step }) => step === 'fallback' || step === 'stale') === true ? FALLBACK : OK
  const errorType = typeOf(verdict?.code ?? (kind === 'rejection' ? (outcome.value as Rejection).code : 'unknown'))
  if (verdict?.source === 'caller') return { name: 'aborted', errorType }
  // A refusal with a verdict is an attempt of ours that ran out of time.
  return { name: kind === 'rejection' && verdict === undefined ? 'rejected' : 'error', errorType }
}
