import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createPolicy, rateLimit } from '@holdfast/core'
import { sharedState, type StoreChange } from '@holdfast/core/shared'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isStoreError, StoreError } from '../src/index.ts'
import { sqliteStore } from '../src/sqlite/index.ts'

const RATE = { emissionUs: 1_000, burst: 10 }
const QUOTA = { limit: 1_000_000, windowMs: 60_000, bucketMs: 1_000 }

let folder = ''
const fileIn = (name: string): string => path.join(folder, name)

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-sqlite-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const thrown = (work: () => unknown): StoreError => {
  try {
    work()
  } catch (error) {
    if (error instanceof StoreError) return error
    throw error
  }
  throw new Error('expected a StoreError')
}

const rejection = async (work: Promise<unknown>): Promise<StoreError> => {
  const error = await work.catch((reason: unknown) => reason)
  if (!isStoreError(error)) throw new Error('expected a StoreError', { cause: error })
  return error
}

describe('a SQLite store says what is wrong', () => {
  test('a full disk, and what was written stays', async () => {
    const database = new DatabaseSync(fileIn('full.db'))
    const store = sqliteStore({ database })
    const slow = { emissionUs: 1_000_000_000, burst: 10 }
    await store.take('before', slow, 4)
    const { page_count: pages } = database.prepare('PRAGMA page_count').get() as { page_count: number }
    database.exec(`PRAGMA max_page_count = ${pages}`)
    let error: StoreError | undefined
    for (let row = 0; row < 2_000 && error === undefined; row += 1) {
      await store.put(`row/${row}`, 'x'.repeat(3_000), { ttlMs: 60_000 }).catch((reason: unknown) => {
        error = reason as StoreError
      })
    }
    expect(error?.code).toBe('store-full')
    expect(error?.message).toContain('there is no room to write')
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    database.exec('PRAGMA max_page_count = 100000')
    expect((await store.take('before', slow, 0)).remaining).toBe(6)
    expect(await store.put('row/after', 'x', { ttlMs: 60_000 })).toBe(true)
    database.close()
  })

  test('a file that may only be read', async () => {
    const file = fileIn('read-only.db')
    await sqliteStore({ file }).close()
    const database = new DatabaseSync(file, { readOnly: true })
    const error = await rejection(sqliteStore({ database }).take('k', RATE, 1))
    expect(error.code).toBe('store-read-only')
    expect(error.message).toBe(
      'store-read-only: SQLite database: this process may not write it (attempt to write a readonly database). Change ' +
        'the permissions or the path.',
    )
    database.close()
  })

  test('a file that is no database is left as it is', () => {
    const file = fileIn('notes.txt')
    writeFileSync(file, 'not a database, and it matters to somebody '.repeat(100))
    const error = thrown(() => sqliteStore({ file }))
    expect(error.code).toBe('store-corrupt')
    expect(error.message).toContain(file)
    expect(error.message).toContain('move the file away')
    expect(existsSync(file)).toBe(true)
  })

  test('a damaged database', async () => {
    const file = fileIn('damaged.db')
    const store = sqliteStore({ file })
    for (let row = 0; row < 500; row += 1) await store.reserve(`k${row}`, QUOTA, 1)
    await store.close()
    const database = new DatabaseSync(file)
    database.exec('PRAGMA journal_mode = DELETE')
    database.close()
    const { openSync, writeSync, closeSync } = await import('node:fs')
    const handle = openSync(file, 'r+')
    // Everything but the header and the schema.
    for (let page = 1; page < 30; page += 1) writeSync(handle, Buffer.alloc(4_096, 0x5a), 0, 4_096, page * 4_096)
    closeSync(handle)
    let error: unknown
    try {
      const damaged = sqliteStore({ file })
      for (let row = 0; row < 500; row += 1) await damaged.reserve(`k${row}`, QUOTA, 1)
    } catch (reason) {
      error = reason
    }
    expect(error).toMatchObject({ code: 'store-corrupt' })
  })

  test('the schema of a newer version is not touched', () => {
    const file = fileIn('newer.db')
    const database = new DatabaseSync(file)
    database.exec(
      "CREATE TABLE holdfast_schema (part TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT; INSERT INTO holdfast_schema VALUES ('stores', 2)",
    )
    const error = thrown(() => sqliteStore({ file }))
    expect(error.code).toBe('store-newer-schema')
    expect(error.message).toContain('schema 2, this one knows 1')
    expect(error.message).toContain('Update @holdfast/stores here')
    expect(database.prepare("SELECT count(*) AS tables FROM sqlite_schema WHERE type = 'table'").get()).toEqual({
      tables: 1,
    })
    database.close()
  })

  test('a folder that is missing, a closed store, a lock that stays', async () => {
    expect(thrown(() => sqliteStore({ file: path.join(folder, 'no', 'such.db') })).code).toBe('store-unavailable')
    const closed = sqliteStore({ file: fileIn('closed.db') })
    await closed.close()
    await closed.close()
    expect((await rejection(closed.take('k', RATE, 1))).code).toBe('store-closed')
    const store = sqliteStore({ file: fileIn('busy.db') })
    const other = new DatabaseSync(fileIn('busy.db'))
    other.exec('BEGIN IMMEDIATE')
    expect((await rejection(store.take('k', RATE, 1))).code).toBe('store-busy')
    other.exec('ROLLBACK')
    expect((await store.take('k', RATE, 1)).granted).toBe(1)
    other.close()
    await store.close()
  })

  test('bad options', () => {
    expect(() => sqliteStore({})).toThrow('sqliteStore: give either "file", a path, or "database"')
    expect(() => sqliteStore({ file: '' })).toThrow(TypeError)
    expect(() => sqliteStore({ file: 'a', database: new DatabaseSync(':memory:') })).toThrow(TypeError)
  })
})

test('with a broken store calls go on, and their own errors surface', async () => {
  const file = fileIn('gone.db')
  const store = sqliteStore({ file })
  await store.close()
  const changes: StoreChange[] = []
  const policy = createPolicy({
    name: 'broken-store',
    strategies: [
      rateLimit({
        permits: 1_000,
        perMs: 1_000,
        store: sharedState(store, { instances: 2, onStoreChange: (change) => changes.push(change) }),
      }),
    ],
  })
  const own = new Error('the call itself failed')
  await expect(policy.execute(() => Promise.reject(own))).rejects.toBe(own)
  expect(await policy.execute(() => 'sent')).toBe('sent')
  expect(changes).toMatchObject([{ store: 'sqlite', isUp: false }])
  expect(changes[0]?.reason).toContain('store-closed')
  chmodSync(file, 0o600)
})
