import { closeSync, openSync } from 'node:fs'
import process from 'node:process'
import type { DatabaseSync } from 'node:sqlite'
import { systemClock, systemRandom, type Clock, type Random } from '@holdfast/core'
import { withLockRetry } from '@holdfast/core/database'
import { DeadLetterError } from '../dead-letter-error.ts'
import type { DeadLetterQueue } from '../queue.ts'
import { capsOf, type CapOptions } from '../sql/caps.ts'
import { SCHEMA_VERSION, createTable } from '../sql/schema.ts'
import { SqlQueue } from '../sql/sql-queue.ts'
import { enterOpener, leaveOpener } from './openers.ts'
import { SqliteDatabase, SqliteDialect } from './sqlite-dialect.ts'
import { sqliteError } from './sqlite-errors.ts'

export interface SqliteQueueOptions extends Partial<CapOptions> {
  /** `full` also survives a power cut, at the price of a disk flush a letter. Default `normal`. */
  readonly synchronous?: 'normal' | 'full'
  /** Largest size of the database file, bytes; beyond it letters are refused as `disk-full`. Default: the disk's. */
  readonly maxFileBytes?: number
  /** Told what is dangerous but works. Default: a warning of the process. */
  readonly onWarning?: (message: string) => void
  /** For tests. */
  readonly clock?: Clock
  /** For tests. */
  readonly random?: Random
}

const BUSY_TIMEOUT_MS = 25
const PAGE_BYTES = 4_096

// The WAL-reset bug, https://www.sqlite.org/wal.html: fixed in 3.51.3.
const SAFE_VERSION = [3, 51, 3]

const isBefore = (version: string, least: readonly number[]): boolean => {
  const parts = version.split('.').map(Number)
  const at = least.findIndex((part, index) => parts[index] !== part)
  return at >= 0 && (parts[at] ?? 0) < (least[at] ?? 0)
}

const warn = (message: string): void => {
  process.emitWarning(message, { type: 'HoldfastWarning', code: 'HOLDFAST_SQLITE' })
}

const prepareSchema = (database: DatabaseSync, file: string): void => {
  const { user_version: found } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  if (found > SCHEMA_VERSION) {
    throw new DeadLetterError(
      'newer-schema',
      `the file "${file}" has schema version ${found}, and this package knows versions up to ${SCHEMA_VERSION}. ` +
        'Nothing was changed. Use the newer @holdfast/dead-letter that wrote it.',
    )
  }
  if (found === SCHEMA_VERSION) return
  database.exec('BEGIN IMMEDIATE')
  try {
    for (const statement of createTable({
      seq: 'INTEGER PRIMARY KEY AUTOINCREMENT',
      integer: 'INTEGER',
      bytes: 'BLOB',
      suffix: ' STRICT',
    })) {
      database.exec(statement)
    }
    database.exec(
      'CREATE TABLE IF NOT EXISTS holdfast_dead_letter_openers (pid INTEGER NOT NULL, version TEXT NOT NULL) STRICT',
    )
    database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`)
    database.exec('COMMIT')
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

const checkVersions = (database: DatabaseSync, file: string, onWarning: (message: string) => void): void => {
  const { version } = database.prepare('SELECT sqlite_version() AS version').get() as { version: string }
  if (isBefore(version, SAFE_VERSION)) {
    onWarning(
      `SQLite ${version} may damage a WAL file that several processes write; use a Node.js with SQLite ` +
        `${SAFE_VERSION.join('.')} or later where "${file}" is shared.`,
    )
  }
  const others = enterOpener(database, version)
  if (others.length > 0) {
    onWarning(
      `"${file}" is open in another process with SQLite ${others.join(', ')}, here with ${version}. ` +
        'Let all processes that share it run one version of Node.js.',
    )
  }
}

const openDatabase = (file: string, options: SqliteQueueOptions): DatabaseSync => {
  // Created here, because SQLite would let everybody read it; its WAL takes the mode of the file.
  if (file !== ':memory:') closeSync(openSync(file, 'a', 0o600))
  const database = new SqliteDatabase(file, { timeout: BUSY_TIMEOUT_MS })
  try {
    database.exec(`PRAGMA page_size = ${PAGE_BYTES}`)
    database.exec('PRAGMA journal_mode = WAL')
    database.exec(`PRAGMA synchronous = ${options.synchronous === 'full' ? 'FULL' : 'NORMAL'}`)
    if (options.maxFileBytes !== undefined)
      database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(options.maxFileBytes / PAGE_BYTES))}`)
    prepareSchema(database, file)
    // A database in memory has no second process.
    if (file !== ':memory:') checkVersions(database, file, options.onWarning ?? warn)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

const OPENING: Readonly<Record<string, number>> = {
  ENOENT: 14,
  EISDIR: 14,
  ENOTDIR: 14,
  EACCES: 8,
  EPERM: 8,
  EROFS: 8,
  ENOSPC: 13,
}

/**
 * Opens, and where needed makes, a queue in an SQLite file that the processes of one machine may share.
 *
 * The file is made readable for its owner alone. It must lie on a local disk.
 *
 * @param file - Path of the file; its folder must exist. `:memory:` for tests.
 * @throws {DeadLetterError} `cannot-open`, `read-only`, `corrupt`, `newer-schema`, `disk-full` or `locked`.
 * @throws {TypeError} For a bad option.
 * @example
 * const queue = await openSqliteQueue('./var/dead-letters.db')
 */
export const openSqliteQueue = async (file: string, options: SqliteQueueOptions = {}): Promise<DeadLetterQueue> => {
  const owner = 'openSqliteQueue'
  if (typeof file !== 'string' || file === '') throw new TypeError(`${owner}: the path of the file must be given.`)
  const caps = capsOf(owner, options)
  const { synchronous, maxFileBytes, clock = systemClock, random = systemRandom } = options
  if (synchronous !== undefined && !['normal', 'full'].includes(synchronous))
    throw new TypeError(`${owner}: option "synchronous" must be 'normal' or 'full'.`)
  if (maxFileBytes !== undefined && !(maxFileBytes >= PAGE_BYTES))
    throw new TypeError(`${owner}: option "maxFileBytes" must be a number of ${PAGE_BYTES} or more.`)
  try {
    const database = await withLockRetry(() => openDatabase(file, options), {
      maxRetries: 12,
      maxMs: 250,
      clock,
      random,
    })
    return new SqlQueue(
      new SqliteDialect(database, file, clock, random, () => {
        leaveOpener(database)
      }),
      caps,
    )
  } catch (error) {
    const errcode = OPENING[(error as { code?: string }).code ?? '']
    const known = errcode === undefined ? error : Object.assign(new Error((error as Error).message), { errcode })
    throw sqliteError(file, known)
  }
}
