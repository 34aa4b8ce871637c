import { classifyDatabaseError } from '@holdfast/core/database'
import { expect } from 'vitest'
import { DATABASE_ROWS, type DatabaseRow, type Engine } from './database-rows.ts'
import type { Origin, Proof } from './proof.ts'

/** Every proof that a test of this run has given. */
export const databaseProofs: Proof[] = []

interface DriverError {
  readonly code?: unknown
  readonly errcode?: unknown
  readonly errno?: unknown
  readonly message?: unknown
}

// better-sqlite3 gives the name of the code that node:sqlite gives as a number.
const SQLITE_NAMES: Readonly<Record<string, number>> = {
  SQLITE_ERROR: 1,
  SQLITE_BUSY: 5,
  SQLITE_LOCKED: 6,
  SQLITE_READONLY: 8,
  SQLITE_IOERR: 10,
  SQLITE_CORRUPT: 11,
  SQLITE_FULL: 13,
  SQLITE_CANTOPEN: 14,
  SQLITE_NOTADB: 26,
  SQLITE_CONSTRAINT_CHECK: 275,
  SQLITE_BUSY_SNAPSHOT: 517,
  SQLITE_CONSTRAINT_FOREIGNKEY: 787,
  SQLITE_CONSTRAINT_NOTNULL: 1299,
  SQLITE_CONSTRAINT_PRIMARYKEY: 1555,
  SQLITE_CONSTRAINT_UNIQUE: 2067,
  SQLITE_CONSTRAINT_ROWID: 2579,
  SQLITE_CONSTRAINT_DATATYPE: 3091,
}

// An error is of its primary code as well, which is the low byte of the extended one.
const numbersOf = ({ code, errcode, errno }: DriverError): readonly unknown[] => {
  const named = Object.entries(SQLITE_NAMES).findLast(([name]) => String(code).startsWith(name))?.[1]
  return [errcode, errno, named, ...(typeof errcode === 'number' ? [errcode & 0xff] : [])]
}

const carries = (error: DriverError, signal: string | number): boolean =>
  typeof signal === 'number'
    ? numbersOf(error).includes(signal)
    : error.code === signal || String(error.message).includes(signal)

const rowOf = (engine: Engine, signal: string | number): DatabaseRow => {
  const found = DATABASE_ROWS.find(({ signals }) => signals[engine].includes(signal))
  if (found === undefined) throw new Error(`no row has ${engine} ${signal}`)
  return found
}

/** The error of `run`, which has to fail. */
export const caught = async (run: () => unknown): Promise<unknown> => {
  try {
    await run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

/**
 * Holds an error of an engine against the row of its signal, also when a mapper has wrapped it.
 *
 * The error must carry the signal itself, so that none is proven by another one's error.
 */
export const prove = (engine: Engine, signal: string | number, origin: Origin, error: unknown): void => {
  const { row, code, category, retry, outcome, httpStatus } = rowOf(engine, signal)
  expect(carries(error as DriverError, signal), `${engine} ${signal}: ${String(error)}`).toBe(true)
  for (const each of [error, new Error('mapper', { cause: error })]) {
    expect(classifyDatabaseError(each), `${engine} ${signal}`).toMatchObject({
      code,
      category,
      retry,
      outcome,
      httpStatus,
    })
  }
  databaseProofs.push({ row, signal: `${engine} ${signal}`, origin })
}
