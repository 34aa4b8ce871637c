import { safeRead, safeText } from '../safe-read.ts'
import { KINDS, type DatabaseClassification } from './database-error.ts'

// https://www.sqlite.org/rescode.html; the low byte is the primary code.
const EXTENDED: Readonly<Record<number, DatabaseClassification>> = {
  517: KINDS.serialization, // BUSY_SNAPSHOT
  275: KINDS.invalidData, // CONSTRAINT_CHECK
  787: KINDS.foreignKey,
  1_299: KINDS.invalidData, // CONSTRAINT_NOTNULL
  1_555: KINDS.unique, // CONSTRAINT_PRIMARYKEY
  2_067: KINDS.unique,
  2_579: KINDS.unique, // CONSTRAINT_ROWID
  3_091: KINDS.invalidData, // CONSTRAINT_DATATYPE
}
const PRIMARY: Readonly<Record<number, DatabaseClassification>> = {
  1: KINDS.schema,
  5: KINDS.locked,
  6: KINDS.locked,
  7: KINDS.outOfMemory,
  8: KINDS.storage, // READONLY
  9: KINDS.statementTimeout, // INTERRUPT
  10: KINDS.storage, // IOERR
  11: KINDS.storage, // CORRUPT
  13: KINDS.diskFull,
  14: KINDS.storage, // CANTOPEN
  18: KINDS.invalidData, // TOOBIG
  19: KINDS.invalidData, // CONSTRAINT
  20: KINDS.invalidData, // MISMATCH
  21: KINDS.clientClosed, // MISUSE
  26: KINDS.storage, // NOTADB
}

// better-sqlite3 gives names only.
const BY_NAME: readonly (readonly [prefix: string, errcode: number])[] = [
  ['SQLITE_BUSY_SNAPSHOT', 517],
  ['SQLITE_BUSY', 5],
  ['SQLITE_LOCKED', 6],
  ['SQLITE_NOMEM', 7],
  ['SQLITE_READONLY', 8],
  ['SQLITE_INTERRUPT', 9],
  ['SQLITE_IOERR', 10],
  ['SQLITE_CORRUPT', 11],
  ['SQLITE_FULL', 13],
  ['SQLITE_CANTOPEN', 14],
  ['SQLITE_TOOBIG', 18],
  ['SQLITE_CONSTRAINT_CHECK', 275],
  ['SQLITE_CONSTRAINT_FOREIGNKEY', 787],
  ['SQLITE_CONSTRAINT_NOTNULL', 1_299],
  ['SQLITE_CONSTRAINT_PRIMARYKEY', 1_555],
  ['SQLITE_CONSTRAINT_UNIQUE', 2_067],
  ['SQLITE_CONSTRAINT_ROWID', 2_579],
  ['SQLITE_CONSTRAINT', 19],
  ['SQLITE_MISMATCH', 20],
  ['SQLITE_NOTADB', 26],
  ['SQLITE_ERROR', 1],
]

/** Errors of `node:sqlite` (by their number) and better-sqlite3 (by their name). */
export const classifySqlite = (error: unknown): DatabaseClassification | undefined => {
  const code = safeText(error, 'code')
  if (code === 'ERR_SQLITE_ERROR') {
    const errcode = safeRead(error, 'errcode')
    return typeof errcode === 'number' ? (EXTENDED[errcode] ?? PRIMARY[errcode & 0xff]) : undefined
  }
  if (
    code === 'ERR_INVALID_STATE' &&
    /database is not open|statement has been finalized/i.test(safeText(error, 'message'))
  )
    return KINDS.clientClosed
  // better-sqlite3 throws a TypeError without a code for what it sees before SQLite does.
  if (code === '') {
    const message = safeText(error, 'message')
    if (message === 'The database connection is not open') return KINDS.clientClosed
    return message.startsWith('Cannot open database because ') ? KINDS.storage : undefined
  }
  if (!code.startsWith('SQLITE_')) return undefined
  const errcode = BY_NAME.find(([prefix]) => code.startsWith(prefix))?.[1]
  return errcode === undefined ? undefined : (EXTENDED[errcode] ?? PRIMARY[errcode])
}
