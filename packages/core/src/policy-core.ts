import type { Call, CallHost, Outcome, Rejection, Transport } from './call.ts'
import { mergeOverrides, parseCallOptions } from './call-options.ts'
import type { CallOverrides } from './call-overrides.ts'
import { rememberReport, reportOf } from './call-report.ts'
import type { ClassifyOverride } from './classify-override.ts'
import type { Clock } from './clock.ts'
import { HoldfastError } from './errors.ts'
import { Emitter } from './events.ts'
import { isIdempotentMethod } from './idempotency.ts'
import { resolveIdempotencyKey, type IdempotencyRule } from './idempotency-option.ts'
import { LogicalCall } from './logical-call.ts'
import { KeyedState, type Cell, type KeyLimits, type KeyState, type ManualState } from './keyed-state.ts'
import { healthOf } from './policy-health.ts'
import type { Random } from './random.ts'
import { send } from './send.ts'
import { compose, type Environment, type Next, type Strategy } from './strategy.ts'

/** One call as a client hands it to a policy; what plug-ins build. */
export interface ClientRequest {
  /** HTTP method in any case, or `CALL` for a plain function. */
  readonly method: string
  /** The final URL, absolute; the key is its origin unless the policy says otherwise. */
  readonly url: string | undefined
  /** The origin of `url`, where the client knows it without looking. */
  readonly origin?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** The call's own `resilience` options; `false` must be handled by the client before. */
  readonly resilience?: object | undefined
  readonly transport: Transport
  /** Whether the same bytes can be sent again. Default true. */
  readonly isReplayable?: boolean
  /** Whether the client knows that sending twice is harmless. Default: by method. */
  readonly isIdempotent?: boolean
  /** The value of an idempotency header the caller set. */
  readonly idempotencyHeader?: string | undefined
  /** The client's own limit of one attempt, ms, for a policy that sets none. */
  readonly attemptTimeoutMs?: number | undefined
  /** The client's own limit of the whole call, ms; the shorter of it and the policy's holds. */
  readonly deadlineMs?: number | undefined
}

export interface CoreInit {
  readonly name: string
  readonly strategies: readonly Strategy[]
  readonly keyOf: (request: ClientRequest) => string
  readonly idempotency: IdempotencyRule
  readonly clock: Clock
  readonly random: Random
  readonly keys: KeyLimits
  readonly attemptTimeoutMs: number | undefined
  readonly classifyOverride: ClassifyOverride | undefined
}

// Refused before there is a call: the caller still gets a rejected promise.
const failed = async (error: unknown): Promise<never> => {
  throw error
}

// Looking a usual method up is cheaper than converting it.
const UPPER_CASE: ReadonlyMap<string, string> = new Map(
  ['CALL', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'].flatMap((method) => [
    [method, method],
    [method.toLowerCase(), method],
  ]),
)

const outcomeName = (outcome: Outcome): 'success' | 'failure' | 'rejection' | 'aborted' => {
  if (outcome.isSuccess) return 'success'
  if (outcome.verdict?.source === 'caller') return 'aborted'
  return outcome.kind === 'rejection' ? 'rejection' : 'failure'
}

/** The pipeline and the state that every view of one policy shares. */
export class PolicyCore implements CallHost {
  readonly name: string
  readonly clock: Clock
  readonly random: Random
  readonly events: Emitter
  readonly strategies: ReadonlyMap<string, Strategy>
  readonly states: KeyedState
  readonly manual = new Map<string | undefined, ManualState>()
  readonly classifyOverride: ClassifyOverride | undefined
  readonly #keyOf: (request: ClientRequest) => string
  readonly #idempotency: IdempotencyRule
  readonly #cellMakers: { readonly strategy: string; readonly make: (state: KeyState) => Cell }[] = []
  readonly #pipeline: Next
  readonly #parsed = new WeakMap<object, CallOverrides>()

  constructor(init: CoreInit) {
    this.name = init.name
    this.clock = init.clock
    this.random = init.random
    this.events = new Emitter(init.name)
    this.strategies = new Map(init.strategies.map((strategy) => [strategy.name, strategy]))
    this.states = new KeyedState(init.keys)
    this.classifyOverride = init.classifyOverride
    this.#keyOf = init.keyOf
    this.#idempotency = init.idempotency
    this.#pipeline = compose(init.strategies, (strategy) => this.#environment(strategy, init.attemptTimeoutMs), send)
  }

  /** Name of the header that carries the key; a client looks for the caller's own under it. */
  get idempotencyHeader(): string {
    return this.#idempotency.header
  }

  /** Runs one call and hands the client's own value or error over. */
  run(request: ClientRequest, defaults: CallOverrides | undefined): Promise<unknown> {
    let call: LogicalCall
    try {
      call = this.#begin(
        request,
        request.resilience === undefined ? defaults : mergeOverrides(defaults, this.parse(request.resilience)),
      )
    } catch (error) {
      return failed(error)
    }
    const ending = this.#pipeline(call)
    call.isStarting = false
    return ending.then(this.#hand)
  }

