import { DeadLetterError, type DeadLetterErrorCode } from '../dead-letter-error.ts'

// https://www.sqlite.org/rescode.html, the low byte of the extended code.
const MEANING: Readonly<Record<number, readonly [code: DeadLetterErrorCode, what: string, next: string]>> = {
  5: ['locked', 'is locked by another process', 'Try again, or find the process that holds a long transaction.'],
  6: ['locked', 'is locked by another connection', 'Try again.'],
  8: ['read-only', 'cannot be written', 'Check the owner and the mode of the file, of its folder and of the mount.'],
  10: ['disk-full', 'could not be read or written by the operating system', 'Check the disk and its free space.'],
  11: ['corrupt', 'is damaged', 'Move it away and restore a backup; "sqlite3 FILE .recover" saves what can be read.'],
  13: ['disk-full', 'cannot grow', 'Free space on the disk, or raise "maxFileBytes".'],
  14: ['cannot-open', 'cannot be opened', 'Check that its folder exists and that this user may write there.'],
  26: ['corrupt', 'is no SQLite database', 'Move it away, or give the path of the right file.'],
}

/** The error of a statement in words, with what to do; anything else is left as it is. */
export const sqliteError = (file: string, error: unknown): unknown => {
  if (typeof error !== 'object' || error === null) return error
  const { errcode, code } = error as { errcode?: unknown; code?: unknown }
  if (code === 'ERR_INVALID_STATE') return new DeadLetterError('closed', `the queue "${file}" was closed.`, error)
  if (typeof errcode !== 'number') return error
  // IOERR without a more exact word; 778 and 2826 are write and truncate.
  const found = MEANING[errcode & 0xff]
  if (found === undefined) {
    return new DeadLetterError(
      'database',
      `SQLite error ${errcode} on "${file}". See the cause for its own words.`,
      error,
    )
  }
  const [meaning, what, next] = found
  return new DeadLetterError(meaning, `the file "${file}" ${what}. ${next}`, error)
}
