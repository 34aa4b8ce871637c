import type { Call, CallHost, Outcome, Permit, Rejection, Transport } from './call.ts'
import type { CallOverrides, Priority } from './call-overrides.ts'
import type { Clock } from './clock.ts'
import type { Emitter } from './events.ts'
import type { IdempotencyKey } from './idempotency-option.ts'
import type { KeyState } from './keyed-state.ts'
import type { RetryBudget } from './retry-budget.ts'
import type { TraceStep } from './trace.ts'

/** What a client says about its request, once the policy has made up its mind about the rest. */
export interface CallRequest {
  readonly signal?: AbortSignal | undefined
  readonly transport: Transport
  readonly isReplayable?: boolean
  readonly attemptTimeoutMs?: number | undefined
  readonly deadlineMs?: number | undefined
}

/** The state of one call; the contract says what each part is for. */
export class LogicalCall implements Call {
  readonly host: CallHost
  readonly state: KeyState
  readonly method: string
  readonly transport: Transport
  readonly isIdempotent: boolean
  readonly isReplayable: boolean
  readonly signal: AbortSignal | undefined
  readonly overrides: CallOverrides | undefined
  readonly idempotencyKey: IdempotencyKey | undefined
  readonly startedMs: number
  attempt = 1
  sent = 0
  sentMs = 0
  endedMs = 0
  budget: RetryBudget | undefined = undefined
  trace: TraceStep[] | undefined = undefined
  votedEpoch: object | undefined = undefined
  outcome: Outcome | undefined = undefined
  /** Still in the synchronous part of its start, where the time has not moved. */
  isStarting = true
  // Absent, not Infinity: V8 boxes every number that is no small integer.
  #deadlineAtMs: number | undefined = undefined
  #attemptTimeoutMs: number | undefined = undefined
  #bodyIdleMs: number | undefined = undefined
  // Most policies lend one permit, so an array is made only for more.
  #permit: Permit | undefined = undefined
  #morePermits: Permit[] | undefined = undefined

  constructor(
    host: CallHost,
    state: KeyState,
    method: string,
    request: CallRequest,
    isIdempotent: boolean,
    idempotencyKey: IdempotencyKey | undefined,
    overrides: CallOverrides | undefined,
    nowMs: number,
  ) {
    this.host = host
    this.state = state
    this.method = method
    this.transport = request.transport
    this.isIdempotent = isIdempotent
    this.isReplayable = request.isReplayable ?? true
    this.signal = request.signal
    this.overrides = overrides
    this.idempotencyKey = idempotencyKey
    this.startedMs = this.sentMs = this.endedMs = nowMs
    if (request.attemptTimeoutMs !== undefined) this.#attemptTimeoutMs = request.attemptTimeoutMs
    if (request.deadlineMs !== undefined) this.#deadlineAtMs = nowMs + request.deadlineMs
  }

  get policy(): string {
    return this.host.name
  }

  get key(): string {
    return this.state.key
  }

  get clock(): Clock {
    return this.host.clock
  }

  get events(): Emitter {
    return this.host.events
  }

  get deadlineAtMs(): number {
    return this.#deadlineAtMs ?? Infinity
  }

  set deadlineAtMs(atMs: number) {
    this.#deadlineAtMs = atMs
  }

  get attemptTimeoutMs(): number {
    return this.#attemptTimeoutMs ?? Infinity
  }

  set attemptTimeoutMs(limitMs: number) {
    this.#attemptTimeoutMs = limitMs
  }

  get bodyIdleMs(): number {
    return this.#bodyIdleMs ?? Infinity
  }

  set bodyIdleMs(limitMs: number) {
    this.#bodyIdleMs = limitMs
  }

  get priority(): Priority {
    return this.overrides?.base.priority ?? 'default'
  }

  get hasUnboundedBody(): boolean {
    return this.overrides?.base.body === 'unbounded'
  }

  isOff(strategy: string): boolean {
    return this.overrides !== undefined && this.overrides.strategies[strategy] === false
  }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the strategy names the type it checked
  options<Options>(strategy: string): Options | undefined {
    const given = this.overrides?.strategies[strategy]
    return given === false ? undefined : (given as Options | undefined)
  }

  remainingMs(nowMs: number): number {
    return this.deadlineAtMs - nowMs
  }

  hold(permit: Permit): void {
    if (this.#permit === undefined) this.#permit = permit
    else if (this.#morePermits === undefined) this.#morePermits = [permit]
    else this.#morePermits.push(permit)
  }

  commit(nowMs: number): Rejection | undefined {
    let rejection = this.#permit?.commit?.(this, nowMs)
    const more = this.#morePermits
    for (let index = 0; rejection === undefined && more !== undefined && index < more.length; index += 1) {
      rejection = more[index]?.commit?.(this, nowMs)
    }
    if (rejection !== undefined) this.cancel(nowMs)
    return rejection
  }

  readyInMs(nowMs: number): number {
    let readyInMs = this.#permit?.readyInMs?.(this, nowMs) ?? 0
    for (const permit of this.#morePermits ?? []) readyInMs = Math.max(readyInMs, permit.readyInMs?.(this, nowMs) ?? 0)
    return readyInMs
  }

  settle(outcome: Outcome, nowMs: number): void {
    const permit = this.#permit
    const more = this.#morePermits
    this.#permit = this.#morePermits = undefined
    if (more !== undefined)
      for (let index = more.length - 1; index >= 0; index -= 1) more[index]?.settle(outcome, this, nowMs)
    permit?.settle(outcome, this, nowMs)
  }

  cancel(nowMs: number): void {
    const permit = this.#permit
    if (permit === undefined) return
    const more = this.#morePermits
    this.#permit = this.#morePermits = undefined
    if (more !== undefined) for (let index = more.length - 1; index >= 0; index -= 1) more[index]?.cancel(this, nowMs)
    permit.cancel(this, nowMs)
  }

  note(step: TraceStep): void {
    if (this.trace === undefined) this.trace = [step]
    else this.trace.push(step)
  }
}
