import path from 'node:path'
import { isMissing, startPostgres } from '@holdfast/test-services'
import { openPostgresQueue } from '@holdfast/dead-letter/postgres'
import { openSqliteQueue } from '@holdfast/dead-letter/sqlite'
import { describe, expect, it } from 'vitest'
import { crashRun, type CrashResult } from './crash-run.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
const large = { letters: 400, replayers: 3, kills: 40, leaseMs: 1_500, workMs: [5, 25] } as const

const judge = (result: CrashResult): void => {
  console.log(JSON.stringify(result))
  expect(result).toMatchObject({
    kills: large.kills,
    replayed: large.letters,
    lost: 0,
    overlaps: 0,
    disorders: 0,
    otherKeys: 0,
    integrity: 'ok',
  })
  expect(result.resends).toBeLessThanOrEqual(result.kills)
}

describe('400 letters, three replayers, killed 40 times', () => {
  it('arrive on SQLite', async () => {
    const place = path.join(folder, 'crash.db')
    const queue = await openSqliteQueue(place, { onWarning: () => undefined })
    const result = await crashRun({ ...large, engine: 'sqlite', place, queue })
    await queue.close()
    judge(result)
  })

  it.skipIf(isMissing('postgres', 'postgresql'))('arrive on PostgreSQL', async () => {
    const service = await startPostgres()
    const queue = await openPostgresQueue({ connectionString: service.url })
    const result = await crashRun({ ...large, engine: 'postgres', place: service.url, queue })
    await queue.close()
    await service.stop()
    judge(result)
  })
})
