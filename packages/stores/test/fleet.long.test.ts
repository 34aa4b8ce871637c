import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { isMissing, startPostgres, startRedis } from '@holdfast/test-services'
import { expect, test } from 'vitest'
import { startFleet } from './fleet.ts'
import { inRange, LIMIT, measure } from './fleet-measures.ts'
import { signalServer } from './server-process.ts'

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

// A limit holds as long as processes are not held up longer than the deadline: to be run on a quiet machine.
test.each([
  { engine: 'redis', program: 'redis-server', start: startRedis },
  { engine: 'postgres', program: 'postgres', start: startPostgres },
] as const)(
  'three processes, 100 calls a second, $engine: up, frozen, back, killed and restarted',
  timing,
  async ({ engine, program, start }) => {
    expect(isMissing(program, program)).toBe(false)
    const service = await start()
    const fleet = await startFleet(3, { ...LIMIT, engine, target: service.url })
    const rates: Record<string, number> = {}
    try {
      rates['up'] = await measure(fleet)
      signalServer(service.pid, 'SIGSTOP')
      rates['frozen'] = await measure(fleet)
      signalServer(service.pid, 'SIGCONT')
      rates['thawed'] = await measure(fleet)
      signalServer(service.pid, 'SIGKILL')
      rates['killed'] = await measure(fleet)
      await service.restart()
      rates['restarted'] = await measure(fleet)
    } finally {
      await fleet.stop()
      await service.stop()
    }
    process.stdout.write(`${engine}: ${JSON.stringify(rates)}, busiest second ${fleet.busiestSecond()}\n`)
    for (const callsASecond of Object.values(rates)) inRange(callsASecond)
    expect(fleet.busiestSecond()).toBeLessThanOrEqual(120)
  },
)
