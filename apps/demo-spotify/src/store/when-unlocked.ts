import { withLockRetry } from '@holdfast/core/database'

/** Does a piece of work on the database, again while another program holds it, for about two seconds beside SQLite's own wait. */
export const whenUnlocked = <Result>(work: () => Result): Promise<Result> =>
  withLockRetry(work, { maxRetries: 10, baseMs: 20, maxMs: 400 })
