import { onAbort } from '../abort.ts'
import { systemClock, type Clock } from '../clock.ts'
import { anObject, checkOptions, optionError, positiveMs, text, callable } from '../option-checks.ts'
import { NonCriticalServiceError } from '../service-errors/kinds.ts'
import { ServiceError } from '../service-errors/service-error.ts'
import { toServiceError } from '../service-errors/to-service-error.ts'
import type { SwitchProvider } from './kill-switches.ts'

/** What happened when a fallback took over. */
export interface Degraded {
  readonly service: string
  readonly reason: 'error' | 'timeout' | 'killed'
  readonly error: ServiceError
  /** Fallbacks in a row, this one included. */
  readonly inARow: number
}

export interface DegradeOptions<Result> {
  /** Name of what is done without, such as `recommendations`; also the name of its kill switch. */
  readonly service: string
  /** What to go on with: a value, or a function of the error. */
  readonly fallback: Result | ((error: ServiceError) => Result | Promise<Result>)
  /** How long it is worth waiting for, ms. Default: no limit. */
  readonly timeoutMs?: number
  /** The caller's own signal: an abort is no degradation, it is thrown. */
  readonly signal?: AbortSignal
  /** Told of every fallback, for the log. */
  readonly onDegraded?: (event: Degraded) => void
  /** Told when fallbacks begin, and when the first success after them comes. */
  readonly alert?: (event: Degraded | { readonly service: string; readonly recovered: true }) => void
  /** A switch of the service's name turns it off. */
  readonly killSwitches?: SwitchProvider
  readonly clock?: Clock
}

/** How one service fares. */
export interface DegradationState {
  readonly degraded: boolean
  readonly inARow: number
  /** Fallbacks since the start. */
  readonly fallbacks: number
  readonly calls: number
  /** The code of the last error. */
  readonly lastCode: string | undefined
}

const MOST_SERVICES = 200

const states = new Map<string, { inARow: number; fallbacks: number; calls: number; lastCode: string | undefined }>()

const stateOf = (
  service: string,
): { inARow: number; fallbacks: number; calls: number; lastCode: string | undefined } => {
  let state = states.get(service)
  if (state === undefined) {
    const [oldest] = states.keys()
    if (states.size >= MOST_SERVICES && oldest !== undefined) states.delete(oldest)
    state = { inARow: 0, fallbacks: 0, calls: 0, lastCode: undefined }
    states.set(service, state)
  }
  return state
}

/** The state of every service that `degrade` was asked for, for a health page; 200 services at most. */
export const degradationHealth = (): Readonly<Record<string, DegradationState>> =>
  Object.fromEntries([...states].map(([service, state]) => [service, { degraded: state.inARow > 0, ...state }]))

const tell = (listener: () => void): void => {
  try {
    listener()
  } catch {
    // A broken alert must not fail what degradation just saved.
  }
}

const TIMED_OUT = Symbol('timed out')

/** Settles with the work, the limit or the abort, whichever comes first; the work's signal aborts with the latter two. */
const limited = <Result>(
  run: (signal: AbortSignal) => Promise<Result> | Result,
  { timeoutMs, signal, clock = systemClock }: Pick<DegradeOptions<Result>, 'timeoutMs' | 'signal' | 'clock'>,
): Promise<Result> =>
  new Promise((resolve, reject) => {
    const controller = new AbortController()
    const timer =
      timeoutMs === undefined
        ? undefined
        : clock.setTimer(() => {
            end(TIMED_OUT, new DOMException('too slow for a part that can be done without', 'TimeoutError'))
          }, timeoutMs)
    const unlink =
      signal === undefined
        ? undefined
        : onAbort(signal, () => {
            end(signal.reason, signal.reason)
          })
    const clear = (): void => {
      if (timer !== undefined) clock.clearTimer(timer)
      unlink?.()
    }
    const end = (rejection: unknown, reason: unknown): void => {
      clear()
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the caller's own reason
      reject(rejection)
      controller.abort(reason)
    }
    new Promise<Result>((settle) => {
      settle(run(controller.signal))
    })
      .then(resolve, reject)
      .finally(clear)
  })

/**
 * Runs work that the result can do without: when it fails, is too slow or is switched off, the fallback stands in.
 *
 * A fatal error is thrown and not hidden, and so is the caller's own abort. State per service is kept for
 * {@link degradationHealth}.
 *
 * @param run - Receives a signal that aborts when time is up.
 * @throws {TypeError} For a bad option.
 * @throws What the fallback throws.
 * @example
 * const tips = await degrade(({ signal }) => api.tips(user, { signal }), { service: 'tips', fallback: [], timeoutMs: 300 })
 */
export const degrade = async <Result>(
  run: (context: { readonly signal: AbortSignal }) => Promise<Result> | Result,
  options: DegradeOptions<Result>,
): Promise<Result> => {
  checkOptions('degrade', options, {
    service: text,
    fallback: { allowed: 'a value or a function', check: () => true },
    timeoutMs: positiveMs,
    signal: anObject,
    onDegraded: callable,
    alert: callable,
    killSwitches: anObject,
    clock: anObject,
  })
  const { service, fallback, signal, onDegraded, alert, killSwitches } = options
  if (!text.check(service)) throw optionError('degrade', 'service', service, text.allowed)
  if (!Object.hasOwn(options, 'fallback')) throw optionError('degrade', 'fallback', undefined, 'given')
  signal?.throwIfAborted()
  const state = stateOf(service)
  state.calls += 1
  let reason: Degraded['reason'] = 'error'
  let error: ServiceError
  if (killSwitches?.isKilled(service) === true) {
    reason = 'killed'
    error = new NonCriticalServiceError({ upstream: service })
  } else {
    try {
      const value = await limited((inner) => run({ signal: inner }), options)
      if (state.inARow > 0) {
        state.inARow = 0
        tell(() => alert?.({ service, recovered: true }))
      }
      return value
    } catch (failure) {
      if (signal?.aborted === true) throw failure
      if (failure === TIMED_OUT) {
        reason = 'timeout'
        error = new ServiceError('network-timeout', { upstream: service })
      } else {
        error = toServiceError(failure, { upstream: service })
        // What must end the process must not end as an empty list.
        if (error.category === 'fatal') throw failure
      }
    }
  }
  state.inARow += 1
  state.fallbacks += 1
  state.lastCode = error.code
  const event: Degraded = { service, reason, error, inARow: state.inARow }
  tell(() => onDegraded?.(event))
  if (state.inARow === 1) tell(() => alert?.(event))
  return typeof fallback === 'function'
    ? (fallback as (error: ServiceError) => Result | Promise<Result>)(error)
    : fallback
}
