import type { Attempt } from './call.ts'
import { limitsOf, type CallLimits } from './call-limits.ts'
import { mergeOverrides, type CallOptions } from './call-options.ts'
import type { CallOverrides } from './call-overrides.ts'
import type { Clock } from './clock.ts'
import type { PolicyEventName, PolicyListener } from './events.ts'
import { FunctionCall } from './function-call.ts'
import type { KeyRequest } from './idempotency-option.ts'
import type { ManualState } from './keyed-state.ts'
import { operatorNote } from './operator-note.ts'
import { definePolicy, type PolicyDefinition } from './policy-definition.ts'
import { PolicyCore, type ClientRequest } from './policy-core.ts'
import { healthOf, type PolicyHealth } from './policy-health.ts'
import { takeSnapshot, restoreSnapshot, type PolicySnapshot } from './policy-snapshot.ts'
import type { Random } from './random.ts'
import { register, registered, unregister } from './registry.ts'
import type { Strategy } from './strategy.ts'

/** How a plain function is run by a policy. */
export type ExecuteOptions<Strategies extends readonly Strategy[]> = {
  readonly signal?: AbortSignal
} & CallOptions<Strategies>

// Most calls give a signal alone; taking an object apart and checking it would cost more than the call.
const resilienceIn = (options: { readonly signal?: AbortSignal } | undefined): object | undefined => {
  for (const name in options) {
    if (name !== 'signal') {
      const { signal: _signal, ...resilience } = options
      return resilience
    }
  }
  return undefined
}

/** How a function is wrapped once for many calls. */
export interface WrapOptions {
  /** The key of the state. Default: what the policy chooses, which is its name unless it says otherwise. */
  readonly key?: string
  /** Whether running the function twice does no harm. Default false: retried only if provably nothing was sent. */
  readonly idempotent?: boolean
}

/** One line of `policy.describe()`, outermost first. */
export interface StrategyDescription {
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
}

/**
 * A named, ordered set of strategies with their state; made by `createPolicy` or `standardPolicy`.
 *
 * One policy may stand under any number of clients: they share its breakers, budgets, quotas and limits.
 */
export class Policy<Strategies extends readonly Strategy[] = readonly Strategy[]> {
  readonly #core: PolicyCore
  readonly #definition: PolicyDefinition<Strategies>
  readonly #defaults: CallOverrides | undefined

  /** @internal Use `createPolicy`. */
  constructor(definition: PolicyDefinition<Strategies>, core?: PolicyCore, defaults?: CallOverrides) {
    this.#definition = definition
    this.#core = core ?? new PolicyCore(definePolicy(definition))
    this.#defaults = defaults
    if (core === undefined) register(this)
  }

  get name(): string {
    return this.#core.name
  }

  /** Name of the header that carries the idempotency key; plug-ins look for the caller's own key under it. */
  get idempotencyHeader(): string {
    return this.#core.idempotencyHeader
  }

  /**
   * Runs a function under the policy; it may run several times if `idempotent` is set.
   *
   * @param run - Receives the attempt: `signal`, `attempt` (from 1), `remainingMs()`, `idempotencyKey`.
   * @returns What `run` returned; its own error is thrown unchanged.
   * @throws {HoldfastError} When the policy refuses or time runs out.
   */
  execute<Result>(
    run: (attempt: Attempt) => Result | PromiseLike<Result>,
    options?: ExecuteOptions<Strategies>,
  ): Promise<Result> {
    return this.send(new FunctionCall(run, options?.signal, resilienceIn(options))) as Promise<Result>
  }

  /**
   * Wraps an async function; the wrapped one takes the same arguments after the attempt.
   *
   * @throws {TypeError} At once, for an unknown option or a bad value.
   * @throws {HoldfastError} From the wrapped function, when the policy refuses or time runs out.
   */
  wrap<Arguments extends readonly unknown[], Result>(
    run: (attempt: Attempt, ...args: Arguments) => Result | PromiseLike<Result>,
    options: WrapOptions = {},
  ): (...args: Arguments) => Promise<Result> {
    this.#core.parse(options)
    return (...args) =>
      this.send(new FunctionCall((attempt) => run(attempt, ...args), undefined, options)) as Promise<Result>
  }

  /** Runs one call of a client; this is what plug-ins use. */
  send(request: ClientRequest): Promise<unknown> {
    return this.#core.run(request, this.#defaults)
  }

