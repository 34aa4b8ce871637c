import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { CorruptStateError, MissingConfigError } from '@holdfast/core/service-errors'
import { MIGRATIONS } from './migrations.ts'

const KEPT_BACKUPS = 5
const LOCK_WAIT_MS = 2_000
/** Marks a database as ours: `HFTM`. */
const APPLICATION_ID = 0x4846544d

const numberOf = (database: DatabaseSync, pragma: string): number =>
  Number(Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0] ?? 0)

/** What the integrity check of SQLite has to say; an empty list for a sound database. */
export const integrityProblems = (database: DatabaseSync): readonly string[] => {
  const lines = database
    .prepare('PRAGMA integrity_check')
    .all()
    .map((row) => String(Object.values(row)[0]))
  const orphans = database.prepare('PRAGMA foreign_key_check').all()
  return [...lines.filter((line) => line !== 'ok'), ...orphans.map(() => 'a row points to one that is not there')]
}

const backUp = (database: DatabaseSync, path: string, version: number): string => {
  const folder = join(dirname(path), 'backups')
  mkdirSync(folder, { recursive: true })
  const name = `${basename(path, '.db')}-v${version}-`
  const target = join(folder, `${name}${new Date().toISOString().replaceAll(/[:.]/g, '-')}.db`)
  database.prepare('VACUUM INTO ?').run(target)
  const old = readdirSync(folder)
    .filter((file) => file.startsWith(basename(path, '.db')))
    .toSorted()
  for (const file of old.slice(0, -KEPT_BACKUPS)) rmSync(join(folder, file))
  return target
}

const migrate = (database: DatabaseSync, path: string): void => {
  const version = numberOf(database, 'user_version')
  if (version > MIGRATIONS.length) {
    throw new CorruptStateError({
      upstream: 'database',
      operation: 'open',
      details: { problem: 'newer-schema', found: version, known: MIGRATIONS.length },
    })
  }
  if (version === MIGRATIONS.length) return
  const problems = version === 0 ? [] : integrityProblems(database)
  if (problems.length > 0) throw damaged(problems)
  if (version > 0 && path !== ':memory:') backUp(database, path, version)
  database.exec('BEGIN IMMEDIATE')
  try {
    // Another process may have migrated while this one waited for the lock.
    const from = numberOf(database, 'user_version')
    for (const statements of MIGRATIONS.slice(from)) database.exec(statements)
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`)
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}

const damaged = (problems: readonly string[]): CorruptStateError =>
  new CorruptStateError({
    upstream: 'database',
    operation: 'check',
    details: { problem: 'integrity', found: problems.slice(0, 5) },
  })

const isForeign = (database: DatabaseSync): boolean => {
  const mark = numberOf(database, 'application_id')
  const tables = Number(database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.['tables'])
  return mark !== APPLICATION_ID && tables > 0
}

export interface OpenOptions {
  /** Whether a missing file is created. Default true. */
  readonly create?: boolean
  /** How long a lock of another process is waited for, ms. Default 2_000. */
  readonly lockWaitMs?: number
}

/**
 * Opens the database of the time machine and lifts it to this version, after a backup.
 *
 * @throws {CorruptStateError} For a newer version, a damaged file, or a database of another program.
 * @throws {MissingConfigError} When the file is missing and may not be created.
 */
export const openDatabase = (
  path: string,
  { create = true, lockWaitMs = LOCK_WAIT_MS }: OpenOptions = {},
): DatabaseSync => {
  if (path !== ':memory:') {
    if (!create && !existsSync(path)) throw new MissingConfigError(['database'], { upstream: 'database' })
    mkdirSync(dirname(path), { recursive: true })
  }
  const database = new DatabaseSync(path, { timeout: lockWaitMs })
  try {
    if (isForeign(database)) {
      throw new CorruptStateError({ upstream: 'database', operation: 'open', details: { problem: 'wrong-schema' } })
    }
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
    migrate(database, path)
    return database
  } catch (error) {
    database.close()
    if (error instanceof Error && /not a database|malformed/.test(error.message)) throw damaged([error.message])
    throw error
  }
}

/** @throws {CorruptStateError} When the integrity check finds anything. */
export const checkDatabase = (database: DatabaseSync): void => {
  const problems = integrityProblems(database)
  if (problems.length > 0) throw damaged(problems)
}
