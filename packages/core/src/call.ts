import type { CallOverrides, Priority } from './call-overrides.ts'
import type { Classification } from './classification.ts'
import type { ClassifyOverride } from './classify-override.ts'
import type { Clock } from './clock.ts'
import type { RejectionCode } from './errors.ts'
import type { Emitter } from './events.ts'
import type { IdempotencyKey } from './idempotency-option.ts'
import type { KeyState } from './keyed-state.ts'
import type { ProviderHeaders, QuotaView } from './rate-headers.ts'
import type { ResponseHead } from './response-head.ts'
import type { RetryBudget } from './retry-budget.ts'
import type { TraceStep } from './trace.ts'

// The types of one call refer to each other in a circle, so they share this file; the classes behind them do not.

/** A request as its caller gave it, for a stage that keeps it beyond the call. */
export interface GivenRequest {
  readonly url: string | undefined
  /** Pairs, or a plain object. */
  readonly headers: object
  /** What `fetch` takes as a body, or a `Request` whose body is unread; undefined without one. */
  readonly body: unknown
  /** Credentials that stand in no header, such as axios' `auth`. */
  readonly auth?: unknown
  /** `credentials` of `fetch`: whether a browser adds cookies. */
  readonly credentials?: string | undefined
  /** `cache` of `fetch`. */
  readonly cache?: string | undefined
  /** What the client makes of the answer's body before anybody parses it. Default `'bytes'`. */
  readonly answerForm?: 'bytes' | 'text' | 'stream' | undefined
}

/** An answer as data: what `structuredClone` copies. */
export interface PackedAnswer {
  readonly status: number
  readonly statusText: string
  /** Names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** As the client gave it, before it was parsed. */
  readonly body: Uint8Array | string
}

/** The client under the policy: how one attempt is sent and what its result means. */
export interface Transport {
  /** Sends one attempt; it settles with the client's own value or error. */
  send(attempt: Attempt): Promise<unknown>
  /** Names what went wrong; undefined for a success. */
  classify(value: unknown, isError: boolean, head: ResponseHead | undefined, call: Call): Classification | undefined
  /** Status and headers of a value or an error. */
  head?(value: unknown, isError: boolean): ResponseHead | undefined
  /** The same result without a connection behind it, for the case that it is handed over after all; undefined if too large. */
  keep?(value: unknown): unknown
  /** Frees what a result that is not handed over still holds, such as a socket. */
  discard?(value: unknown, isError: boolean): void | Promise<void>
  /**
   * Called when a result is handed over while its body is still arriving; returns false when there is no such body.
   * `ended` must be called exactly once, when the body has settled.
   */
  guardBody?(value: unknown, attempt: Attempt, ended: () => void): boolean
  /** Makes a result of the client's own kind out of what a fallback gave; one that is such a result is left as it is. */
  answer?(given: unknown): unknown
  /** The request, for a stage that keeps what finally failed; to be asked before the result is handed over. */
  request?(): GivenRequest
  /** A good answer as data, where it is no `Response`; undefined if it is larger than `maxBytes` or cannot be kept. */
  pack?(value: unknown, maxBytes: number): PackedAnswer | undefined
  /** The client's own result made of what `pack` gave. */
  unpack?(answer: PackedAnswer): unknown
  /** Whether `send` settles by itself once its signal aborts, so that the client's own error can be kept as cause. */
  readonly settlesOnAbort?: boolean
}

/** The parts of a call that one policy shares over all its calls. */
export interface CallHost {
  readonly name: string
  readonly clock: Clock
  readonly events: Emitter
  /** The user's word on verdicts. */
  readonly classifyOverride: ClassifyOverride | undefined
}

