/** Why a retry did not happen. */
export type StopReason =
  | 'attempts'
  | 'budget'
  | 'deadline'
  | 'method'
  | 'body'
  | 'class'
  | 'server-no'
  | 'retry-after'
  | 'aborted'
  | 'rejection'

/** One decision of a call; times are ms since the call began. */
export type TraceStep =
  | {
      readonly step: 'attempt'
      readonly atMs: number
      /** Numbered from 1. */
      readonly attempt: number
      readonly durationMs: number
      readonly status: number | undefined
      /** The classification's code; undefined for a success. */
      readonly code: string | undefined
    }
  | {
      readonly step: 'retry'
      readonly atMs: number
      /** The attempt to come. */
      readonly attempt: number
      readonly delayMs: number
      readonly because: string
      /** The delay the server asked for, ms. */
      readonly pushbackMs: number | undefined
      readonly isTransparent: boolean
      /** Tokens left in the retry budget. */
      readonly tokens: number | undefined
    }
  | { readonly step: 'stop'; readonly atMs: number; readonly reason: StopReason; readonly detail: string | undefined }
  | { readonly step: 'wait'; readonly atMs: number; readonly stage: string; readonly waitedMs: number }
  | { readonly step: 'fallback'; readonly atMs: number; readonly because: string }
  | { readonly step: 'stale'; readonly atMs: number; readonly because: string; readonly ageMs: number }
  | { readonly step: 'vote'; readonly atMs: number; readonly stage: string; readonly vote: string }
  | {
      readonly step: 'reject'
      readonly atMs: number
      readonly code: string
      readonly detail: string | undefined
      readonly retryAfterMs: number | undefined
    }

/** One attempt of a call, as it went. */
export interface AttemptRecord {
  /** Numbered from 1. */
  readonly attempt: number
  /** Milliseconds from the start of the call. */
  readonly atMs: number
  readonly durationMs: number
  readonly status: number | undefined
  /** The classification's code; undefined for a success. */
  readonly code: string | undefined
}

/** The decision trace of one call: plain data, without URLs, headers or bodies. */
export interface CallReport {
  readonly policy: string
  readonly key: string
  readonly method: string
  readonly attempts: readonly AttemptRecord[]
  /** Why no further attempt was made; undefined after a success. */
  readonly stoppedBy: StopReason | undefined
  readonly durationMs: number
  readonly idempotencyKey: string | undefined
  /** Every decision in order. */
  readonly steps: readonly TraceStep[]
  /** The trace as readable text, one decision a line. */
  explain(): string
}

const rounded = (ms: number): string => `${Math.round(ms * 10) / 10} ms`

/** A step in one readable line. */
export const describeStep = (step: TraceStep): string => {
  const at = `+${rounded(step.atMs)}`
  switch (step.step) {
    case 'attempt': {
      const status = step.status === undefined ? '' : ` with status ${step.status}`
      return `${at} attempt ${step.attempt}: ${step.code ?? 'success'}${status} after ${rounded(step.durationMs)}`
    }
    case 'retry': {
      const origin = step.isTransparent
        ? 'at once, because the request was never sent'
        : `in ${rounded(step.delayMs)}${step.pushbackMs === undefined ? '' : ` (the server asked for ${rounded(step.pushbackMs)})`}`
      const tokens = step.tokens === undefined ? '' : `, ${Math.floor(step.tokens)} budget tokens left`
      return `${at} attempt ${step.attempt} scheduled ${origin}: ${step.because}${tokens}`
    }
    case 'stop':
      return `${at} no further attempt: ${step.reason}${step.detail === undefined ? '' : ` (${step.detail})`}`
    case 'wait':
      return `${at} waited ${rounded(step.waitedMs)} in ${step.stage}`
    case 'fallback':
      return `${at} answered by the fallback: ${step.because}`
    case 'stale':
      return `${at} answered by a copy ${rounded(step.ageMs)} old: ${step.because}`
    case 'vote':
      return `${at} ${step.stage}: ${step.vote}`
    case 'reject': {
      const wait = step.retryAfterMs === undefined ? '' : `, retry after ${rounded(step.retryAfterMs)}`
      return `${at} refused: ${step.code}${step.detail === undefined ? '' : ` (${step.detail})`}${wait}`
    }
  }
}
