import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { isMissing, startPostgres } from '@holdfast/test-services'
import { expect, test } from 'vitest'
import { startFleet } from './fleet.ts'
import { inRange, LIMIT, measure } from './fleet-measures.ts'

const timing = { retry: 2, timeout: 120_000 }

test('three processes, 100 calls a second, SQLite', timing, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-fleet-'))
  const fleet = await startFleet(3, { ...LIMIT, engine: 'sqlite', target: path.join(folder, 'limits.db') })
  try {
    inRange(await measure(fleet))
    expect(fleet.busiestSecond()).toBeLessThanOrEqual(120)
  } finally {
    await fleet.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})

test.skipIf(isMissing('postgres', 'postgresql'))('three processes, 100 calls a second, Postgres', timing, async () => {
  const service = await startPostgres()
  const fleet = await startFleet(3, { ...LIMIT, engine: 'postgres', target: service.url, deadlineMs: 250 })
  try {
    inRange(await measure(fleet))
    expect(fleet.busiestSecond()).toBeLessThanOrEqual(120)
  } finally {
    await fleet.stop()
    await service.stop()
  }
})