/** One logical request of the user, and what travels through the layers with it. */
export interface Call {
  /** The name of the policy. */
  readonly policy: string
  /** The key of the state this call uses, by default the origin of the request. */
  readonly key: string
  readonly state: KeyState
  readonly host: CallHost
  readonly clock: Clock
  readonly events: Emitter
  /** Upper-case HTTP method, or `CALL` for a plain function. */
  readonly method: string
  readonly transport: Transport
  /** Whether sending twice does no more than sending once. */
  readonly isIdempotent: boolean
  /** Whether the same bytes can be sent again. */
  readonly isReplayable: boolean
  readonly priority: Priority
  /** The caller's own signal. */
  readonly signal: AbortSignal | undefined
  readonly overrides: CallOverrides | undefined
  readonly idempotencyKey: IdempotencyKey | undefined
  readonly hasUnboundedBody: boolean
  readonly startedMs: number
  /** Still in the synchronous part of its start, where the time has not moved. */
  readonly isStarting: boolean
  /** Absolute, on the policy's clock; Infinity without a deadline. */
  deadlineAtMs: number
  /** Limit of one attempt; Infinity without one. */
  attemptTimeoutMs: number
  /** Longest pause between two chunks of a body handed over; Infinity without a limit. */
  bodyIdleMs: number
  /** The attempt under way, numbered from 1. */
  attempt: number
  /** Attempts that reached the transport. */
  sent: number
  /** When the last attempt was sent and when it ended. */
  sentMs: number
  endedMs: number
  /** Set by `retryBudget`, used by `retry`. */
  budget: RetryBudget | undefined
  /** Decisions so far; absent while there was nothing to decide. */
  readonly trace: readonly TraceStep[] | undefined
  /** The breaker epoch in which this call has voted. */
  votedEpoch: object | undefined
  outcome: Outcome | undefined
  /** Whether the call itself switched a strategy off. */
  isOff(strategy: string): boolean
  /** What the call gave for a strategy, checked already. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the strategy names the type it checked
  options<Options>(strategy: string): Options | undefined
  remainingMs(nowMs: number): number
  /** Takes a permit along; it is settled or cancelled exactly once, whatever happens. */
  hold(permit: Permit): void
  /** Asks every permit a last time; the first refusal cancels all. */
  commit(nowMs: number): Rejection | undefined
  /** How long a queue should hold the call back, because a stage outside would refuse it now. */
  readyInMs(nowMs: number): number
  /** The attempt ended: every permit learns how, the one taken last first. */
  settle(outcome: Outcome, nowMs: number): void
  /** The attempt was not sent: every permit is given back. */
  cancel(nowMs: number): void
  note(step: TraceStep): void
}

/** One send of a call, and what a wrapped function receives as its context. */
export interface Attempt {
  readonly call: Call
  readonly key: string
  /** Numbered from 1. */
  readonly attempt: number
  readonly idempotencyKey: string | undefined
  /** Absolute, on the policy's clock; Infinity without a deadline. */
  readonly deadlineAtMs: number
  /** Aborts when the caller aborts, the attempt times out or the deadline passes; made when first read. */
  readonly signal: AbortSignal
  /** Whether anything of ours can abort the attempt; if not, a client need not be given a signal. */
  readonly canAbort: boolean
  /** Milliseconds left for the whole call; Infinity without a deadline. */
  remainingMs(): number
  /** Runs `listener` when nothing of the attempt is left on the wire: at its end, or when its body has settled. */
  onRelease(listener: () => void): void
  /** Ends a body that is still arriving, because its time is up. */
  cutBody(code: 'attempt-timeout' | 'deadline-exceeded'): void
  /** Lets go of signal, timer and everything that waits for the end of this attempt. */
  release(): void
}

/**
 * What a stage lends to one attempt, in two phases: held first, committed just before sending, settled after.
 *
 * A stage that refuses lets the call cancel all permits held so far, so nothing leaks from a half-admitted attempt.
 */
export interface Permit {
  /** The last check before sending; a returned rejection stops the attempt and cancels the other permits. */
  commit?(call: Call, nowMs: number): Rejection | undefined
  /** Milliseconds after which `commit` would agree, 0 for now; a stage with a queue holds the call back that long. */
  readyInMs?(call: Call, nowMs: number): number
  /** The attempt was sent and ended so. */
  settle(outcome: Outcome, call: Call, nowMs: number): void
  /** The attempt was never sent. */
  cancel(call: Call, nowMs: number): void
}

/** A refusal as data; the error is built only when it is thrown. */
export interface Rejection {
  readonly code: RejectionCode
  readonly retryAfterMs?: number | undefined
  /** One clause for people: why this call, now. */
  readonly detail?: string | undefined
  readonly cause?: unknown
}

/**
 * What came out of an attempt, or of the layers in front of it.
 *
 * `value` and `error` are the client's own result; `rejection` is ours. `verdict` is absent for a success and for a
 * refusal before sending, so "no verdict and no rejection" is the one test for success.
 */
export class Outcome {
  readonly call: Call
  readonly kind: 'value' | 'error' | 'rejection'
  /** The client's value, the client's error, or a {@link Rejection}. */
  readonly value: unknown
  readonly verdict: Classification | undefined
  /** Status and headers, where the client gave any. */
  readonly head: ResponseHead | undefined
  /** Milliseconds the server asked to wait. */
  pushbackMs: number | undefined
  /** The attempt it came from; absent when nothing was sent. */
  attempt: Attempt | undefined
  /** Quotas the answer spoke of, once a stage has read them with these provider headers. */
  quotas: { readonly provider: ProviderHeaders | undefined; readonly views: readonly QuotaView[] } | undefined

  constructor(call: Call, kind: Outcome['kind'], value: unknown, verdict?: Classification, head?: ResponseHead) {
    this.call = call
    this.kind = kind
    this.value = value
    this.verdict = verdict
    this.head = head
    this.pushbackMs = undefined
    this.attempt = undefined
    this.quotas = undefined
  }

  get isSuccess(): boolean {
    return this.verdict === undefined && this.kind !== 'rejection'
  }
}

/** The outcome of a call that a layer refuses. */
export const rejected = (call: Call, rejection: Rejection, verdict?: Classification): Outcome =>
  new Outcome(call, 'rejection', rejection, verdict)