  /**
   * The same policy with other defaults for its calls; all state is shared.
   *
   * @throws {TypeError} For an unknown name or a bad value.
   */
  with(overrides: CallOptions<Strategies>): Policy<Strategies> {
    return new Policy(this.#definition, this.#core, mergeOverrides(this.#defaults, this.#core.parse(overrides)))
  }

  /**
   * A new policy from the same definition with fresh state, for tests and variants.
   *
   * @param changes - New parts of the definition; an object under a strategy's name changes that strategy's options.
   * @throws {TypeError} For an unknown name or a bad value.
   */
  fork(changes: PolicyFork = {}): Policy<Strategies> {
    const { strategies: options = {}, ...parts } = changes
    const names = new Set<string>(this.#definition.strategies.map(({ name }) => name))
    for (const name of Object.keys(options)) {
      if (!names.has(name))
        throw new TypeError(
          `fork of policy "${this.name}": unknown strategy "${name}". Known: ${[...names].join(', ')}.`,
        )
    }
    const strategies = this.#definition.strategies
      .filter(({ name }) => options[name] !== false)
      .map((strategy) => {
        const changed = Object.hasOwn(options, strategy.name) ? options[strategy.name] : undefined
        return changed === undefined || changed === false ? strategy : strategy.configure(changed)
      })
    return new Policy<Strategies>({ ...this.#definition, ...parts, strategies: strategies as unknown as Strategies })
  }

  /** The strategies with their options, outermost first. */
  describe(): readonly StrategyDescription[] {
    return this.#definition.strategies.map(({ name, options }) => ({ name, options }))
  }

  /** Calls `listener` for every such event of the policy; returns the function that stops it. */
  on<Name extends PolicyEventName>(name: Name, listener: PolicyListener<Name>): () => void {
    return this.#core.events.on(name, listener)
  }

  off<Name extends PolicyEventName>(name: Name, listener: PolicyListener<Name>): void {
    this.#core.events.off(name, listener)
  }

  /**
   * The time limits of a call with these options, for plug-ins whose client has limits of its own.
   *
   * @throws {TypeError} For an unknown name or a bad value.
   */
  limitsOf(resilience?: object): CallLimits {
    const given = resilience === undefined ? undefined : this.#core.parse(resilience)
    return limitsOf(this.#core.strategies, mergeOverrides(this.#defaults, given))
  }

  /** Announces something a plug-in noticed. @internal */
  get events(): PolicyCore['events'] {
    return this.#core.events
  }

  /** The clock and chance of the policy, for plug-ins. @internal */
  get clock(): PolicyCore['clock'] {
    return this.#core.clock
  }

  /** State of every key that was used lately, as plain data. */
  health(): PolicyHealth {
    return healthOf(this.#core)
  }

  /** The state worth keeping over a restart, as plain JSON. */
  snapshot(): PolicySnapshot {
    return takeSnapshot(this.#core)
  }

  /**
   * Takes up a snapshot of this policy or of one with the same strategies; time that passed since counts.
   *
   * @throws {TypeError} For data that is no snapshot.
   */
  restore(snapshot: PolicySnapshot): void {
    restoreSnapshot(this.#core, snapshot)
  }

  /** Refuses all calls with `circuit-open`, for one key or for all present and future ones, until `reset`. */
  forceOpen(reason: string, scope: { readonly key?: string } = {}): void {
    this.#order({ state: 'forced-open', reason }, scope.key)
  }

  /** Lets every call through the circuit breaker, whatever it counts, until `reset`. */
  disable(reason: string, scope: { readonly key?: string } = {}): void {
    this.#order({ state: 'disabled', reason }, scope.key)
  }

  /** Takes manual orders back and starts the state anew, for one key or for all. */
  reset(scope: { readonly key?: string } = {}): void {
    const nowMs = this.#core.clock.now()
    if (scope.key === undefined) this.#core.manual.clear()
    else this.#core.manual.delete(scope.key)
    for (const state of this.#statesOf(scope.key)) {
      for (const [, cell] of this.#core.cellsOf(state)) cell.reset?.(nowMs)
    }
  }

  /** Drops all state and listeners and frees the name; calls under way end as usual. */
  close(): void {
    unregister(this)
    this.#core.states.clear()
    this.#core.events.clear()
  }

  #order(manual: ManualState, key: string | undefined): void {
    if (typeof manual.reason !== 'string' || manual.reason === '') {
      throw new TypeError(`policy "${this.name}": a manual order needs a reason, a string of at least one character.`)
    }
    if (!this.#core.strategies.has('circuitBreaker')) {
      throw new TypeError(`policy "${this.name}" has no circuitBreaker, so it cannot be forced open or disabled.`)
    }
    const order: ManualState = { state: manual.state, reason: operatorNote(manual.reason) }
    // An order for all keys takes the place of those for single ones.
    if (key === undefined) this.#core.manual.clear()
    this.#core.manual.set(key, order)
    const nowMs = this.#core.clock.now()
    for (const state of this.#statesOf(key)) {
      for (const [, cell] of this.#core.cellsOf(state)) cell.control?.(order, nowMs)
    }
  }

  #statesOf(key: string | undefined): readonly NonNullable<ReturnType<PolicyCore['states']['peek']>>[] {
    if (key === undefined) return [...this.#core.states.values()]
    const state = this.#core.states.peek(key)
    return state === undefined ? [] : [state]
  }
}

/** What `policy.fork()` may change. */
export interface PolicyFork {
  readonly name?: string
  readonly clock?: Clock
  readonly random?: Random
  readonly key?: (request: KeyRequest) => string
  /** Changed options by strategy name; `false` leaves a strategy out. */
  readonly strategies?: Readonly<Record<string, false | Readonly<Record<string, unknown>>>>
}

/**
 * Makes a policy from strategies; the first listed is the outermost.
 *
 * All options are checked here and never during a call.
 *
 * @throws {TypeError} For a bad option, a strategy listed twice or an order that could not work.
 * @example
 * const policy = createPolicy({ name: 'etsy', strategies: [deadline(), retryBudget(), retry(), circuitBreaker()] })
 */
export const createPolicy = <const Strategies extends readonly Strategy[]>(
  definition: PolicyDefinition<Strategies>,
): Policy<Strategies> => new Policy(definition)

/** The policy of that name that was made last and not closed since; undefined without one. */
export const getPolicy = (name: string): Policy | undefined => registered(name) as Policy | undefined
