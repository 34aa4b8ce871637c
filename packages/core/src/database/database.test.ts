import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { toServiceError } from '../service-errors/to-service-error.ts'
import { createTestClock } from '../testing/test-clock.ts'
import { classifyDatabaseError } from './classify-database-error.ts'
import { withLockRetry, withTransactionRetry } from './retry-database.ts'

const caught = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('errors of a real SQLite', () => {
  let folder = ''
  let db: DatabaseSync
  const open = (): DatabaseSync => new DatabaseSync(join(folder, 'shop.db'))

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-sqlite-'))
    db = open()
    db.exec('PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON')
    db.exec('CREATE TABLE shop (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL CHECK (length(name) < 9)) STRICT')
    db.exec('CREATE TABLE item (shop INTEGER REFERENCES shop(id)) STRICT')
    db.exec("INSERT INTO shop VALUES (1, 'one')")
  })

  afterEach(() => {
    if (db.isOpen) db.close()
    rmSync(folder, { recursive: true })
  })

  it.each([
    ["INSERT INTO shop VALUES (2, 'one')", 'unique', 'conflict'],
    ["INSERT INTO shop VALUES (1, 'two')", 'unique', 'conflict'],
    ['INSERT INTO item VALUES (7)', 'foreign-key', 'conflict'],
    ["INSERT INTO shop VALUES (2, 'far too long')", 'invalid-data', 'validation'],
    ['INSERT INTO shop VALUES (2, NULL)', 'invalid-data', 'validation'],
    ["INSERT INTO item VALUES ('text')", 'invalid-data', 'validation'],
    ['SELECT * FROM nothing', 'schema', 'unexpected'],
    ['SELEC 1', 'schema', 'unexpected'],
  ])('%s: %s', (sql, code, serviceCode) => {
    const error = caught(() => {
      db.exec(sql)
    })
    expect(classifyDatabaseError(error)?.code).toBe(code)
    expect(classifyDatabaseError(new Error('mapper', { cause: error }))?.code).toBe(code)
    expect(toServiceError(error).code).toBe(serviceCode)
  })

  it('a locked file, and a snapshot that is too old', () => {
    const other = open()
    other.exec('BEGIN IMMEDIATE')
    const locked = caught(() => {
      db.exec('BEGIN IMMEDIATE')
    })
    expect(classifyDatabaseError(locked)).toMatchObject({ code: 'locked', retry: 'statement', outcome: 'not-done' })
    expect(toServiceError(locked)).toMatchObject({ code: 'service-unavailable', retryable: true })
    other.exec('ROLLBACK')
    db.exec('BEGIN')
    db.prepare('SELECT * FROM shop').all()
    other.exec("INSERT INTO shop VALUES (5, 'five')")
    const stale = caught(() => {
      db.exec("INSERT INTO shop VALUES (6, 'six')")
    })
    expect(classifyDatabaseError(stale)).toMatchObject({ code: 'serialization', retry: 'transaction' })
    db.exec('ROLLBACK')
    other.close()
  })

  it('a closed database, one that cannot be opened, one that is none', () => {
    db.close()
    expect(classifyDatabaseError(caught(() => db.prepare('SELECT 1')))?.code).toBe('client-closed')
    expect(classifyDatabaseError(caught(() => new DatabaseSync(join(folder, 'no', 'such.db'))))?.code).toBe('storage')
    expect(classifyDatabaseError(caught(() => new DatabaseSync(process.execPath).exec('SELECT * FROM x')))?.code).toBe(
      'storage',
    )
  })

  it('withLockRetry waits for the other writer', async () => {
    const other = open()
    other.exec('BEGIN IMMEDIATE')
    const retries: number[] = []
    await withLockRetry(
      () => {
        db.exec("INSERT INTO shop VALUES (2, 'two')")
      },
      {
        onRetry: ({ retry }) => {
          retries.push(retry)
          if (retry === 2) other.exec('ROLLBACK')
        },
        random: () => 0,
      },
    )
    expect(retries).toEqual([1, 2])
    expect(db.prepare('SELECT count(*) AS n FROM shop').get()).toMatchObject({ n: 2 })
    other.close()
  })
})

