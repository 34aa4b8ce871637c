import { isMissing } from '@holdfast/test-services'
import { afterAll, describe, expect, test } from 'vitest'
import { databaseProofs } from './database-proofs.ts'
import { DATABASE_TABLE } from './database-rows.ts'
import { proveMariadb, proveRecordedMysql } from './mysql-proofs.ts'
import { provePostgres } from './postgres-proofs.ts'
import { gaps, tally } from './proof.ts'
import { proveRecordedSqlite, proveSqlite, sqliteDrivers } from './sqlite-proofs.ts'

const noPostgres = isMissing('postgres', 'postgresql')
const noMariadb = isMissing('mariadbd', 'mariadb-server')

afterAll(() => {
  process.stdout.write(`database errors by origin: ${JSON.stringify(tally(databaseProofs))}\n`)
})

describe('the table of database errors', () => {
  test.each(sqliteDrivers)('SQLite through %s', async (driver) => {
    await proveSqlite(driver)
  })

  test.skipIf(noPostgres)('PostgreSQL through pg and postgres.js', provePostgres, 30_000)

  test.skipIf(noMariadb)('MariaDB through mysql2', proveMariadb, 30_000)

  test('what cannot be brought about here, from recorded shapes', () => {
    proveRecordedSqlite()
    proveRecordedMysql()
  })

  test.skipIf(noPostgres || noMariadb)('has no row and no code without a proof', () => {
    expect(gaps(DATABASE_TABLE, databaseProofs)).toEqual([])
    const { real, raised, recorded } = tally(databaseProofs)
    expect(real).toBeGreaterThan(5 * recorded)
    expect(real + raised + recorded).toBe(DATABASE_TABLE.flatMap(({ signals }) => signals).length)
  })
})

test('a row without a proof, and a proof of no row, would be found', () => {
  const [first, second] = [
    { row: 'a', signal: 'x', origin: 'real' },
    { row: 'b', signal: 'y', origin: 'recorded' },
  ] as const
  const rows = [
    { row: 'a', signals: ['x', 'z'] },
    { row: 'c', signals: ['v'] },
  ]
  expect(gaps(rows, [first, second])).toEqual(['no proof of a: z', 'no proof of c: v', 'no such row: b: y'])
  expect(tally([first, { ...first, origin: 'raised' }, second])).toEqual({ real: 1, raised: 0, recorded: 1 })
})
