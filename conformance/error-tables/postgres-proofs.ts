import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect as connectSocket, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { holdRefusedPort, startPostgres } from '@holdfast/test-services'
import { Client, Pool } from 'pg'
import postgres from 'postgres'
import { caught, prove } from './database-proofs.ts'

const SCHEMA = `
  CREATE TABLE shop (id int PRIMARY KEY, name text UNIQUE NOT NULL CHECK (length(name) < 9));
  CREATE TABLE item (shop int REFERENCES shop(id));
  INSERT INTO shop VALUES (1, 'one'), (2, 'two');
  CREATE EXTENSION dblink;
  CREATE ROLE shop LOGIN; CREATE ROLE locked LOGIN PASSWORD 'right'; CREATE ROLE nobody LOGIN`

const STATEMENTS: readonly (readonly [signal: string, sql: string])[] = [
  ['23505', "INSERT INTO shop VALUES (3, 'one')"],
  ['23503', 'INSERT INTO item VALUES (7)'],
  ['23514', "INSERT INTO shop VALUES (3, 'far too long')"],
  ['23502', 'INSERT INTO shop VALUES (3, NULL)'],
  ['22P02', "SELECT 'x'::int"],
  ['22012', 'SELECT 1/0'],
  ['42601', 'SELEC 1'],
  ['42P01', 'SELECT * FROM nothing'],
  ['42703', 'SELECT nothing FROM shop'],
  ['08003', "SELECT dblink_disconnect('none')"],
  ['53400', "SET temp_file_limit = '64kB'; SELECT * FROM generate_series(1, 300000) AS n ORDER BY random()"],
]

// What takes a full disk or a broken page; of the crash of a neighbour (57P02) PostgreSQL 15 tells as a notice only.
const RAISED = ['57P02', '08004', '08006', '58030', 'XX001', '53100']

type Connect = (options?: object) => Promise<Client>

const transactions = async (connect: Connect): Promise<void> => {
  const [first, second] = [await connect(), await connect()]
  await first.query('BEGIN; SELECT * FROM shop WHERE id = 1 FOR UPDATE')
  prove('PostgreSQL', '55P03', 'real', await caught(() => second.query('SELECT * FROM shop FOR UPDATE NOWAIT')))
  await second.query('BEGIN; SELECT * FROM shop WHERE id = 2 FOR UPDATE')
  const [one, two] = await Promise.all([
    first.query('SELECT * FROM shop WHERE id = 2 FOR UPDATE').catch((error: unknown) => error),
    second.query('SELECT * FROM shop WHERE id = 1 FOR UPDATE').catch((error: unknown) => error),
  ])
  prove('PostgreSQL', '40P01', 'real', one instanceof Error ? one : two)
  await Promise.all([first.query('ROLLBACK'), second.query('ROLLBACK')])
  for (const db of [first, second]) await db.query('BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT sum(id) FROM shop')
  await first.query("INSERT INTO shop VALUES (11, 'eleven')")
  await second.query("INSERT INTO shop VALUES (12, 'twelve')")
  await first.query('COMMIT')
  prove('PostgreSQL', '40001', 'real', await caught(() => second.query('COMMIT')))
  await second.query('ROLLBACK; BEGIN')
  await caught(() => second.query('SELEC 1'))
  prove('PostgreSQL', '25P02', 'real', await caught(() => second.query('SELECT 1')))
  await second.query('ROLLBACK; BEGIN READ ONLY')
  prove('PostgreSQL', '25006', 'real', await caught(() => second.query("INSERT INTO shop VALUES (9, 'nine')")))
  await second.query("ROLLBACK; SET statement_timeout = '20ms'")
  prove('PostgreSQL', '57014', 'real', await caught(() => second.query('SELECT pg_sleep(5)')))
  const many = Array.from({ length: 2_000 }, (_, at) => `CREATE TABLE t${at} ();`).join('')
  prove('PostgreSQL', '53200', 'real', await caught(() => first.query(`BEGIN; ${many}`)))
  await Promise.all([first.end(), second.end()])
}

const access = async (connect: Connect): Promise<void> => {
  prove('PostgreSQL', '28P01', 'real', await caught(() => connect({ user: 'locked', password: 'wrong' })))
  prove('PostgreSQL', '28000', 'real', await caught(() => connect({ user: 'nobody' })))
  prove('PostgreSQL', '3D000', 'real', await caught(() => connect({ database: 'missing' })))
  const shop = await connect({ user: 'shop' })
  prove('PostgreSQL', '42501', 'real', await caught(() => shop.query('SELECT * FROM shop')))
  await shop.end()
}

