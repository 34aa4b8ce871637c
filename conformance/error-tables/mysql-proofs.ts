import { holdRefusedPort, startMariadb } from '@holdfast/test-services'
import { createConnection, createPool, type Connection, type ConnectionOptions } from 'mysql2/promise'
import { caught, prove } from './database-proofs.ts'

const SCHEMA = `
  CREATE DATABASE IF NOT EXISTS test; CREATE DATABASE secret; USE test;
  CREATE TABLE shop (id INT PRIMARY KEY, name VARCHAR(20) UNIQUE NOT NULL, CHECK (length(name) < 9)) ENGINE=InnoDB;
  CREATE TABLE item (shop INT, FOREIGN KEY (shop) REFERENCES shop(id)) ENGINE=InnoDB;
  INSERT INTO shop VALUES (1, 'one'), (2, 'two'), (3, 'three'); INSERT INTO item VALUES (3);
  CREATE USER 'shop'@'%' IDENTIFIED BY 'right'; GRANT ALL ON test.* TO 'shop'@'%'`

const STATEMENTS: readonly (readonly [signal: number, sql: string])[] = [
  [1062, "INSERT INTO shop VALUES (4, 'one')"],
  [1451, 'DELETE FROM shop WHERE id = 3'],
  [1452, 'INSERT INTO item VALUES (77)'],
  [4025, "INSERT INTO shop VALUES (4, 'far too long')"],
  [1048, 'INSERT INTO shop VALUES (4, NULL)'],
  [1366, "INSERT INTO shop VALUES ('x', 'x')"],
  [1064, 'SELEC 1'],
  [1146, 'SELECT * FROM nothing'],
  [1054, 'SELECT nothing FROM shop'],
  [1969, 'SET STATEMENT max_statement_time = 0.02 FOR SELECT SLEEP(5)'],
]

type Connect = (options?: ConnectionOptions) => Promise<Connection>

const transactions = async (connect: Connect): Promise<void> => {
  const [first, second] = await Promise.all([connect(), connect()])
  await second.query('SET SESSION innodb_lock_wait_timeout = 1')
  await first.query('BEGIN')
  await first.query('SELECT * FROM shop WHERE id = 1 FOR UPDATE')
  prove('MySQL', 1205, 'real', await caught(() => second.query('UPDATE shop SET name = name WHERE id = 1')))
  await second.query('BEGIN')
  await second.query('SELECT * FROM shop WHERE id = 2 FOR UPDATE')
  const [one, two] = await Promise.all([
    first.query('SELECT * FROM shop WHERE id = 2 FOR UPDATE').catch((error: unknown) => error),
    second.query('SELECT * FROM shop WHERE id = 1 FOR UPDATE').catch((error: unknown) => error),
  ])
  prove('MySQL', 1213, 'real', one instanceof Error ? one : two)
  await Promise.all([first.query('ROLLBACK'), second.query('ROLLBACK')])
  await first.query('SET SESSION innodb_snapshot_isolation = ON')
  await first.query('START TRANSACTION WITH CONSISTENT SNAPSHOT')
  await second.query("UPDATE shop SET name = 'new' WHERE id = 2")
  prove('MySQL', 1020, 'real', await caught(() => first.query("UPDATE shop SET name = 'mine' WHERE id = 2")))
  await Promise.all([first.end(), second.end()])
}

