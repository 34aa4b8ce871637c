import { withLockRetry } from '@holdfast/core/database'
import { DeadLetterError } from '../dead-letter-error.ts'
import type { DeadLetterQueue } from '../queue.ts'
import { capsOf, type CapOptions } from '../sql/caps.ts'
import type { Dialect, Row, SqlValue } from '../sql/dialect.ts'
import { SCHEMA_VERSION, TABLE, createTable } from '../sql/schema.ts'
import { SqlQueue } from '../sql/sql-queue.ts'
import { postgresError } from './postgres-errors.ts'

/** What is used of a `Pool` of `pg`. */
export interface PostgresPool {
  query(
    text: string,
    values?: unknown[],
  ): Promise<{ readonly rows: readonly Record<string, unknown>[]; readonly rowCount: number | null }>
  on(event: 'error', listener: (error: Error) => void): unknown
  end(): Promise<void>
}

export interface PostgresQueueOptions extends Partial<CapOptions> {
  /** A pool of yours, which stays open; it needs a `query_timeout` of its own. */
  readonly pool?: PostgresPool
  /** Connection string of a pool of the queue's own. */
  readonly connectionString?: string
  /** Told of an idle connection that broke; the pool makes a new one. */
  readonly onWarning?: (message: string) => void
}

const QUERY_TIMEOUT_MS = 5_000
const CONNECTIONS = 4
const META = 'holdfast_dead_letter_meta'
// The time of the server; all processes share it.
const NOW = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint'

class PostgresDialect implements Dialect {
  readonly skipLocked = 'FOR UPDATE SKIP LOCKED'
  readonly #pool: PostgresPool
  readonly #isOwn: boolean

  constructor(pool: PostgresPool, isOwn: boolean) {
    this.#pool = pool
    this.#isOwn = isOwn
  }

  async rows(sql: string, parameters: readonly SqlValue[]): Promise<readonly Row[]> {
    return (await this.#query(sql, parameters)).rows
  }

  async change(sql: string, parameters: readonly SqlValue[]): Promise<number> {
    return (await this.#query(sql, parameters)).rowCount ?? 0
  }

  isOneOf(column: string, parameter: string): string {
    return `${column} IN (SELECT jsonb_array_elements_text(${parameter}::jsonb))`
  }

  async vacuum(): Promise<void> {
    await this.#query(`VACUUM ${TABLE}`, [])
  }

  async check(): Promise<string> {
    const [row] = await this.rows(`SELECT count(*) AS letters FROM ${TABLE} WHERE id IS NULL`, [])
    return Number(row?.['letters']) === 0 ? 'ok' : 'letters without an id'
  }

  async close(): Promise<void> {
    if (this.#isOwn) await this.#pool.end()
  }

  async #query(sql: string, parameters: readonly SqlValue[]): ReturnType<PostgresPool['query']> {
    const text = sql.replaceAll('{now}', NOW)
    // pg knows bytes as Buffer alone.
    const values = parameters.map((value) =>
      value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value,
    )
    try {
      return await withLockRetry(() => this.#pool.query(text, values))
    } catch (error) {
      throw postgresError(error)
    }
  }
}

const ownPool = async (connectionString: string): Promise<PostgresPool> => {
  const { default: pg } = await import('pg')
  return new pg.Pool({
    connectionString,
    max: CONNECTIONS,
    connectionTimeoutMillis: QUERY_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    application_name: 'holdfast-dead-letter',
    allowExitOnIdle: true,
  })
}

// Two processes that start together would both make the table.
const SCHEMA_LOCK = 0x48_46_44_4c

const prepareSchema = async (pool: PostgresPool): Promise<void> => {
  const statements = createTable({
    seq: 'bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
    integer: 'bigint',
    bytes: 'bytea',
    suffix: '',
  })
  // Of several statements without parameters PostgreSQL makes one transaction.
  await pool.query(
    [
      `SELECT pg_advisory_xact_lock(${SCHEMA_LOCK})`,
      `CREATE TABLE IF NOT EXISTS ${META} (version integer NOT NULL)`,
      `INSERT INTO ${META} SELECT ${SCHEMA_VERSION} WHERE NOT EXISTS (SELECT 1 FROM ${META})`,
      ...statements,
    ].join(';\n'),
  )
}

const checkSchema = async (pool: PostgresPool): Promise<boolean> => {
  const { rows: tables } = await pool.query('SELECT to_regclass($1) IS NOT NULL AS present', [META])
  if (tables[0]?.['present'] !== true) return false
  const { rows } = await pool.query(`SELECT version FROM ${META}`)
  const version = Number(rows[0]?.['version'])
  if (version > SCHEMA_VERSION) {
    throw new DeadLetterError(
      'newer-schema',
      `the database has schema version ${version}, and this package knows versions up to ${SCHEMA_VERSION}. ` +
        'Nothing was changed. Use the newer @holdfast/dead-letter that wrote it.',
    )
  }
  return version === SCHEMA_VERSION
}

/**
 * Opens, and where needed makes, a queue in a PostgreSQL database, for processes on several machines.
 *
 * It makes the tables `holdfast_dead_letters` and `holdfast_dead_letter_meta` in the first schema of the search path.
 *
 * @throws {DeadLetterError} `cannot-open`, `read-only`, `newer-schema` or `database`.
 * @throws {TypeError} For a bad option.
 * @example
 * const queue = await openPostgresQueue({ connectionString: process.env.DATABASE_URL })
 */
export const openPostgresQueue = async (options: PostgresQueueOptions): Promise<DeadLetterQueue> => {
  const owner = 'openPostgresQueue'
  const caps = capsOf(owner, options)
  const { pool: given, connectionString, onWarning } = options
  if ((given === undefined) === (connectionString === undefined))
    throw new TypeError(`${owner}: give either "pool" or "connectionString".`)
  const pool = given ?? (await ownPool(connectionString ?? ''))
  // An idle connection that breaks would otherwise end the process.
  if (given === undefined)
    pool.on('error', () => onWarning?.('an idle connection to PostgreSQL broke; the pool makes a new one'))
  try {
    if (!(await checkSchema(pool))) await prepareSchema(pool)
    return new SqlQueue(new PostgresDialect(pool, given === undefined), caps)
  } catch (error) {
    if (given === undefined) await pool.end()
    throw postgresError(error)
  }
}
