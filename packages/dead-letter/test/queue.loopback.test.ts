import { isMissing, startPostgres, type Service } from '@holdfast/test-services'
import { openPostgresQueue } from '@holdfast/dead-letter/postgres'
import { openSqliteQueue } from '@holdfast/dead-letter/sqlite'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { letter } from './letters.ts'
import { queueCases } from './queue-cases.ts'

describe('a queue in SQLite', () => {
  queueCases(() => openSqliteQueue(':memory:', { onWarning: () => undefined }))

  it('refuses bad options by name', async () => {
    await expect(openSqliteQueue(':memory:', { maxRows: 0 })).rejects.toThrow(
      'option "maxRows" must be an integer of 1 or more',
    )
    await expect(openSqliteQueue(':memory:', { synchronous: 'off' as 'full' })).rejects.toThrow('"synchronous" must be')
  })
})

describe.skipIf(isMissing('postgres', 'postgresql'))('a queue in PostgreSQL', () => {
  let service: Service

  beforeAll(async () => {
    service = await startPostgres()
  })

  afterAll(async () => {
    await service.stop()
  })

  queueCases(async () => {
    const queue = await openPostgresQueue({ connectionString: service.url })
    const pool = new pg.Pool({ connectionString: service.url })
    await pool.query('TRUNCATE holdfast_dead_letters')
    await pool.end()
    return queue
  })

  it('is made once by many that start together, and leaves a newer one alone', async () => {
    const pool = new pg.Pool({ connectionString: service.url })
    await pool.query('DROP TABLE IF EXISTS holdfast_dead_letters, holdfast_dead_letter_meta')
    const queues = await Promise.all(
      Array.from({ length: 5 }, () => openPostgresQueue({ connectionString: service.url })),
    )
    await queues[0]!.add(letter())
    expect((await queues[4]!.stats()).byStatus.open).toBe(1)
    await Promise.all(queues.map((queue) => queue.close()))
    await pool.query('UPDATE holdfast_dead_letter_meta SET version = 2')
    await expect(openPostgresQueue({ pool })).rejects.toMatchObject({ code: 'newer-schema' })
    await pool.query('UPDATE holdfast_dead_letter_meta SET version = 1')
    // A pool of the caller's stays open.
    const own = await openPostgresQueue({ pool })
    await own.close()
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    await pool.end()
  })

  it('says what is wrong without the words of the connection string', async () => {
    const address = service.url.replace('postgres@', 'nobody:planted-5ecret@').replace('127.0.0.1', 'localhost')
    const unreachable = `postgres://u:planted-5ecret@127.0.0.1:1/x`
    for (const connectionString of [address, unreachable]) {
      const error = await openPostgresQueue({ connectionString }).catch((failure: unknown) => failure as Error)
      expect(error).toMatchObject({ code: 'cannot-open' })
      expect((error as Error).message).not.toContain('planted-5ecret')
    }
    const readOnly = `${service.url}?options=-c%20default_transaction_read_only%3Don`
    const queue = await openPostgresQueue({ connectionString: readOnly })
    await expect(queue.add(letter())).rejects.toMatchObject({ code: 'read-only' })
    await queue.close()
  })
})
