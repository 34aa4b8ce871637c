import { Outcome, type Call } from './call.ts'
import { hookFailed } from './classify-local.ts'
import type { Clock } from './clock.ts'
import type { PolicyEventName, PolicyEvents, PolicyListener } from './events.ts'
import type { Cell, KeyState } from './keyed-state.ts'
import type { PolicyHealth } from './policy-health.ts'
import type { Random } from './random.ts'

/** The rest of the pipeline; a layer may call it no, one or several times. */
export type Next = (call: Call) => Promise<Outcome>

/** An installed strategy: it wraps the rest of the pipeline once, when the policy is made. */
export type Layer = (next: Next) => Next

/** A call can only switch the strategy off. */
export type NoCallOptions = never

/** What a strategy may use of the policy it is installed in. */
export interface Environment {
  readonly policy: string
  readonly clock: Clock
  readonly random: Random
  /** Limit of one attempt in this policy, where it has one; windows are made at least twice as long. */
  readonly attemptTimeoutMs: number | undefined
  /** Whether anybody listens, so that no event is built in vain. */
  hears(name: PolicyEventName): boolean
  emit<Name extends PolicyEventName>(name: Name, fields: PolicyEvents[Name]): void
  /** Listens to the policy's events until the policy is closed; returns the function that stops it. */
  on<Name extends PolicyEventName>(name: Name, listener: PolicyListener<Name>): () => void
  /** What `policy.health()` says. */
  health(): PolicyHealth
  /** Declares state per key and returns its accessor, O(1) and bounded by the policy's key limits. */
  cell<State extends Cell>(create: (state: KeyState) => State): (call: Call) => State
}

/** An element of a policy: a name, checked options and the layer they install. */
export interface Strategy<Name extends string = string, CallOptions extends object = object> {
  readonly name: Name
  /** The options after defaults, as `policy.describe()` prints them. */
  readonly options: Readonly<Record<string, unknown>>
  install(env: Environment): Layer
  /** The same strategy with some options changed, for `policy.fork()`. */
  configure(options: Readonly<Record<string, unknown>>): Strategy<Name, CallOptions>
  /** Checks what a call gave under `resilience.<name>`; absent when nothing can be changed per call. */
  checkCall?(options: unknown): void
  /** Whether its layer is known to return outcomes only, so that calls need no guard around it. */
  readonly neverThrows?: boolean
  /** Only for inference of the per-call options. */
  readonly callOptions?: CallOptions
}

/** What {@link defineStrategy} needs beside the layer. */
export interface StrategyParts<Options extends object> {
  /** Fills defaults in and refuses bad values with a `TypeError`; runs when the strategy is made. */
  readonly prepare: (options: Partial<Options>) => Options
  /** Refuses bad per-call options with a `TypeError`; without it a call can only switch the strategy off. */
  readonly checkCall?: (options: unknown) => void
  /** Promises that the layer returns outcomes only; without it each call pays for a guard. Default false. */
  readonly neverThrows?: boolean
}

/** Wraps `next` with the behaviour of a strategy; runs once, when the policy is made. */
type Install<Options> = (env: Environment, options: Options) => Layer

/**
 * Makes the factory of a strategy; built-in strategies are made by it and a user's own have the same shape.
 *
 * @param name - Unique in a policy; also the key under which a call overrides it in `resilience`.
 * @param install - Receives the environment and the options once, and returns the layer.
 * @example
 * const audit = defineStrategy('audit', (env, options: { slowMs: number }) => (next) => async (call) => {
 *   const startedMs = env.clock.now()
 *   const outcome = await next(call)
 *   if (env.clock.now() - startedMs > options.slowMs) console.warn(`${call.key} was slow`)
 *   return outcome
 * })
 */
export function defineStrategy<Name extends string, Options extends object>(
  name: Name,
  install: Install<Options>,
): (options: Options) => Strategy<Name, NoCallOptions>
export function defineStrategy<Name extends string, Options extends object, CallOptions extends object = NoCallOptions>(
  name: Name,
  install: Install<Options>,
  parts: StrategyParts<Options>,
): (options?: Partial<Options>) => Strategy<Name, CallOptions>
export function defineStrategy<Options extends object>(
  name: string,
  install: Install<Options>,
  parts?: StrategyParts<Options>,
): (options?: Partial<Options>) => Strategy {
  const make = (given: Partial<Options> = {}): Strategy => {
    const options = parts === undefined ? (given as Options) : parts.prepare(given)
    return {
      name,
      options: Object.freeze(options),
      install: (env) => install(env, options),
      configure: (changed) => make({ ...given, ...(changed as Partial<Options>) }),
      neverThrows: parts?.neverThrows ?? false,
      ...(parts?.checkCall === undefined ? {} : { checkCall: parts.checkCall }),
    }
  }
  return make
}

// What a layer throws reaches the caller unchanged, as an outcome: every stage outside it must still see the end.
const guarded = (layer: Next): Next => {
  const broken = (call: Call, error: unknown): Outcome => new Outcome(call, 'error', error, hookFailed)
  return (call) => {
    try {
      return layer(call).then(undefined, (error: unknown) => broken(call, error))
    } catch (error) {
      return Promise.resolve(broken(call, error))
    }
  }
}

/** Composes layers around the transport; the first strategy is the outermost. */
export const compose = (
  strategies: readonly Strategy[],
  envOf: (strategy: string) => Environment,
  transport: Next,
): Next =>
  strategies.reduceRight<Next>((next, strategy) => {
    const { name } = strategy
    const layer = strategy.install(envOf(name))(next)
    const layered = strategy.neverThrows === true ? layer : guarded(layer)
    return (call) => (call.isOff(name) ? next(call) : layered(call))
  }, transport)