// Shapes recorded from pg 8, postgres.js 3, PGlite, better-sqlite3 12 and mysql2 3 against PostgreSQL 15 and MariaDB 10.11.
describe('errors of recorded shapes', () => {
  const shape = (message: string, parts: object): Error => Object.assign(new Error(message), parts)

  it.each<[string, Error, string, string]>([
    [
      'pg',
      shape('canceling statement due to lock timeout', { code: '55P03', severity: 'ERROR' }),
      'locked',
      'statement',
    ],
    ['pg', shape('could not serialize access', { code: '40001' }), 'serialization', 'transaction'],
    ['pg', shape('deadlock detected', { code: '40P01' }), 'deadlock', 'transaction'],
    ['pg', shape('current transaction is aborted', { code: '25P02' }), 'failed-transaction', 'never'],
    ['pg', shape('duplicate key', { code: '23505', constraint: 'orders_key' }), 'unique', 'never'],
    ['postgres.js', shape('duplicate key', { code: '23505', constraint_name: 'orders_key' }), 'unique', 'never'],
    ['pg', shape('violates foreign key', { code: '23503' }), 'foreign-key', 'never'],
    ['pg', shape('null value', { code: '23502' }), 'invalid-data', 'never'],
    ['pg', shape('invalid input syntax', { code: '22P02' }), 'invalid-data', 'never'],
    [
      'pg',
      shape('canceling statement due to statement timeout', { code: '57014' }),
      'statement-timeout',
      'if-idempotent',
    ],
    ['pg', shape('too many clients already', { code: '53300' }), 'too-many-connections', 'statement'],
    ['pg', new Error('timeout exceeded when trying to connect'), 'pool-exhausted', 'never'],
    ['pg', shape('terminating connection', { code: '57P01' }), 'connection-lost', 'if-idempotent'],
    ['pg', new Error('Connection terminated unexpectedly'), 'connection-lost', 'if-idempotent'],
    ['pg', new Error('Connection terminated due to connection timeout'), 'not-connected', 'statement'],
    ['pg', shape('the database system is starting up', { code: '57P03' }), 'starting-up', 'statement'],
    ['pg', shape('cannot execute INSERT in a read-only transaction', { code: '25006' }), 'read-only', 'statement'],
    ['pg', new Error('Query read timeout'), 'client-timeout', 'if-idempotent'],
    ['pg', new Error('Cannot use a pool after calling end on the pool'), 'client-closed', 'never'],
    ['pg', shape('password authentication failed', { code: '28P01' }), 'access-denied', 'never'],
    ['pg', shape('permission denied for table', { code: '42501' }), 'access-denied', 'never'],
    ['pg', shape('relation does not exist', { code: '42P01' }), 'schema', 'never'],
    ['pg', shape('could not extend file', { code: '53100' }), 'disk-full', 'never'],
    ['pg', shape('out of memory', { code: '53200' }), 'out-of-memory', 'statement'],
    ['pg', shape('unknown of class 57', { code: '08P01' }), 'connection-lost', 'if-idempotent'],
    [
      'postgres.js',
      shape('write CONNECTION_CLOSED', { code: 'CONNECTION_CLOSED' }),
      'connection-lost',
      'if-idempotent',
    ],
    ['postgres.js', shape('write CONNECT_TIMEOUT', { code: 'CONNECT_TIMEOUT' }), 'not-connected', 'statement'],
    ['postgres.js', shape('write CONNECTION_ENDED', { code: 'CONNECTION_ENDED' }), 'client-closed', 'never'],
    [
      'mysql2',
      shape('Lock wait timeout', { code: 'ER_LOCK_WAIT_TIMEOUT', errno: 1205, sqlState: 'HY000' }),
      'locked',
      'statement',
    ],
    [
      'mysql2',
      shape('Deadlock found', { code: 'ER_LOCK_DEADLOCK', errno: 1213, sqlState: '40001' }),
      'deadlock',
      'transaction',
    ],
    ['mysql2', shape('Duplicate entry', { code: 'ER_DUP_ENTRY', errno: 1062, sqlState: '23000' }), 'unique', 'never'],
    [
      'mysql2',
      shape('CONSTRAINT failed', { code: 'ER_INNODB_AUTOEXTEND_SIZE_OUT_OF_RANGE', errno: 4025, sqlState: '23000' }),
      'invalid-data',
      'never',
    ],
    ['mysql2', shape('new in class 23', { code: 'ER_NEW', errno: 9_999, sqlState: '23000' }), 'invalid-data', 'never'],
    [
      'mysql2',
      shape('closed the connection', { code: 'PROTOCOL_CONNECTION_LOST', fatal: true }),
      'connection-lost',
      'if-idempotent',
    ],
    ['mysql2', new Error('Queue limit reached.'), 'pool-exhausted', 'never'],
    ['mysql2', new Error("Can't add new command when connection is in closed state"), 'client-closed', 'never'],
    ['better-sqlite3', shape('UNIQUE constraint failed', { code: 'SQLITE_CONSTRAINT_UNIQUE' }), 'unique', 'never'],
    ['better-sqlite3', shape('database is locked', { code: 'SQLITE_BUSY' }), 'locked', 'statement'],
    ['better-sqlite3', shape('database is locked', { code: 'SQLITE_BUSY_SNAPSHOT' }), 'serialization', 'transaction'],
    ['better-sqlite3', shape('disk is full', { code: 'SQLITE_FULL' }), 'disk-full', 'never'],
    ['better-sqlite3', shape('disk I/O error', { code: 'SQLITE_IOERR_WRITE' }), 'storage', 'never'],
    ['a socket', shape('connect', { code: 'ECONNREFUSED', syscall: 'connect' }), 'not-connected', 'statement'],
    ['a socket', shape('read', { code: 'ECONNRESET', syscall: 'read' }), 'connection-lost', 'if-idempotent'],
    [
      'several sockets',
      new AggregateError([shape('connect', { code: 'ECONNREFUSED', syscall: 'connect' })]),
      'not-connected',
      'statement',
    ],
  ])('%s: %o is %s, to be repeated: %s', (_driver, error, code, retry) => {
    expect(classifyDatabaseError(error)).toMatchObject({ code, retry })
  })

  it('names the constraint', () => {
    expect(classifyDatabaseError(shape('x', { code: '23505', constraint: 'orders_key' }))?.constraint).toBe(
      'orders_key',
    )
    expect(classifyDatabaseError(shape('x', { code: '23505', constraint: 'a b' }))?.constraint).toBeUndefined()
    expect(toServiceError(shape('x', { code: '23505', constraint: 'k' })).details).toEqual({ constraint: 'k' })
  })

  it.each([
    undefined,
    null,
    'x',
    {},
    new Error('x'),
    new TypeError('fetch failed'),
    { code: 'EPIPE' },
    { code: 'ABCDE' },
  ])('%o is none of a database', (error) => {
    expect(classifyDatabaseError(error)).toBeUndefined()
  })

  it.each<[string, string, string, boolean]>([
    ['23505', 'conflict', 'permanent', false],
    ['57014', 'network-timeout', 'transient', false],
    ['58030', 'corrupt-state', 'fatal', false],
    ['25P02', 'unexpected', 'permanent', false],
    ['53100', 'service-unavailable', 'fatal', false],
    ['42P01', 'unexpected', 'fatal', false],
    ['28P01', 'unexpected', 'fatal', false],
    ['40001', 'service-unavailable', 'transient', true],
    ['22P02', 'validation', 'permanent', false],
  ])('%s is %s to a service, %s, retryable %s', (code, serviceCode, category, retryable) => {
    expect(toServiceError(shape('x', { code }))).toMatchObject({ code: serviceCode, category, retryable })
  })

  it('a broken socket alone is no database to a service', () => {
    const reset = shape('read', { code: 'ECONNRESET', syscall: 'read' })
    expect(toServiceError(reset).upstreamCode).toBeUndefined()
    expect(toServiceError(new Error('Connection terminated unexpectedly')).code).toBe('unknown-outcome')
    expect(toServiceError(new Error('Connection terminated unexpectedly'), { idempotent: true }).code).toBe(
      'service-unavailable',
    )
  })
})

