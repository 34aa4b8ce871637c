import { appendFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLog, readLog, withCorrelation } from '../src/app/log.ts'
import { temporaryFolder } from './stage.ts'

test('the log is turned over before it grows beyond a megabyte, and keeps the old file', async () => {
  const folder = temporaryFolder()
  const log = openLog(folder)
  for (let line = 0; line < 1_500; line += 1) {
    log.logger.info({ padding: 'x'.repeat(1_000) }, `line ${line}`)
    // The file is changed between two turns of the event loop.
    if (line % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await log.close()
  const files = readdirSync(folder).filter((file) => file.endsWith('time-machine.log'))
  expect(files.length).toBeGreaterThan(1)
  for (const file of files) expect(statSync(join(folder, file)).size).toBeLessThan(1_300_000)
  expect(readLog(folder, 5)[0]?.message).toBe('line 1499')
})

test('lines carry the correlation id of their work; what the page shows is scrubbed and survives half a line', async () => {
  const folder = temporaryFolder()
  const log = openLog(folder)
  withCorrelation(() => log.logger.warn({}, 'refused with Bearer abcdefghijklmnop'), 'run-1')
  await log.close()
  appendFileSync(join(folder, 'time-machine.log'), '{"level":30,"msg":"half')
  const [line, ...others] = readLog(folder)
  expect(others).toEqual([])
  expect(line).toMatchObject({ level: 'warn', requestId: 'run-1' })
  expect(line?.message).not.toContain('abcdefghijklmnop')
  expect(readLog(join(folder, 'nowhere'))).toEqual([])
})
