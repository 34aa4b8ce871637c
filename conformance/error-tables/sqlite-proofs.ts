import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import BetterSqlite from 'better-sqlite3'
import { caught, prove } from './database-proofs.ts'

/** What both drivers can do. */
interface Sqlite {
  exec(sql: string): unknown
  iterate(sql: string): IterableIterator<unknown>
  close(): void
}

type Open = (file: string, options?: { readonly readOnly?: boolean }) => Sqlite

const SQLITE_DRIVERS: Readonly<Record<string, Open>> = {
  'node:sqlite': (file, { readOnly = false } = {}) => {
    const db = new DatabaseSync(file, { readOnly, timeout: 0 })
    return {
      exec: (sql) => {
        db.exec(sql)
      },
      iterate: (sql) => db.prepare(sql).iterate(),
      close: () => {
        db.close()
      },
    }
  },
  'better-sqlite3': (file, { readOnly = false } = {}) => {
    const db = new BetterSqlite(file, { readonly: readOnly, timeout: 0 })
    return {
      exec: (sql) => db.exec(sql),
      iterate: (sql) => db.prepare(sql).iterate(),
      close: () => {
        db.close()
      },
    }
  },
}

export const sqliteDrivers = Object.keys(SQLITE_DRIVERS)

const SCHEMA = `
  PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;
  CREATE TABLE shop (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL CHECK (length(name) < 9)) STRICT;
  CREATE TABLE item (shop INTEGER REFERENCES shop(id)) STRICT;
  CREATE TABLE note (text TEXT);
  INSERT INTO shop VALUES (1, 'one'); INSERT INTO note (rowid, text) VALUES (1, 'a')`

const STATEMENTS: readonly (readonly [signal: number, sql: string])[] = [
  [2067, "INSERT INTO shop VALUES (2, 'one')"],
  [1555, "INSERT INTO shop VALUES (1, 'two')"],
  [2579, "INSERT INTO note (rowid, text) VALUES (1, 'b')"],
  [787, 'INSERT INTO item VALUES (7)'],
  [275, "INSERT INTO shop VALUES (2, 'far too long')"],
  [1299, 'INSERT INTO shop VALUES (2, NULL)'],
  [3091, "INSERT INTO item VALUES ('text')"],
  [1, 'SELEC 1'],
]

const locks = async (open: Open, file: string): Promise<void> => {
  const [first, second] = [open(file), open(file)]
  first.exec('BEGIN IMMEDIATE')
  prove('SQLite', 5, 'real', await caught(() => second.exec('BEGIN IMMEDIATE')))
  first.exec('ROLLBACK')
  first.exec('BEGIN')
  const rows = first.iterate('SELECT * FROM shop')
  rows.next()
  second.exec("INSERT INTO shop VALUES (5, 'five')")
  rows.return?.()
  prove('SQLite', 517, 'real', await caught(() => first.exec("INSERT INTO shop VALUES (6, 'six')")))
  first.exec('ROLLBACK')
  first.close()
  second.close()
}

const files = async (open: Open, folder: string, file: string): Promise<void> => {
  prove('SQLite', 14, 'real', await caught(() => open(folder)))
  prove('SQLite', 10, 'real', await caught(() => open(folder, { readOnly: true }).exec('SELECT * FROM x')))
  prove('SQLite', 26, 'real', await caught(() => open(process.execPath, { readOnly: true }).exec('SELECT * FROM x')))
  const reader = open(file, { readOnly: true })
  prove('SQLite', 8, 'real', await caught(() => reader.exec('DELETE FROM shop')))
  reader.close()
  const small = open(path.join(folder, 'small.db'))
  small.exec('CREATE TABLE big (x); PRAGMA max_page_count = 3')
  prove('SQLite', 13, 'real', await caught(() => small.exec('INSERT INTO big VALUES (zeroblob(100000))')))
  small.close()
  const torn = path.join(folder, 'torn.db')
  const whole = open(torn)
  whole.exec(
    `CREATE TABLE t (x);
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50)
     INSERT INTO t SELECT hex(randomblob(500)) FROM n`,
  )
  whole.close()
  const bytes = readFileSync(torn)
  const handle = openSync(torn, 'r+')
  writeSync(handle, Buffer.alloc(bytes.length - 4_096, 0xff), 0, bytes.length - 4_096, 4_096)
  closeSync(handle)
  const broken = open(torn)
  prove('SQLite', 11, 'real', await caught(() => [...broken.iterate('SELECT * FROM t')]))
  broken.close()
}

/** What a real SQLite says, through one driver. */
export const proveSqlite = async (driver: string): Promise<void> => {
  const open = SQLITE_DRIVERS[driver] as Open
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-error-tables-'))
  const file = path.join(folder, 'shop.db')
  try {
    const db = open(file)
    db.exec(SCHEMA)
    for (const [signal, sql] of STATEMENTS) prove('SQLite', signal, 'real', await caught(() => db.exec(sql)))
    await locks(open, file)
    await files(open, folder, file)
    db.close()
    const closed = driver === 'node:sqlite' ? 'ERR_INVALID_STATE' : 'The database connection is not open'
    prove('SQLite', closed, 'real', await caught(() => db.exec('SELECT 1')))
    if (driver === 'node:sqlite') await tableLock(open, file)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

// better-sqlite3 refuses this itself, before SQLite is asked.
const tableLock = async (open: Open, file: string): Promise<void> => {
  const db = open(file)
  const rows = db.iterate('SELECT * FROM note')
  rows.next()
  prove('SQLite', 6, 'real', await caught(() => db.exec('DROP TABLE note')))
  rows.return?.()
  db.close()
}

/** Codes that SQLite gives only in conditions a test cannot bring about safely, as `node:sqlite` carries them. */
export const proveRecordedSqlite = (): void => {
  for (const errcode of [261, 262, 773, 9, 7]) {
    const shape = Object.assign(new Error('recorded'), { code: 'ERR_SQLITE_ERROR', errcode, errstr: 'recorded' })
    prove('SQLite', errcode, 'recorded', shape)
  }
}
