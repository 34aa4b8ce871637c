import { isMissing, startPostgres, startRedis } from '@holdfast/test-services'
import { expect, test } from 'vitest'
import type { Engine } from './open-store.ts'
import { BLOCK, crashDay } from './quota-crash.ts'

const DAILY = 40_000
const KILLS = 40

const check = async (engine: Engine, target: string): Promise<void> => {
  const { sent, kills } = await crashDay(engine, target, DAILY, KILLS)
  process.stdout.write(`${engine}, ${kills} kills: ${sent} of ${DAILY} sent, ${DAILY - sent} wasted\n`)
  expect(sent).toBeLessThanOrEqual(DAILY)
  expect(DAILY - sent).toBeLessThanOrEqual(kills * BLOCK)
}

test('SQLite', () => check('sqlite', ''))

test.skipIf(isMissing('redis-server', 'redis-server'))('Redis with an append-only file', async () => {
  const service = await startRedis({ appendonly: 'yes' })
  try {
    await check('redis', service.url)
  } finally {
    await service.stop()
  }
})

test.skipIf(isMissing('postgres', 'postgresql'))('Postgres', async () => {
  const service = await startPostgres()
  try {
    await check('postgres', service.url)
  } finally {
    await service.stop()
  }
})
