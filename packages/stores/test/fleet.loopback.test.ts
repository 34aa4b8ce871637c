import { setTimeout as pause } from 'node:timers/promises'
import { isMissing, startRedis, type Service } from '@holdfast/test-services'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startFleet } from './fleet.ts'
import { inRange, LIMIT, measure } from './fleet-measures.ts'
import type { Load } from './limited-process.ts'

// A busy machine may hold a process up for longer than a deadline, and then the limit is no longer one.
const timing = { retry: 2, timeout: 60_000 }

describe.skipIf(isMissing('redis-server', 'redis-server'))('three processes, 100 calls a second, Redis', () => {
  let service: Service
  beforeEach(async () => {
    service = await startRedis()
  })
  afterEach(async () => {
    await service.stop()
  })

  test('added latency when it freezes: once, and no more than the deadline', timing, async () => {
    const load: Load = { ...LIMIT, engine: 'redis', target: service.url, callers: 0, everyMs: 50 }
    const fleet = await startFleet(3, load)
    try {
      await pause(1_000)
      const before = fleet.sent.length
      process.kill(service.pid, 'SIGSTOP')
      await pause(2_500)
      process.kill(service.pid, 'SIGCONT')
      await pause(700)
      const frozen = fleet.sent.slice(before).map(({ tookMs }) => tookMs)
      expect(frozen.length).toBeGreaterThan(120)
      // What waits together for one late answer waits once.
      expect(Math.max(...frozen)).toBeLessThanOrEqual(60)
      expect(frozen.filter((tookMs) => tookMs > 15).length).toBeLessThanOrEqual(3 * 2)
    } finally {
      process.kill(service.pid, 'SIGCONT')
      await fleet.stop()
    }
  })

  test('up, frozen, back, killed and restarted', timing, async () => {
    const fleet = await startFleet(3, { ...LIMIT, engine: 'redis', target: service.url, deadlineMs: 250 })
    const rates: Record<string, number> = {}
    try {
      rates['up'] = await measure(fleet)
      process.kill(service.pid, 'SIGSTOP')
      rates['frozen'] = await measure(fleet)
      process.kill(service.pid, 'SIGCONT')
      rates['thawed'] = await measure(fleet)
      process.kill(service.pid, 'SIGKILL')
      rates['killed'] = await measure(fleet)
      await service.restart()
      await pause(1_000)
      rates['restarted'] = await measure(fleet)
    } finally {
      await fleet.stop()
    }
    process.stdout.write(`calls a second: ${JSON.stringify(rates)}, busiest second ${fleet.busiestSecond()}\n`)
    // Beside other tests a process may be held up for some milliseconds of its share.
    for (const callsASecond of Object.values(rates)) inRange(callsASecond, 95)
    expect(fleet.busiestSecond()).toBeLessThanOrEqual(120)
  })
})
