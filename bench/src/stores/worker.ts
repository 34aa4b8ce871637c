import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { systemClock } from '@holdfast/core'
import { sharedState, type StateStore } from '@holdfast/core/shared'
import { postgresStore } from '@holdfast/stores/postgres'
import { redisStore } from '@holdfast/stores/redis'
import { sqliteStore } from '@holdfast/stores/sqlite'
import { findProgram, startPostgres, startRedis } from '@holdfast/test-services'
import { Pool } from 'pg'
import { createClient } from 'redis'
import type { StoreFigures, StoreName } from './store-figures.ts'

const rounds = Number(process.argv[2])
const roundMs = Number(process.argv[3])
const MANY = 32
// Beyond what any store can give, so that the limit itself holds nobody up.
const PERMITS_PER_MS = 1_000
const RATE = { emissionUs: 1, burst: PERMITS_PER_MS * 1_000 }

const quantile = (values: number[], share: number): number =>
  values.toSorted((left, right) => left - right)[Math.floor(values.length * share)] ?? Number.NaN

const single = async (store: StateStore): Promise<Pick<StoreFigures, 'singlePerS' | 'singleUs'>> => {
  const times: number[] = []
  const startedMs = performance.now()
  let nowMs = startedMs
  while (nowMs - startedMs < roundMs) {
    await store.take('single', RATE, 1)
    const endedMs = performance.now()
    times.push((endedMs - nowMs) * 1_000)
    nowMs = endedMs
  }
  return { singlePerS: (times.length * 1_000) / (nowMs - startedMs), singleUs: quantile(times, 0.5) }
}

const many = async (store: StateStore): Promise<number> => {
  const startedMs = performance.now()
  let granted = 0
  const one = async (): Promise<void> => {
    while (performance.now() - startedMs < roundMs) {
      const taken = await store.take('many', RATE, 1)
      granted += taken.granted
    }
  }
  await Promise.all(Array.from({ length: MANY }, one))
  return (granted * 1_000) / (performance.now() - startedMs)
}

const leased = async (store: StateStore): Promise<Pick<StoreFigures, 'leasedPerS' | 'leasedUs' | 'leased99Us'>> => {
  const shared = sharedState(store, { instances: 1, deadlineMs: 1_000 })
  let wake = (): void => undefined
  const limit = { windows: [{ permits: PERMITS_PER_MS, perMs: 1, burst: RATE.burst }], daily: Infinity, reserve: 0 }
  const permits = shared.permitsOf({ policy: 'bench', clock: systemClock }, 'leased', limit, () => {
    wake()
  })
  const times: number[] = []
  let granted = 0
  const startedMs = performance.now()
  let nowMs = startedMs
  while (nowMs - startedMs < roundMs) {
    const waitMs = permits.waitMs(1, nowMs)
    if (waitMs > 0) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
      nowMs = performance.now()
      continue
    }
    permits.take(1, nowMs)
    granted += 1
    const endedMs = performance.now()
    times.push((endedMs - nowMs) * 1_000)
    nowMs = endedMs
  }
  if (!shared.isUp) throw new Error('the store was late, so what was measured is the local share')
  await shared.close()
  return {
    leasedPerS: (granted * 1_000) / (nowMs - startedMs),
    leasedUs: quantile(times, 0.5),
    leased99Us: quantile(times, 0.99),
  }
}

const measure = async (store: StateStore): Promise<StoreFigures[]> => {
  const figures: StoreFigures[] = []
  // The first round is for the compiler.
  for (let round = -1; round < rounds; round += 1) {
    const one = { ...(await single(store)), manyPerS: await many(store), ...(await leased(store)) }
    if (round >= 0) figures.push(one)
  }
  return figures
}

const results: Partial<Record<StoreName, StoreFigures[]>> = {}

const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-bench-'))
const sqlite = sqliteStore({ file: path.join(folder, 'limits.db') })
results.sqlite = await measure(sqlite)
await sqlite.close()
rmSync(folder, { recursive: true, force: true })

if (findProgram('redis-server') !== undefined) {
  const service = await startRedis()
  const client = await createClient({ url: service.url }).connect()
  results.redis = await measure(redisStore({ command: (args) => client.sendCommand(args) }))
  client.destroy()
  await service.stop()
}
if (findProgram('postgres') !== undefined) {
  const service = await startPostgres()
  const pool = new Pool({ connectionString: service.url, max: 16 }).on('error', () => undefined)
  results.postgres = await measure(postgresStore({ pool }))
  await pool.end()
  await service.stop()
}

process.stdout.write(JSON.stringify(results), () => process.exit(0))
