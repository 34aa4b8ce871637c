import type { CallLimits } from '@holdfast/core'
import type { KyOptions } from './ky-options.ts'

/** Limit of one attempt, and where it goes. */
export interface AttemptLimit {
  /** Options for the call, with ky's `timeout` in the place of the policy's own limit. */
  readonly resilience: object | undefined
  /** For a policy without an attempt timeout, ms. */
  readonly clientMs: number | undefined
}

type Timeout = KyOptions['timeout']

/** What ky takes for a missing `timeout`. */
export const DEFAULT_TIMEOUT_MS = 10_000
// ky refuses anything longer with a RangeError.
const LONGEST_TIMER_MS = 2_147_483_647

// ky looks at its clock before it hands an error on; the error of the deadline, with its report, shall get through.
const GRACE_MS = 250

const NOTHING = {}
// The last result for each options object: an instance has one `timeout`, and checked options are remembered by identity.
const merged = new WeakMap<object, { readonly timeout: Timeout; readonly resilience: object }>()

const withTimeout = (resilience: object | undefined, timeout: number | false): object => {
  const key = resilience ?? NOTHING
  const known = merged.get(key)
  if (known?.timeout === timeout) return known.resilience
  const { attemptTimeout } = key as { attemptTimeout?: object }
  const made = { ...key, attemptTimeout: timeout === false ? false : { ...attemptTimeout, afterMs: timeout } }
  merged.set(key, { timeout, resilience: made })
  return made
}

// ky ends such an attempt at once; a limit of the policy has to be positive.
const positive = (timeout: number): number => (timeout > 0 ? timeout : 1)

/**
 * ky's `timeout` as the attempt timeout of a call.
 *
 * The call's own `resilience.attemptTimeout` wins, then ky's `timeout`, then the policy's own, then ky's default.
 */
export const attemptLimitOf = (timeout: Timeout, limits: CallLimits, resilience: object | undefined): AttemptLimit => {
  const { attemptTimeoutMs } = limits
  const own = (resilience as { attemptTimeout?: false | { afterMs?: number } } | undefined)?.attemptTimeout
  if (attemptTimeoutMs === undefined) {
    return { resilience, clientMs: timeout === false ? undefined : positive(timeout ?? DEFAULT_TIMEOUT_MS) }
  }
  const isSaid = attemptTimeoutMs === false || (typeof own === 'object' && own.afterMs !== undefined)
  if (isSaid || timeout === undefined) return { resilience, clientMs: undefined }
  return { resilience: withTimeout(resilience, timeout === false ? false : positive(timeout)), clientMs: undefined }
}

/** The time of the whole call, ms, hooks and waits of ky included: the shorter of the policy's and the user's. */
export const totalMsOf = (totalTimeout: KyOptions['totalTimeout'], limits: CallLimits): number | undefined => {
  const { deadlineMs } = limits
  const usersMs = typeof totalTimeout === 'number' ? totalTimeout : undefined
  if (typeof deadlineMs !== 'number') return usersMs
  return usersMs === undefined ? deadlineMs : Math.min(usersMs, deadlineMs)
}

/** What ky's own `totalTimeout` becomes: it bounds what the policy does not see, such as hooks and `ky.retry()`. */
export const totalTimeoutOf = (
  totalTimeout: KyOptions['totalTimeout'],
  limits: CallLimits,
): KyOptions['totalTimeout'] | undefined => {
  const { deadlineMs, hasUnboundedBody } = limits
  if (typeof deadlineMs !== 'number' || hasUnboundedBody) return totalTimeout
  const oursMs = deadlineMs + GRACE_MS
  const usersMs = typeof totalTimeout === 'number' ? totalTimeout : Infinity
  const isRefused = Number(totalTimeout) > LONGEST_TIMER_MS
  return oursMs < usersMs && oursMs <= LONGEST_TIMER_MS && !isRefused ? oursMs : totalTimeout
}