describe('repeating', () => {
  const failing = (...codes: string[]) => {
    const tries: number[] = []
    return {
      tries,
      run: (retry: number): string => {
        tries.push(retry)
        const code = codes.shift()
        if (code !== undefined) throw Object.assign(new Error(code), { code })
        return 'done'
      },
    }
  }
  const options = () => ({ clock: createTestClock(), random: () => 0 })

  it('a transaction is begun anew after a deadlock, a serialization failure and a lock', async () => {
    const { tries, run } = failing('40P01', '40001', '55P03')
    expect(await withTransactionRetry(run, options())).toBe('done')
    expect(tries).toEqual([0, 1, 2, 3])
  })

  it('a statement is not repeated for what undid a transaction', async () => {
    const { run } = failing('40P01')
    await expect(withLockRetry(run, options())).rejects.toMatchObject({ code: '40P01' })
  })

  it.each(['57P01', '08006', '57014', '23505', '42P01'])('%s is never repeated', async (code) => {
    const { tries, run } = failing(code)
    await expect(withTransactionRetry(run, options())).rejects.toMatchObject({ code })
    expect(tries).toEqual([0])
  })

  it('ends after as many as allowed, with growing waits', async () => {
    const { tries, run } = failing(...Array.from({ length: 9 }, () => '40001'))
    const delays: number[] = []
    const clock = createTestClock()
    const pending = withTransactionRetry(run, {
      clock,
      random: () => 0.999,
      baseMs: 100,
      maxMs: 300,
      maxRetries: 3,
      onRetry: ({ delayMs }) => delays.push(Math.round(delayMs)),
    })
    await expect(clock.run(pending)).rejects.toMatchObject({ code: '40001' })
    expect(tries).toEqual([0, 1, 2, 3])
    expect(delays).toEqual([100, 200, 300])
  })

  it('ends with the signal', async () => {
    const controller = new AbortController()
    const { run } = failing('40001', '40001')
    const onRetry = (): void => {
      controller.abort(new Error('left'))
    }
    const pending = withTransactionRetry(run, { ...options(), random: () => 0.5, signal: controller.signal, onRetry })
    await expect(pending).rejects.toMatchObject({ code: '40001' })
    await expect(withTransactionRetry(run, { signal: controller.signal })).rejects.toThrow('left')
  })

  it('refuses bad options', async () => {
    await expect(withLockRetry(() => 1, { maxRetries: -1 })).rejects.toThrow('option "maxRetries"')
  })
})
