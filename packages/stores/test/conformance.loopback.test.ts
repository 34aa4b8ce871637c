import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { StateStore } from '@holdfast/core/shared'
import { isMissing, startPostgres, startRedis, type Service } from '@holdfast/test-services'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgresStore } from '../src/postgres/index.ts'
import { redisStore } from '../src/redis/index.ts'
import { sqliteStore } from '../src/sqlite/index.ts'
import { testStore, type TestTime } from './conformance.ts'
import { connectRedis, type RedisConnections } from './redis-connections.ts'

const RUNS = 150

const timed = (time?: TestTime) => (time === undefined ? {} : { nowUs: () => time.nowUs })

/** Pushes and the store's own clock: what a turned clock cannot show. */
const testOwnTime = (make: () => StateStore): void => {
  test('permits come by its own clock', async () => {
    const store = make()
    const key = `own-time ${Math.random()}`
    // Steps of 400 ms: a busy machine may take long from one line to the next.
    const rate = { emissionUs: 400_000, burst: 2 }
    expect((await store.take(key, rate, 5)).granted).toBe(2)
    expect((await store.take(key, rate, 1)).granted).toBe(0)
    await store.put(`${key}/short`, 'x', { ttlMs: 400 })
    expect(await store.list(`${key}/`)).toHaveLength(1)
    await pause(450)
    expect((await store.take(key, rate, 5)).granted).toBe(1)
    expect(await store.list(`${key}/`)).toEqual([])
  })
}

const testPush = (make: () => StateStore): void => {
  test('tells whoever watches, soon', async () => {
    const store = make()
    const heard: unknown[] = []
    const stop = store.watch?.('push/', (...change) => heard.push(change))
    await pause(200)
    await store.put('push/1', 'a "quoted" value', { ttlMs: 1_000 })
    await store.put('other/1', 'x', { ttlMs: 1_000 })
    await store.put('push/1', '', { ttlMs: 0 })
    await expect
      .poll(() => heard, { timeout: 1_000, interval: 5 })
      .toEqual([
        ['push/1', 'a "quoted" value'],
        ['push/1', null],
      ])
    stop?.()
    await store.put('push/2', 'x', { ttlMs: 1_000 })
    await pause(50)
    expect(heard).toHaveLength(2)
  })
}

describe('sqlite, in a file', () => {
  let folder = ''
  const stores: StateStore[] = []
  const file = () => path.join(folder, 'limits.db')
  const open = (time?: TestTime) => {
    const store = sqliteStore({ file: file(), ...timed(time) })
    stores.push(store)
    return store
  }
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'holdfast-stores-'))
  })
  afterAll(async () => {
    for (const store of stores) await store.close()
    rmSync(folder, { recursive: true, force: true })
  })
  testStore(open, 30)
  testOwnTime(open)

  test('is readable by its owner alone', () => {
    open()
    expect(statSync(file()).mode & 0o777).toBe(0o600)
  })
})

describe.skipIf(isMissing('redis-server', 'redis-server'))('redis', () => {
  let service: Service
  let connections: RedisConnections
  beforeAll(async () => {
    service = await startRedis()
    connections = await connectRedis(service.url)
  })
  afterAll(async () => {
    connections.close()
    await service.stop()
  })
  testStore((time) => redisStore({ ...connections, ...timed(time) }), RUNS)
  testOwnTime(() => redisStore(connections))
  testPush(() => redisStore(connections))

  test('is not durable without an append-only file', async () => {
    expect(await redisStore(connections).durability()).toMatchObject({ durable: false })
  })

  test('knows its scripts again after a restart', async () => {
    const store = redisStore(connections)
    await store.take('flushed', { emissionUs: 1_000_000, burst: 5 }, 1)
    await connections.command(['SCRIPT', 'FLUSH'])
    expect((await store.take('flushed', { emissionUs: 1_000_000, burst: 5 }, 1)).remaining).toBe(3)
  })
})

describe.skipIf(isMissing('postgres', 'postgresql'))('postgres', () => {
  let service: Service
  let pool: Pool
  beforeAll(async () => {
    service = await startPostgres()
    // Without a listener the error of an idle connection ends the process.
    pool = new Pool({ connectionString: service.url, max: 6 }).on('error', () => undefined)
  })
  afterAll(async () => {
    await pool.end()
    await service.stop()
  })
  testStore((time) => postgresStore({ pool, ...timed(time) }), RUNS)
  testOwnTime(() => postgresStore({ pool }))
  testPush(() => postgresStore({ pool }))
})
