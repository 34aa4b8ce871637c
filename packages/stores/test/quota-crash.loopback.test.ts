import { expect, test } from 'vitest'
import { BLOCK, crashDay } from './quota-crash.ts'

test('a daily quota in SQLite is never over-issued when processes are killed, and wastes a block each', async () => {
  const daily = 3_000
  const { sent, kills } = await crashDay('sqlite', '', daily, 5)
  process.stdout.write(`${kills} kills: ${sent} of ${daily} sent, ${daily - sent} wasted\n`)
  expect(sent).toBeLessThanOrEqual(daily)
  expect(daily - sent).toBeLessThanOrEqual(kills * BLOCK)
})