const connections = async (connect: Connect, url: string): Promise<void> => {
  const crowd: Client[] = []
  const full = await caught(async () => {
    for (;;) crowd.push(await connect())
  })
  prove('PostgreSQL', '53300', 'real', full)
  await Promise.all(crowd.map((each) => each.end()))
  const pool = new Pool({ connectionString: url, max: 1, connectionTimeoutMillis: 50 })
  const held = await pool.connect()
  prove('PostgreSQL', 'timeout exceeded when trying to connect', 'real', await caught(() => pool.query('SELECT 1')))
  held.release()
  await pool.end()
  const ended = 'Cannot use a pool after calling end on the pool'
  prove('PostgreSQL', ended, 'real', await caught(() => pool.query('SELECT 1')))
  const sql = postgres(url, { max: 1 })
  await sql`SELECT 1`
  await sql.end()
  prove('PostgreSQL', 'CONNECTION_ENDED', 'real', await caught(async () => sql`SELECT 1`))
  const slow = await connect({ query_timeout: 30 })
  prove('PostgreSQL', 'Query read timeout', 'real', await caught(() => slow.query('SELECT pg_sleep(0.3)')))
  await slow.end()
  const refused = await holdRefusedPort()
  const { port } = refused
  prove('PostgreSQL', 'ECONNREFUSED', 'real', await caught(() => connect({ port })))
  const db = await connect()
  const through = `SELECT dblink_connect('far', 'host=127.0.0.1 port=${port} connect_timeout=2')`
  prove('PostgreSQL', '08001', 'real', await caught(() => db.query(through)))
  await db.end()
  await refused.release()
}

/** A way to the server that says nothing, or breaks while a statement runs. */
const badWays = async (connect: Connect, serverPort: number): Promise<void> => {
  const sockets: Socket[] = []
  let isSilent = true
  const way = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    if (isSilent) return
    const onward = connectSocket(serverPort, '127.0.0.1')
    onward.on('error', () => undefined)
    sockets.push(onward)
    socket.pipe(onward).pipe(socket)
  })
  await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve))
  const { port } = way.address() as { port: number }
  const through = { host: '127.0.0.1', port, user: 'postgres', database: 'postgres' }
  const pool = new Pool({ ...through, connectionTimeoutMillis: 50 })
  const late = await caught(() => pool.query('SELECT 1'))
  prove('PostgreSQL', 'Connection terminated due to connection timeout', 'real', late)
  await pool.end()
  const waiting = postgres({ ...through, max: 1, connect_timeout: 1 })
  prove('PostgreSQL', 'CONNECT_TIMEOUT', 'real', await caught(async () => waiting`SELECT 1`))
  await waiting.end({ timeout: 0 })
  isSilent = false
  const [first, second] = [await connect(through), postgres({ ...through, max: 1 })]
  await second`SELECT 1`
  const running = [caught(() => first.query('SELECT pg_sleep(5)')), caught(async () => second`SELECT pg_sleep(5)`)]
  await new Promise((resolve) => setTimeout(resolve, 50))
  for (const socket of sockets) socket.destroy()
  prove('PostgreSQL', 'Connection terminated unexpectedly', 'real', await running[0])
  prove('PostgreSQL', 'CONNECTION_CLOSED', 'real', await running[1])
  await second.end({ timeout: 0 })
  await new Promise((resolve) => way.close(resolve))
}

/** A backend that is ended, and a server that shuts down. */
const endings = async (connect: Connect, pid: number): Promise<void> => {
  const [first, second] = [await connect(), await connect()]
  const pidOf = async (db: Client): Promise<number> =>
    (await db.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid ?? 0
  const backend = await pidOf(first)
  const ended = caught(() => first.query('SELECT pg_sleep(5)'))
  await second.query('SELECT pg_terminate_backend($1)', [backend])
  prove('PostgreSQL', '57P01', 'real', await ended)
  // A smart shutdown lets those who are in stay and nobody else in.
  process.kill(pid, 'SIGTERM')
  let refused: unknown
  for (let tries = 0; tries < 100 && (refused as { code?: string } | undefined)?.code !== '57P03'; tries += 1) {
    refused = await connect().then(
      (open) => open.end(),
      (error: unknown) => error,
    )
  }
  prove('PostgreSQL', '57P03', 'real', refused)
  await second.end()
}

/** What a real PostgreSQL says, through pg and postgres.js. */
export const provePostgres = async (): Promise<void> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-hba-'))
  const hba = path.join(folder, 'pg_hba.conf')
  writeFileSync(hba, 'host all locked all scram-sha-256\nhost all nobody all reject\nhost all all all trust\n')
  chmodSync(folder, 0o755)
  const server = await startPostgres({
    max_connections: '12',
    max_prepared_transactions: '0',
    max_locks_per_transaction: '10',
    deadlock_timeout: '50ms',
    work_mem: '64kB',
    hba_file: hba,
  })
  const connect: Connect = async (options = {}) => {
    const base = { host: '127.0.0.1', port: server.port, user: 'postgres', database: 'postgres' }
    const client = new Client({ ...base, ...options })
    // Without a listener the error of an idle client ends the process.
    client.on('error', () => undefined)
    await client.connect()
    return client
  }
  try {
    const db = await connect()
    await db.query(SCHEMA)
    const sql = postgres(server.url, { max: 1, onnotice: () => undefined })
    for (const [signal, statement] of STATEMENTS) {
      prove('PostgreSQL', signal, 'real', await caught(() => db.query(statement)))
      prove('PostgreSQL', signal, 'real', await caught(() => sql.unsafe(statement)))
    }
    for (const state of RAISED) {
      const raise = `DO $$ BEGIN RAISE EXCEPTION 'raised' USING ERRCODE = '${state}'; END $$`
      prove('PostgreSQL', state, 'raised', await caught(() => db.query(raise)))
    }
    await Promise.all([sql.end(), db.end()])
    await transactions(connect)
    await access(connect)
    await connections(connect, server.url)
    await badWays(connect, server.port)
    await endings(connect, server.pid)
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true })
  }
}