const limits = async (connect: Connect): Promise<void> => {
  const root = await connect()
  const busy = await connect()
  const counting = caught(() =>
    busy.query('SELECT count(*) FROM seq_1_to_1000000 a JOIN seq_1_to_1000000 b ON a.seq % 7 = b.seq % 5'),
  )
  await new Promise((resolve) => setTimeout(resolve, 50))
  await root.query(`KILL QUERY ${busy.threadId}`)
  prove('MySQL', 1317, 'real', await counting)
  prove(
    'MySQL',
    'PROTOCOL_SEQUENCE_TIMEOUT',
    'real',
    await caught(() => busy.query({ sql: 'SELECT SLEEP(1)', timeout: 30 })),
  )
  const lost = await connect()
  lost.on('error', () => undefined)
  const running = caught(() => lost.query('SELECT SLEEP(5)'))
  await new Promise((resolve) => setTimeout(resolve, 50))
  await root.query(`KILL CONNECTION ${lost.threadId}`)
  prove('MySQL', 'PROTOCOL_CONNECTION_LOST', 'real', await running)
  prove('MySQL', 'closed state', 'real', await caught(() => lost.query('SELECT 1')))
  await root.query('SET SESSION max_heap_table_size = 16384')
  await root.query('CREATE TABLE small (x CHAR(200)) ENGINE=MEMORY')
  prove('MySQL', 1114, 'real', await caught(() => root.query("INSERT INTO small SELECT 'x' FROM seq_1_to_10000")))
  await root.query('SET GLOBAL read_only = 1')
  const user = await connect({ user: 'shop', password: 'right' })
  prove('MySQL', 1290, 'real', await caught(() => user.query("INSERT INTO shop VALUES (9, 'nine')")))
  await root.query('SET GLOBAL read_only = 0')
  await Promise.all([root.end(), user.end()])
  busy.destroy()
}

const crowds = async (connect: Connect): Promise<void> => {
  const asUser = (): Promise<Connection> => connect({ user: 'shop', password: 'right' })
  const crowd: Connection[] = []
  const fill = (open: () => Promise<Connection>): Promise<unknown> =>
    caught(async () => {
      for (;;) crowd.push(await open())
    })
  prove('MySQL', 1203, 'real', await fill(asUser))
  prove('MySQL', 1040, 'real', await fill(connect))
  await Promise.all(crowd.map((each) => each.end()))
}

const clients = async (url: string, connect: Connect): Promise<void> => {
  const user = { user: 'shop', password: 'right' }
  prove('MySQL', 1045, 'real', await caught(() => connect({ user: 'shop', password: 'wrong' })))
  prove('MySQL', 1044, 'real', await caught(() => connect({ ...user, database: 'secret' })))
  prove('MySQL', 1049, 'real', await caught(() => connect({ database: 'missing' })))
  const refused = await holdRefusedPort()
  const { port } = refused
  prove('MySQL', 'ECONNREFUSED', 'real', await caught(() => connect({ port })))
  await refused.release()
  const pool = createPool({ uri: url, connectionLimit: 1, queueLimit: 1 })
  const held = await pool.getConnection()
  const queued = pool.query('SELECT 1')
  prove('MySQL', 'Queue limit reached.', 'real', await caught(() => pool.query('SELECT 1')))
  held.release()
  await queued
  await pool.end()
}

/** What a real MariaDB says, through mysql2. */
export const proveMariadb = async (): Promise<void> => {
  const server = await startMariadb({ 'max-connections': '10', 'max-user-connections': '4' })
  const options = { host: '127.0.0.1', port: server.port, user: 'root' }
  const connect: Connect = (more) => createConnection({ ...options, database: 'test', ...more })
  try {
    const root = await createConnection({ ...options, multipleStatements: true })
    await root.query(SCHEMA)
    for (const [signal, sql] of STATEMENTS) prove('MySQL', signal, 'real', await caught(() => root.query(sql)))
    // Conditions of MySQL 8, of a full disk and of an exhausted memory: the number as the server and the driver carry it.
    for (const number of [3572, 3819, 3024, 1836, 1021, 1041, 1037]) {
      const sql = `SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = ${number}, MESSAGE_TEXT = 'raised'`
      prove('MySQL', number, 'raised', await caught(() => root.query(sql)))
    }
    await root.end()
    await transactions(connect)
    await limits(connect)
    await clients(server.url, connect)
    await crowds(connect)
  } finally {
    await server.stop()
  }
}

/** Numbers of MySQL's C client, which reach Node through programs that wrap it. */
export const proveRecordedMysql = (): void => {
  for (const errno of [2002, 2003, 2006, 2013]) {
    const shape = Object.assign(new Error('recorded'), { code: 'ER_CLIENT', errno, sqlState: 'HY000' })
    prove('MySQL', errno, 'recorded', shape)
  }
}
