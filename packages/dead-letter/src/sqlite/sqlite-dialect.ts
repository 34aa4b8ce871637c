import { createRequire } from 'node:module'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Clock, Random } from '@holdfast/core'
import { withLockRetry } from '@holdfast/core/database'
import type { Dialect, Row, SqlValue } from '../sql/dialect.ts'
import { sqliteError } from './sqlite-errors.ts'

// The class is being renamed; DEP0210 of Node.
const sqlite = createRequire(import.meta.url)('node:sqlite') as {
  readonly Database?: typeof DatabaseSync
  readonly DatabaseSync: typeof DatabaseSync
}
export const SqliteDatabase = sqlite.Database ?? sqlite.DatabaseSync

// Of one statement each; a busy timeout of SQLite would block the whole process instead.
const LOCK_RETRIES = 12
const LONGEST_PAUSE_MS = 250

/** `node:sqlite` as the queue uses it: synchronous statements, repeated after a pause while the file is locked. */
export class SqliteDialect implements Dialect {
  readonly skipLocked = ''
  readonly #database: DatabaseSync
  readonly #file: string
  readonly #clock: Clock
  readonly #random: Random
  readonly #statements = new Map<string, { readonly statement: StatementSync; readonly readsTime: boolean }>()
  readonly #onClose: () => void

  constructor(database: DatabaseSync, file: string, clock: Clock, random: Random, onClose: () => void) {
    this.#database = database
    this.#file = file
    this.#clock = clock
    this.#random = random
    this.#onClose = onClose
  }

  rows(sql: string, parameters: readonly SqlValue[]): Promise<readonly Row[]> {
    return this.#run(sql, parameters, (statement, values) => statement.all(...values) as Row[])
  }

  change(sql: string, parameters: readonly SqlValue[]): Promise<number> {
    return this.#run(sql, parameters, (statement, values) => Number(statement.run(...values).changes))
  }

  isOneOf(column: string, parameter: string): string {
    return `${column} IN (SELECT value FROM json_each(${parameter}))`
  }

  async vacuum(): Promise<void> {
    await this.#repeat(() => {
      this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      this.#database.exec('VACUUM')
    })
  }

  async check(): Promise<string> {
    return this.#repeat(() => {
      const found = this.#database.prepare('PRAGMA integrity_check').all() as { integrity_check: string }[]
      return found.map(({ integrity_check: line }) => line).join('\n')
    })
  }

  async close(): Promise<void> {
    if (!this.#database.isOpen) return
    try {
      this.#onClose()
    } catch {
      // A file that cannot be written any more must still be closed.
    }
    this.#statements.clear()
    this.#database.close()
  }

  #run<Result>(
    sql: string,
    parameters: readonly SqlValue[],
    execute: (statement: StatementSync, values: readonly SqlValue[]) => Result,
  ): Promise<Result> {
    return this.#repeat(() => {
      const { statement, readsTime } = this.#prepared(sql, parameters.length)
      return execute(statement, readsTime ? [...parameters, Math.trunc(this.#clock.wall())] : parameters)
    })
  }

  #prepared(sql: string, parameters: number): { statement: StatementSync; readsTime: boolean } {
    let found = this.#statements.get(sql)
    if (found === undefined) {
      const text = sql.replace(/\$(\d+)/g, '?$1').replaceAll('{now}', `?${parameters + 1}`)
      found = { statement: this.#database.prepare(text), readsTime: sql.includes('{now}') }
      this.#statements.set(sql, found)
    }
    return found
  }

  async #repeat<Result>(run: () => Result): Promise<Result> {
    try {
      return await withLockRetry(run, {
        maxRetries: LOCK_RETRIES,
        maxMs: LONGEST_PAUSE_MS,
        clock: this.#clock,
        random: this.#random,
      })
    } catch (error) {
      throw sqliteError(this.#file, error)
    }
  }
}
