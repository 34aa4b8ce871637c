/** `open`: to be sent again; `replayed`: done; `parked`: waits for a person; `discarded`: given up by a person. */
export type LetterStatus = 'open' | 'replayed' | 'parked' | 'discarded'

export const LETTER_STATUSES: readonly LetterStatus[] = ['open', 'replayed', 'parked', 'discarded']

/** `unknown`: the request may have been processed although the call failed. */
export type LetterErrorClass = 'transient' | 'permanent' | 'fatal' | 'unknown'

/** Whether the body is kept: `none` was sent, or it could not be kept and the letter cannot be sent again. */
export type BodyState = 'stored' | 'none' | 'too-large' | 'one-shot' | 'omitted'

/** What is kept of a call that finally failed; no credentials, no URL, no text of an error. */
export interface NewDeadLetter {
  /** UUID of version 7, so that ids sort by time. */
  readonly id: string
  /** Name under which the replayer finds origin, credentials and policy. */
  readonly upstream: string
  /** Origin at the time of the failure: compared at replay, never used to send. */
  readonly origin: string
  readonly method: string
  /** Path and query; parameters that look like credentials were taken out. */
  readonly path: string
  /** Names in lower case; those of an allowlist alone. */
  readonly headers: Readonly<Record<string, string>>
  readonly contentType: string | undefined
  readonly body: Uint8Array | undefined
  readonly bodyState: BodyState
  /** Undefined for a body in plain bytes. */
  readonly bodyKeyId: string | undefined
  /** As it went on the wire. */
  readonly idempotencyKey: string | undefined
  /** Letters of one upstream and one order key are sent one after the other. */
  readonly orderKey: string | undefined
  /** On whose behalf, as a reference; undefined when nobody said. */
  readonly principal: string | undefined
  readonly errorCode: string
  readonly errorClass: LetterErrorClass
  readonly httpStatus: number | undefined
  readonly fingerprint: string
  readonly traceId: string | undefined
  /** Sends of the call that failed. */
  readonly attempts: number
  /** Whether none of these can have been processed, which makes the first replay safe for every method. */
  readonly isProvenUnsent: boolean
  /** Names of headers and parameters that were left out because they look like credentials. */
  readonly dropped: readonly string[]
  readonly failedAtMs: number
  /** How long it is kept, ms. */
  readonly keepMs: number
}

/** A letter as a queue holds it; times are epoch milliseconds. */
export interface DeadLetter extends Omit<NewDeadLetter, 'failedAtMs' | 'keepMs' | 'isProvenUnsent'> {
  readonly seq: number
  /** The value of `replays` at which the letter was last proven not to have been processed. */
  readonly unsentAtReplay: number | undefined
  readonly replays: number
  readonly firstFailedAtMs: number
  readonly lastFailedAtMs: number
  readonly visibleAtMs: number
  readonly status: LetterStatus
  readonly parkReason: string | undefined
  readonly replayedAtMs: number | undefined
  readonly replayStatus: number | undefined
  readonly expiresAtMs: number
}

/** Whether the send about to be made is the first that can reach the upstream. */
export const isFirstSend = (letter: DeadLetter): boolean => letter.unsentAtReplay === letter.replays - 1
