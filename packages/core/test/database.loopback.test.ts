import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { PGlite } from '@electric-sql/pglite'
import { holdRefusedPort, isMissing, startPostgres, type Service } from '@holdfast/test-services'
import { Client, Pool } from 'pg'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { classifyDatabaseError, withTransactionRetry } from '../src/database/index.ts'

const caught = async (run: () => Promise<unknown>): Promise<unknown> => {
  try {
    await run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

const codeOf = async (run: () => Promise<unknown>): Promise<string | undefined> =>
  classifyDatabaseError(await caught(run))?.code

const SCHEMA = `
  CREATE TABLE shop (id int PRIMARY KEY, name text UNIQUE NOT NULL CHECK (length(name) < 9));
  CREATE TABLE item (shop int REFERENCES shop(id));
  INSERT INTO shop VALUES (1, 'one'), (2, 'two');`

const STATEMENTS: readonly (readonly [sql: string, code: string])[] = [
  ["INSERT INTO shop VALUES (3, 'one')", 'unique'],
  ["INSERT INTO shop VALUES (1, 'new')", 'unique'],
  ['INSERT INTO item VALUES (7)', 'foreign-key'],
  ["INSERT INTO shop VALUES (3, 'far too long')", 'invalid-data'],
  ['INSERT INTO shop VALUES (3, NULL)', 'invalid-data'],
  ["SELECT 'x'::int", 'invalid-data'],
  ['SELECT 1/0', 'invalid-data'],
  ['SELECT * FROM nothing', 'schema'],
  ['SELECT nothing FROM shop', 'schema'],
  ['SELEC 1', 'schema'],
]

describe.skipIf(isMissing('postgres', 'postgresql'))('a real PostgreSQL', () => {
  let server: Service
  const clients: { end(): Promise<void> }[] = []
  const client = async (options: object = {}): Promise<Client> => {
    const opened = new Client({ connectionString: server.url, ...options })
    // Without a listener the error of an idle client ends the process.
    opened.on('error', () => undefined)
    await opened.connect()
    clients.push(opened)
    return opened
  }

  beforeAll(async () => {
    server = await startPostgres({ max_connections: '12', max_prepared_transactions: '0' })
    await (await client()).query(SCHEMA)
  })

  afterAll(async () => {
    await Promise.allSettled(clients.map((open) => open.end()))
    await server.stop()
  })

  it.each(STATEMENTS)('%s: %s, with pg and postgres.js', async (sql, code) => {
    const db = await client()
    expect(await codeOf(() => db.query(sql))).toBe(code)
    await db.end()
    const sqlOf = postgres(server.url, { max: 1, onnotice: () => undefined })
    expect(await codeOf(() => sqlOf.unsafe(sql))).toBe(code)
    await sqlOf.end()
  })

  it('locks, timeouts, a failed transaction, a read-only one', async () => {
    const [first, second] = [await client(), await client()]
    await first.query('BEGIN; SELECT * FROM shop WHERE id = 1 FOR UPDATE')
    expect(await codeOf(() => second.query('SELECT * FROM shop WHERE id = 1 FOR UPDATE NOWAIT'))).toBe('locked')
    await second.query("SET lock_timeout = '20ms'")
    expect(await codeOf(() => second.query('UPDATE shop SET name = name WHERE id = 1'))).toBe('locked')
    await first.query('ROLLBACK')
    await second.query("SET statement_timeout = '20ms'")
    expect(await codeOf(() => second.query('SELECT pg_sleep(5)'))).toBe('statement-timeout')
    await second.query('BEGIN')
    await caught(() => second.query('SELEC 1'))
    expect(await codeOf(() => second.query('SELECT 1'))).toBe('failed-transaction')
    await second.query('ROLLBACK; BEGIN READ ONLY')
    expect(await codeOf(() => second.query("INSERT INTO shop VALUES (9, 'nine')"))).toBe('read-only')
    await second.query('ROLLBACK')
  })

  it('a transaction that lost against another', async () => {
    const [first, second] = [await client(), await client()]
    for (const db of [first, second]) await db.query('BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT sum(id) FROM shop')
    await first.query("INSERT INTO shop VALUES (11, 'eleven')")
    await second.query("INSERT INTO shop VALUES (12, 'twelve')")
    await first.query('COMMIT')
    expect(await codeOf(() => second.query('COMMIT'))).toBe('serialization')
    await second.query('ROLLBACK')
  })

  it('a deadlock between two transactions is repeated once, and both finish', async () => {
    const retries: string[] = []
    let atRendezvous = 0
    const transfer = async (db: Client, from: number, to: number): Promise<void> =>
      withTransactionRetry(
        async (retry) => {
          await db.query('BEGIN')
          try {
            await db.query('UPDATE shop SET name = $2 WHERE id = $1', [from, `f${from}${retry}`])
            atRendezvous += 1
            // Only the first round meets; a repetition finds the other one done.
            while (retry === 0 && atRendezvous < 2) await new Promise((resolve) => setTimeout(resolve, 5))
            await db.query('UPDATE shop SET name = $2 WHERE id = $1', [to, `t${to}${from}`])
            await db.query('COMMIT')
          } catch (error) {
            await db.query('ROLLBACK')
            throw error
          }
        },
        { onRetry: ({ code }) => retries.push(code) },
      )
    const [first, second] = [await client(), await client()]
    await Promise.all([transfer(first, 1, 2), transfer(second, 2, 1)])
    expect(retries).toEqual(['deadlock'])
  })

  it('too many connections, a pool without room, a closed one', async () => {
    const crowd: Client[] = []
    const error = await caught(async () => {
      for (;;) crowd.push(await client())
    })
    expect(classifyDatabaseError(error)).toMatchObject({ code: 'too-many-connections', overload: true })
    await Promise.all(crowd.map((open) => open.end()))
    const pool = new Pool({ connectionString: server.url, max: 1, connectionTimeoutMillis: 50 })
    const held = await pool.connect()
    expect(await codeOf(() => pool.query('SELECT 1'))).toBe('pool-exhausted')
    held.release()
    await pool.end()
    expect(await codeOf(() => pool.query('SELECT 1'))).toBe('client-closed')
    const sql = postgres(server.url, { max: 1 })
    await sql`SELECT 1`
    await sql.end()
    expect(await codeOf(async () => sql`SELECT 1`)).toBe('client-closed')
  })

  it('a missing database and a refused connection', async () => {
    expect(await codeOf(() => client({ connectionString: `${server.url}x` }))).toBe('access-denied')
    const { port, release } = await holdRefusedPort()
    expect(await codeOf(() => client({ connectionString: `postgres://postgres@127.0.0.1:${port}/x` }))).toBe(
      'not-connected',
    )
    const sql = postgres(`postgres://postgres@127.0.0.1:${port}/x`, { max: 1, connect_timeout: 1 })
    expect(await codeOf(async () => sql`SELECT 1`)).toBe('not-connected')
    await sql.end()
    await release()
  })

  it('a connection lost while a statement ran leaves its outcome unknown', async () => {
    const [first, second] = [await client(), await client()]
    const running = caught(() => first.query('SELECT pg_sleep(5)'))
    // The statement of the other connection may not have begun yet.
    for (let ended = 0; ended === 0;) {
      const { rows } = await second.query<{ pid: number }>(
        "SELECT pid FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'",
      )
      for (const { pid } of rows) await second.query('SELECT pg_terminate_backend($1)', [pid])
      ended = rows.length
    }
    expect(classifyDatabaseError(await running)).toMatchObject({ code: 'connection-lost', outcome: 'unknown' })
  })

  it('a server that never answers a statement, and one that hangs up', async () => {
    const sockets: Socket[] = []
    const proxy: Server = createServer((socket) => {
      sockets.push(socket)
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const { port } = proxy.address() as { port: number }
    const url = `postgres://postgres@127.0.0.1:${port}/x`
    expect(await codeOf(() => client({ connectionString: url, connectionTimeoutMillis: 50 }))).toMatch(
      /not-connected|pool-exhausted/,
    )
    const slow = await client({ query_timeout: 50 })
    expect(await codeOf(() => slow.query('SELECT pg_sleep(1)'))).toBe('client-timeout')
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => proxy.close(resolve))
  })
})

describe('PGlite', () => {
  let db: PGlite

  beforeAll(async () => {
    db = await PGlite.create()
    await db.exec(SCHEMA)
  })

  afterAll(async () => {
    await db.close()
  })

  it.each(STATEMENTS)('%s: %s', async (sql, code) => {
    expect(await codeOf(() => db.query(sql))).toBe(code)
  })
})

describe('two processes and one SQLite file', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-two-writers-'))

  afterAll(() => {
    rmSync(folder, { recursive: true })
  })

  it('lose no row and let no lock error out', async () => {
    const file = path.join(folder, 'shop.db')
    const db = new DatabaseSync(file)
    db.exec('PRAGMA journal_mode = WAL; CREATE TABLE row (writer INTEGER, number INTEGER) STRICT')
    const script = path.join(import.meta.dirname, 'sqlite-writer.ts')
    const seconds = Number(process.env['HOLDFAST_WRITER_SECONDS'] ?? 3)
    const write = (writer: number): Promise<number> =>
      new Promise((resolve, reject) => {
        const execArgv = ['--disable-warning=ExperimentalWarning', '--conditions=@holdfast/source']
        const child = fork(script, [file, String(writer), String(seconds)], { execArgv, stdio: 'inherit' })
        let written = -1
        child.on('message', (count) => {
          written = count as number
        })
        child.on('exit', (code) => {
          if (code === 0) resolve(written)
          else reject(new Error(`writer ${writer} ended with ${code}`))
        })
      })
    const counts = await Promise.all([write(1), write(2)])
    const rows = db.prepare('SELECT writer, count(*) AS n FROM row GROUP BY writer ORDER BY writer').all()
    expect(rows.map((row) => row['n'])).toEqual(counts)
    expect(Math.min(...counts)).toBeGreaterThan(20)
    db.close()
  }, 60_000)
})
