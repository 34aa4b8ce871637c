import path from 'node:path'
import { isMissing, startPostgres, type Service } from '@holdfast/test-services'
import { openPostgresQueue } from '@holdfast/dead-letter/postgres'
import { openSqliteQueue } from '@holdfast/dead-letter/sqlite'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { crashRun } from './crash-run.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
// Processes start slowly on a machine that does other things as well.
vi.setConfig({ testTimeout: 90_000 })
const small = { letters: 45, replayers: 3, kills: 4, leaseMs: 1_000, workMs: [5, 25] } as const
const sound = { lost: 0, overlaps: 0, disorders: 0, otherKeys: 0, integrity: 'ok', replayed: small.letters }

describe('replayers that are killed while they send', () => {
  it('lose nothing and send no letter twice more often than they are killed, on SQLite', async () => {
    const place = path.join(folder, 'crash.db')
    const queue = await openSqliteQueue(place, { onWarning: () => undefined })
    const result = await crashRun({ ...small, engine: 'sqlite', place, queue })
    await queue.close()
    expect(result).toMatchObject(sound)
    expect(result.resends).toBeLessThanOrEqual(result.kills)
  })

  it('overlap when the lease is shorter than the call, so that the judge is known to see it', async () => {
    const place = path.join(folder, 'short-lease.db')
    const queue = await openSqliteQueue(place, { onWarning: () => undefined })
    const run = { engine: 'sqlite', place, queue, letters: 12, replayers: 3, kills: 0, leaseMs: 400 } as const
    const result = await crashRun({ ...run, workMs: [100, 700], outlastsLease: true })
    await queue.close()
    expect(result.lost).toBe(0)
    expect(result.overlaps).toBeGreaterThan(0)
    expect(result.resends).toBeGreaterThan(result.kills)
  })
})

describe.skipIf(isMissing('postgres', 'postgresql'))('replayers on PostgreSQL that are killed while they send', () => {
  let service: Service

  beforeAll(async () => {
    service = await startPostgres()
  })

  afterAll(async () => {
    await service.stop()
  })

  it('lose nothing and send no letter twice more often than they are killed', async () => {
    const queue = await openPostgresQueue({ connectionString: service.url })
    const result = await crashRun({ ...small, engine: 'postgres', place: service.url, queue })
    await queue.close()
    expect(result).toMatchObject(sound)
    expect(result.resends).toBeLessThanOrEqual(result.kills)
  })
})
