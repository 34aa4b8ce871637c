import { fullJitter } from '../backoff.ts'
import { systemClock, type Clock } from '../clock.ts'
import { anObject, callable, checkOptions, integer, positiveMs, withDefaults } from '../option-checks.ts'
import { systemRandom, type Random } from '../random.ts'
import { sleep } from '../sleep.ts'
import { classifyDatabaseError } from './classify-database-error.ts'
import type { DatabaseClassification } from './database-error.ts'

export interface DatabaseRetryOptions {
  /** Tries after the first, 0 to 1_000. Default 4. */
  readonly maxRetries: number
  /** First backoff, ms, doubled each time, with full jitter. Default 10. */
  readonly baseMs: number
  /** Longest backoff, ms. Default 500. */
  readonly maxMs: number
  /** Told before each repetition, for the log. */
  readonly onRetry:
    ((retry: { readonly retry: number; readonly delayMs: number; readonly code: string }) => void) | undefined
  readonly signal: AbortSignal | undefined
  readonly clock: Clock
  readonly random: Random
}

const DEFAULTS: DatabaseRetryOptions = {
  maxRetries: 4,
  baseMs: 10,
  maxMs: 500,
  onRetry: undefined,
  signal: undefined,
  clock: systemClock,
  random: systemRandom,
}

const repeat = async <Result>(
  owner: string,
  run: (retry: number) => Promise<Result> | Result,
  given: Partial<DatabaseRetryOptions>,
  mayRepeat: (found: DatabaseClassification) => boolean,
): Promise<Result> => {
  checkOptions(owner, given, {
    maxRetries: integer(0, 1_000),
    baseMs: positiveMs,
    maxMs: positiveMs,
    onRetry: callable,
    signal: anObject,
    clock: anObject,
    random: callable,
  })
  const { maxRetries, baseMs, maxMs, onRetry, signal, clock, random } = withDefaults(DEFAULTS, given)
  for (let retry = 0; ; retry += 1) {
    signal?.throwIfAborted()
    try {
      return await run(retry)
    } catch (error) {
      const found = classifyDatabaseError(error)
      if (found === undefined || retry >= maxRetries || !mayRepeat(found)) throw error
      const delayMs = fullJitter({ baseMs, maxMs, retry: retry + 1, random })
      onRetry?.({ retry: retry + 1, delayMs, code: found.code })
      if (!(await sleep(clock, delayMs, signal))) throw error
    }
  }
}

/**
 * Runs one statement again while its rows or its file are locked, or the server has no connection to spare.
 *
 * Only what was provably not done is repeated. SQLite's lock is not fair: beside a writer that never pauses, give many
 * short waits (`maxRetries: 200, maxMs: 50`) rather than few long ones. Inside a transaction use {@link withTransactionRetry} around the whole.
 *
 * @param run - Receives the number of the repetition, 0 at first.
 * @throws The database's own error, when it means something else or comes too often.
 */
export const withLockRetry = <Result>(
  run: (retry: number) => Promise<Result> | Result,
  options: Partial<DatabaseRetryOptions> = {},
): Promise<Result> =>
  repeat('withLockRetry', run, options, ({ retry, outcome }) => retry === 'statement' && outcome === 'not-done')

/**
 * Runs a whole transaction again when the database rolled it back for the sake of another one: serialization failures,
 * deadlocks, locks.
 *
 * `run` must begin, commit and, on an error, roll back; it is called anew from the start. A transaction whose outcome is
 * unknown, such as one whose connection broke at the commit, is never repeated.
 *
 * @throws The database's own error, when it means something else or comes too often.
 */
export const withTransactionRetry = <Result>(
  run: (retry: number) => Promise<Result> | Result,
  options: Partial<DatabaseRetryOptions> = {},
): Promise<Result> =>
  repeat(
    'withTransactionRetry',
    run,
    options,
    ({ retry, outcome }) => (retry === 'transaction' || retry === 'statement') && outcome === 'not-done',
  )
