import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type {
  Durability,
  PutOptions,
  Reserved,
  SeenQuota,
  StateStore,
  StoreQuota,
  StoreRate,
  Taken,
} from '@holdfast/core/shared'
import { gcraStep, quotaGap, quotaStep } from '@holdfast/core/shared'
import { StoreError } from '../store-error.ts'
import { openDatabase, prepareDatabase, rollBack } from './open-database.ts'
import { namedSqliteError } from './sqlite-errors.ts'

const US_PER_MS = 1_000
const LONGEST_BUSY_MS = 5
const TRIES = 8
const RETRY_MS = 4

export interface SqliteStoreOptions {
  /** Path of the database; its folder must exist. One machine only: SQLite locks do not hold over a network. */
  readonly file?: string
  /** An open database to use in place of `file`; it stays open when the store is closed. */
  readonly database?: DatabaseSync
  /** `full` outlives a power cut, `normal` a crash of the process. Default `normal`. */
  readonly synchronous?: 'normal' | 'full'
  /** Time in us, for tests. Default: the machine's clock. */
  readonly nowUs?: () => number
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** All state in one SQLite file that the processes of one machine open. */
class SqliteStore implements StateStore {
  readonly name = 'sqlite'
  readonly shared = true
  readonly #database: DatabaseSync
  readonly #where: string
  readonly #isOwner: boolean
  readonly #isMemory: boolean
  readonly #nowUs: () => number
  readonly #statements = new Map<string, StatementSync>()
  #isClosed = false

  constructor(options: SqliteStoreOptions) {
    const { file = '', database, synchronous = 'normal' } = options
    this.#where = database === undefined ? `SQLite file ${file}` : 'SQLite database'
    this.#isOwner = database === undefined
    this.#isMemory = file === ':memory:'
    this.#nowUs = options.nowUs ?? (() => Date.now() * US_PER_MS)
    this.#database = database ?? openDatabase(file, LONGEST_BUSY_MS, synchronous)
    if (database !== undefined) {
      try {
        prepareDatabase(database, this.#where)
      } catch (error) {
        throw namedSqliteError(error, this.#where)
      }
    }
  }

  durability(): Promise<Durability> {
    return Promise.resolve(
      this.#isMemory
        ? { durable: false, detail: 'the database is in memory' }
        : { durable: true, detail: 'a file with a write-ahead log' },
    )
  }

  take(key: string, rate: StoreRate, cost: number): Promise<Taken> {
    return this.#write(() => {
      const row = this.#get('SELECT arrival_us AS arrivalUs FROM holdfast_rate WHERE key = ?', key)
      const { arrivalUs, ...taken } = gcraStep(Number(row?.['arrivalUs'] ?? 0), this.#nowUs(), rate, cost)
      this.#run('INSERT OR REPLACE INTO holdfast_rate VALUES (?, ?)', key, arrivalUs)
      return taken
    })
  }

  reserve(key: string, quota: StoreQuota, cost: number): Promise<Reserved> {
    return this.#write(() => {
      const { changed, ...reserved } = quotaStep(this.#counts(key), this.#nowMs(), quota, cost)
      for (const [bucket, used] of changed) this.#count(key, bucket, used)
      return reserved
    })
  }

  observe(key: string, quota: StoreQuota, seen: SeenQuota): Promise<void> {
    return this.#write(() => {
      const counts = this.#counts(key)
      const nowMs = this.#nowMs()
      const gap = quotaGap(counts, nowMs, quota, seen)
      const bucket = Math.floor(nowMs / quota.bucketMs)
      if (gap > 0) this.#count(key, bucket, (counts.get(bucket) ?? 0) + gap)
    })
  }

  put(key: string, value: string, { ttlMs, ifAbsent = false }: PutOptions): Promise<boolean> {
    return this.#write(() => {
      const nowMs = this.#nowMs()
      this.#run('DELETE FROM holdfast_state WHERE until_ms <= ?', nowMs)
      if (ifAbsent && this.#get('SELECT 1 FROM holdfast_state WHERE key = ?', key) !== undefined) return false
      if (ttlMs <= 0) this.#run('DELETE FROM holdfast_state WHERE key = ?', key)
      else this.#run('INSERT OR REPLACE INTO holdfast_state VALUES (?, ?, ?)', key, value, Math.ceil(nowMs + ttlMs))
      return true
    })
  }

  list(prefix: string): Promise<(readonly [key: string, value: string, ttlMs: number])[]> {
    return this.#guarded(() => {
      const nowMs = this.#nowMs()
      const rows = this.#statement(
        'SELECT key, value, until_ms AS untilMs FROM holdfast_state WHERE substr(key, 1, length(?1)) = ?1 AND until_ms > ?2',
      ).all(prefix, nowMs)
      return rows.map((row) => [String(row['key']), String(row['value']), Number(row['untilMs']) - nowMs] as const)
    })
  }

  close(): Promise<void> {
    if (this.#isOwner && !this.#isClosed) this.#database.close()
    this.#isClosed = true
    return Promise.resolve()
  }

  // The file's lock is waited for a moment only, because SQLite's own wait stops the whole process.
  async #write<Result>(work: () => Result): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#guarded(() => this.#transaction(work))
      } catch (error) {
        const isBusy = error instanceof StoreError && error.code === 'store-busy'
        if (!isBusy || attempt >= TRIES) throw error
        await pause(Math.random() * RETRY_MS * attempt)
      }
    }
  }

  #transaction<Result>(work: () => Result): Result {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.#database.exec('COMMIT')
      return result
    } catch (error) {
      rollBack(this.#database)
      throw error
    }
  }

  // What SQLite throws becomes a rejection here.
  #guarded<Result>(work: () => Result): Promise<Result> {
    try {
      return Promise.resolve(work())
    } catch (error) {
      return Promise.reject(namedSqliteError(error, this.#where))
    }
  }

  #counts(key: string): Map<number, number> {
    const rows = this.#statement('SELECT bucket, used FROM holdfast_quota WHERE key = ?').all(key)
    return new Map(rows.map((row) => [Number(row['bucket']), Number(row['used'])]))
  }

  #count(key: string, bucket: number, used: number): void {
    if (used === 0) this.#run('DELETE FROM holdfast_quota WHERE key = ? AND bucket = ?', key, bucket)
    else this.#run('INSERT OR REPLACE INTO holdfast_quota VALUES (?, ?, ?)', key, bucket, used)
  }

  #nowMs(): number {
    return Math.floor(this.#nowUs() / US_PER_MS)
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.#database.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }

  #get(sql: string, ...values: (string | number)[]): Record<string, unknown> | undefined {
    return this.#statement(sql).get(...values)
  }

  #run(sql: string, ...values: (string | number)[]): void {
    this.#statement(sql).run(...values)
  }
}

/**
 * A store in one SQLite file, for the processes of one machine. News spreads by polling.
 *
 * Counts outlive the processes. A write takes about 20 us of this process; a lock held by another one is waited for 5 ms
 * at a time and retried.
 *
 * @throws {TypeError} Without a file or with both a file and a database.
 * @throws {StoreError} `store-read-only`, `store-corrupt`, `store-newer-schema`, `store-full` or `store-unavailable`.
 * @example
 * const shared = sharedState(sqliteStore({ file: './limits.db' }), { instances: 3 })
 */
export const sqliteStore = (options: SqliteStoreOptions): StateStore => {
  const { file, database } = options
  if ((file === undefined) === (database === undefined) || file === '') {
    throw new TypeError('sqliteStore: give either "file", a path, or "database", an open DatabaseSync.')
  }
  return new SqliteStore(options)
}
