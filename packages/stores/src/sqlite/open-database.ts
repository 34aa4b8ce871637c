import { chmodSync, existsSync } from 'node:fs'
import * as sqlite from 'node:sqlite'
import { StoreError } from '../store-error.ts'
import { namedSqliteError } from './sqlite-errors.ts'

const SCHEMA_VERSION = 1
// Several processes that start at once make the tables one after the other.
const OPENING_MS = 2_000

// `user_version` belongs to whoever owns the file; in a file that is shared with other tables it must not be touched.
const SCHEMA = `
CREATE TABLE IF NOT EXISTS holdfast_schema (part TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS holdfast_rate (key TEXT PRIMARY KEY, arrival_us INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS holdfast_quota (
  key TEXT NOT NULL, bucket INTEGER NOT NULL, used INTEGER NOT NULL, PRIMARY KEY (key, bucket)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS holdfast_state (
  key TEXT PRIMARY KEY, value TEXT NOT NULL, until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO holdfast_schema VALUES ('stores', ${SCHEMA_VERSION});
`

// The class is being renamed: node:sqlite will call it Database.
type Database = sqlite.DatabaseSync
const { Database: Renamed = sqlite.DatabaseSync } = sqlite as unknown as { Database?: typeof sqlite.DatabaseSync }

const versionOf = (database: Database): number => {
  const row = database.prepare("SELECT version FROM holdfast_schema WHERE part = 'stores'").get() as
    { version: number } | undefined
  return row?.version ?? 0
}

const hasSchema = (database: Database): boolean =>
  database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'holdfast_schema'").get() !== undefined

/** Ends a transaction that failed. */
export const rollBack = (database: Database): void => {
  try {
    database.exec('ROLLBACK')
  } catch {
    // A full disk may have ended it already; what failed first is thrown.
  }
}

/** Makes the tables where they are missing. */
export const prepareDatabase = (database: Database, where: string): void => {
  if (hasSchema(database)) {
    const version = versionOf(database)
    if (version > SCHEMA_VERSION)
      throw new StoreError(
        'store-newer-schema',
        where,
        undefined,
        `schema ${version}, this one knows ${SCHEMA_VERSION}`,
      )
    if (version === SCHEMA_VERSION) return
  }
  try {
    database.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT`)
  } catch (error) {
    rollBack(database)
    throw error
  }
}

/**
 * Opens a file, readable by its owner alone, in WAL mode, and makes the tables where they are missing.
 *
 * @throws {StoreError} Why it cannot be used.
 */
export const openDatabase = (file: string, busyMs: number, sync: 'normal' | 'full'): Database => {
  const where = `SQLite file ${file}`
  let database: Database | undefined
  try {
    const isNew = file !== ':memory:' && !existsSync(file)
    database = new Renamed(file, { timeout: OPENING_MS })
    if (isNew) chmodSync(file, 0o600)
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${sync}`)
    prepareDatabase(database, where)
    database.exec(`PRAGMA busy_timeout = ${busyMs}`)
    return database
  } catch (error) {
    try {
      database?.close()
    } catch {
      // The first error says more.
    }
    throw namedSqliteError(error, where)
  }
}
