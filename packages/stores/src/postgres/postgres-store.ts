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
import { StoreError } from '../store-error.ts'
import { NotificationListener } from './listener.ts'
import { namedPostgresError } from './postgres-errors.ts'
import type { PostgresPool } from './postgres-pool.ts'
import { postgresSchema, SCHEMA_VERSION } from './schema.ts'

export interface PostgresStoreOptions {
  /** A pool of `pg`; one of its connections listens for news while somebody watches. It stays open. */
  readonly pool: PostgresPool
  /** Whether the tables are made at the first use, in the schema `holdfast`. Default true. */
  readonly makeSchema?: boolean
  /** Time in us, for tests. Default: the server's clock. */
  readonly nowUs?: () => number
}

const US_PER_MS = 1_000
// Several processes that start at once make the schema one after the other.
const SCHEMA_LOCK = 5_640

/** Drivers give bigint as text. */
const numberOf = (row: Record<string, unknown> | undefined, name: string): number => Number(row?.[name] ?? 0)

class PostgresStore implements StateStore {
  readonly name = 'postgres'
  readonly shared = true
  readonly #pool: PostgresPool
  readonly #makeSchema: boolean
  readonly #nowUs: (() => number) | undefined
  readonly #listener: NotificationListener
  #ready: Promise<void> | undefined

  constructor({ pool, makeSchema = true, nowUs }: PostgresStoreOptions) {
    this.#pool = pool
    this.#makeSchema = makeSchema
    this.#nowUs = nowUs
    this.#listener = new NotificationListener(pool)
  }

  async durability(): Promise<Durability> {
    const [row] = await this.#query(
      "SELECT relpersistence = 'p' AS logged FROM pg_class WHERE oid = 'holdfast.quota'::regclass",
    )
    return row?.['logged'] === true
      ? { durable: true, detail: 'quotas are in a logged table' }
      : { durable: false, detail: 'the table holdfast.quota is not logged' }
  }

  async take(key: string, { emissionUs, burst }: StoreRate, cost: number): Promise<Taken> {
    const [row] = await this.#query('SELECT * FROM holdfast.take($1, $2, $3, $4, $5)', [
      key,
      emissionUs,
      burst,
      cost,
      this.#now(),
    ])
    return {
      granted: numberOf(row, 'granted'),
      remaining: numberOf(row, 'remaining'),
      retryAfterMs: numberOf(row, 'retry_us') / US_PER_MS,
    }
  }

  async reserve(key: string, { limit, windowMs, bucketMs }: StoreQuota, cost: number): Promise<Reserved> {
    const values = [key, limit, windowMs, bucketMs, cost, this.#now()]
    const [row] = await this.#query('SELECT * FROM holdfast.reserve($1, $2, $3, $4, $5, $6)', values)
    return {
      granted: numberOf(row, 'granted'),
      remaining: numberOf(row, 'remaining'),
      resetMs: numberOf(row, 'reset_ms'),
    }
  }

  async observe(key: string, { limit, windowMs, bucketMs }: StoreQuota, seen: SeenQuota): Promise<void> {
    const used = (seen.limit ?? limit) - seen.remaining
    const values = [key, limit, windowMs, bucketMs, used, this.#now()]
    await this.#query('SELECT holdfast.observe($1, $2, $3, $4, $5, $6)', values)
  }

  async put(key: string, value: string, { ttlMs, ifAbsent = false }: PutOptions): Promise<boolean> {
    const values = [key, value, Math.ceil(ttlMs), ifAbsent, this.#now()]
    const [row] = await this.#query('SELECT holdfast.put($1, $2, $3, $4, $5) AS written', values)
    return row?.['written'] === true
  }

  async list(prefix: string): Promise<(readonly [key: string, value: string, ttlMs: number])[]> {
    const rows = await this.#query(
      `SELECT key, value, (until_us - now_us) / 1000 AS ttl_ms
         FROM holdfast.state, (SELECT holdfast.now_us($2) AS now_us OFFSET 0) AS clock
        WHERE starts_with(key, $1) AND until_us > now_us`,
      [prefix, this.#now()],
    )
    return rows.map((row) => [String(row['key']), String(row['value']), numberOf(row, 'ttl_ms')] as const)
  }

  watch(prefix: string, listener: (key: string, value: string | null) => void): () => void {
    return this.#listener.add(prefix, listener)
  }

  close(): Promise<void> {
    this.#listener.close()
    return Promise.resolve()
  }

  #now(): number | null {
    return this.#nowUs?.() ?? null
  }

  async #query(sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    try {
      this.#ready ??= this.#prepare()
      await this.#ready
      const { rows } = await this.#pool.query(sql, values)
      return rows
    } catch (error) {
      throw namedPostgresError(error)
    }
  }

  async #prepare(): Promise<void> {
    try {
      const { rows } = await this.#pool.query("SELECT to_regclass('holdfast.schema') IS NOT NULL AS present")
      if (rows[0]?.['present'] === true) {
        const found = await this.#pool.query("SELECT version FROM holdfast.schema WHERE part = 'stores'")
        const version = numberOf(found.rows[0], 'version')
        if (version > SCHEMA_VERSION)
          throw new StoreError(
            'store-newer-schema',
            'Postgres schema holdfast',
            undefined,
            `schema ${version}, this one knows ${SCHEMA_VERSION}`,
          )
        if (version === SCHEMA_VERSION) return
      }
      if (!this.#makeSchema)
        throw new StoreError(
          'store-unavailable',
          'Postgres schema holdfast',
          undefined,
          'it is missing and makeSchema is false: run postgresSchema once',
        )
      // One simple query is one transaction, so the lock holds to its end.
      await this.#pool.query(`SELECT pg_advisory_xact_lock(${SCHEMA_LOCK}); ${postgresSchema}`)
    } catch (error) {
      // The next use tries again: the server may only have been starting.
      this.#ready = undefined
      throw error
    }
  }
}

/**
 * A store in Postgres, for those who have it and no Redis; news is pushed by NOTIFY.
 *
 * @throws {TypeError} Without a pool.
 * @example
 * const shared = sharedState(postgresStore({ pool: new Pool({ connectionString }) }), { instances: 3 })
 */
export const postgresStore = (options: PostgresStoreOptions): StateStore => {
  if (typeof options.pool !== 'object' || typeof (options.pool as Partial<PostgresPool>).query !== 'function')
    throw new TypeError('postgresStore: option "pool" must be a Pool of the package pg.')
  return new PostgresStore(options)
}