  /** Checked once per options object, so an instance-wide default costs nothing per call. */
  parse(options: object): CallOverrides {
    let parsed = this.#parsed.get(options)
    if (parsed === undefined) {
      parsed = parseCallOptions(`resilience of policy "${this.name}"`, options, this.strategies)
      this.#parsed.set(options, parsed)
    }
    return parsed
  }

  /** The cells of a key by strategy name, made on demand. */
  cellsOf(state: KeyState): readonly (readonly [strategy: string, cell: Cell])[] {
    return this.#cellMakers.map(({ strategy }, slot) => [strategy, this.#cell(state, slot)] as const)
  }

  orderOf(key: string): ManualState | undefined {
    return this.manual.get(key) ?? this.manual.get(undefined)
  }

  #begin(request: ClientRequest, overrides: CallOverrides | undefined): LogicalCall {
    const method = UPPER_CASE.get(request.method) ?? request.method.toUpperCase()
    const base = overrides?.base
    const key = base?.key ?? this.#keyOf(request)
    const idempotencyKey =
      this.#idempotency.make === undefined &&
      base?.idempotencyKey === undefined &&
      request.idempotencyHeader === undefined
        ? undefined
        : resolveIdempotencyKey(this.#idempotency, base?.idempotencyKey, request.idempotencyHeader, {
            method,
            url: request.url,
          })
    if (idempotencyKey === 'invalid') throw new HoldfastError('invalid-idempotency-key', { policy: this.name, key })
    const isIdempotent =
      base?.idempotent ?? (idempotencyKey !== undefined || (request.isIdempotent ?? isIdempotentMethod(method)))
    const nowMs = this.clock.now()
    return new LogicalCall(
      this,
      this.states.get(key, nowMs),
      method,
      request,
      isIdempotent,
      idempotencyKey,
      overrides,
      nowMs,
    )
  }

  // One function for all calls: the outcome knows its call.
  readonly #hand = (outcome: Outcome): unknown => {
    const { call } = outcome
    call.outcome = outcome
    if (!outcome.isSuccess) {
      call.endedMs = this.clock.now()
      if (outcome.kind === 'rejection' && outcome.verdict === undefined)
        this.#noteRejection(call, outcome.value as Rejection)
    }
    // A success in place of a refused attempt leaves its permits held.
    call.cancel(call.endedMs)
    if (this.events.hearsCalls) {
      this.events.emit('call-ended', {
        key: call.key,
        method: call.method,
        outcome: outcomeName(outcome),
        attempts: call.sent,
        durationMs: call.endedMs - call.startedMs,
        reason: outcome.verdict?.code ?? (outcome.kind === 'rejection' ? (outcome.value as Rejection).code : undefined),
      })
    }
    if (outcome.kind === 'value') return this.#handValue(call, outcome)
    if (outcome.kind === 'error') {
      rememberReport(outcome.value, call)
      throw outcome.value
    }
    const { code, ...rest } = outcome.value as Rejection
    const error = new HoldfastError(code, { policy: this.name, key: call.key, report: reportOf(call), ...rest })
    rememberReport(error, call)
    throw error
  }

  #handValue(call: Call, outcome: Outcome): unknown {
    const { attempt } = outcome
    if (call.transport.guardBody !== undefined) {
      rememberReport(outcome.value, call)
      const hasBody =
        attempt !== undefined &&
        call.transport.guardBody(outcome.value, attempt, () => {
          attempt.release()
        })
      if (!hasBody) attempt?.release()
    } else if (call.trace !== undefined) {
      rememberReport(outcome.value, call)
    }
    return outcome.value
  }

  #noteRejection(call: Call, rejection: Rejection): void {
    call.note({
      step: 'reject',
      atMs: call.endedMs - call.startedMs,
      code: rejection.code,
      detail: rejection.detail,
      retryAfterMs: rejection.retryAfterMs,
    })
    if (this.events.hears('call-rejected')) {
      this.events.emit('call-rejected', {
        key: call.key,
        code: rejection.code,
        retryAfterMs: rejection.retryAfterMs,
        reason: rejection.detail,
      })
    }
  }

  #environment(strategy: string, attemptTimeoutMs: number | undefined): Environment {
    const { events } = this
    return {
      policy: this.name,
      clock: this.clock,
      random: this.random,
      attemptTimeoutMs,
      hears: (name) => events.hears(name),
      on: (name, listener) => events.on(name, listener),
      health: () => healthOf(this),
      emit: (name, fields) => {
        if (events.hears(name)) events.emit(name, fields)
      },
      cell: <State extends Cell>(make: (state: KeyState) => State) => {
        const slot = this.#cellMakers.push({ strategy, make }) - 1
        return (call: Call) => (call.state.cells[slot] ?? this.#cell(call.state, slot)) as State
      },
    }
  }

  #cell(state: KeyState, slot: number): Cell {
    let cell = state.cells[slot]
    if (cell === undefined) {
      const maker = this.#cellMakers[slot]
      if (maker === undefined) throw new RangeError(`no state in slot ${slot}`)
      cell = maker.make(state)
      // Slots are filled in any order; holes would make the array slow.
      while (state.cells.length < slot) state.cells.push(undefined)
      state.cells[slot] = cell
      const order = this.orderOf(state.key)
      if (order !== undefined) cell.control?.(order, this.clock.now())
    }
    return cell
  }
}
