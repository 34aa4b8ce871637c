import { checkOptions, flag, optionError, waitMs, type OptionRules } from './option-checks.ts'

/** The delay before a retry, ms; `retry` is numbered from 1, `random` gives [0, 1). */
export type Backoff = (retry: number, random: () => number) => number

/** What {@link fullJitter} draws from. */
export interface FullJitterInput {
  /** Upper end of the first delay, ms. */
  readonly baseMs: number
  /** Upper end of every delay, ms. */
  readonly maxMs: number
  /** Number of the retry, from 1. */
  readonly retry: number
  readonly random: () => number
}

const EXPONENTIAL_RULES: OptionRules = { baseMs: waitMs, maxMs: waitMs, jitter: flag }

// Both limits keep Infinity out: a chance of 0 times Infinity would be no number.
const ceilingMs = (baseMs: number, maxMs: number, retry: number): number =>
  Math.min(maxMs, baseMs * 2 ** Math.min(retry - 1, 1_000), Number.MAX_SAFE_INTEGER)

/**
 * A delay drawn evenly from 0 to `min(maxMs, baseMs * 2 ** (retry - 1))`: of all kinds of jitter the one with the fewest
 * calls when many clients contend.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export const fullJitter = ({ baseMs, maxMs, retry, random }: FullJitterInput): number =>
  random() * ceilingMs(baseMs, maxMs, retry)

const checkMs = (owner: string, option: string, value: unknown): void => {
  if (!waitMs.check(value)) throw optionError(owner, option, value, waitMs.allowed)
}

/**
 * The same delay before every retry.
 *
 * @param delayMs - Milliseconds, 0 or more.
 * @throws {TypeError} For a delay out of its range.
 */
export const constant = (delayMs: number): Backoff => {
  checkMs('constant', 'delayMs', delayMs)
  return () => delayMs
}

/** Options of {@link exponential}. */
export interface ExponentialOptions {
  /** Upper end of the first delay, ms, 0 or more. */
  readonly baseMs: number
  /** Upper end of every delay, ms, 0 or more. */
  readonly maxMs: number
  /** `false` waits the upper end itself, so that callers which failed together come back together. Default `true`. */
  readonly jitter?: boolean
}

/**
 * A delay that doubles from retry to retry, with full jitter.
 *
 * @throws {TypeError} For an unknown option or one out of its range.
 */
export const exponential = (options: ExponentialOptions): Backoff => {
  checkOptions('exponential', options, EXPONENTIAL_RULES)
  const { baseMs, maxMs, jitter = true } = options
  checkMs('exponential', 'baseMs', baseMs)
  checkMs('exponential', 'maxMs', maxMs)
  return (retry, random) => (jitter ? fullJitter({ baseMs, maxMs, retry, random }) : ceilingMs(baseMs, maxMs, retry))
}
