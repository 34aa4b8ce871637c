import type { Policy } from '@holdfast/core'
import { killSwitches } from '@holdfast/core/degradation'
import type { SharedState } from '@holdfast/core/shared'
import { isMissing, startRedis } from '@holdfast/test-services'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { delays, OTHERS, trip, VOTERS, withFleet } from './breaker-fleet.ts'
import { nowMs } from './fleet.ts'

const timing = { retry: 2, timeout: 60_000 }

describe.skipIf(isMissing('redis-server', 'redis-server'))('breakers of ten processes and more, Redis', () => {
  test('a split vote opens no healthy one; a quorum and a switch reach all within 50 ms', timing, async () => {
    const service = await startRedis()
    try {
      await withFleet('redis', service.url, 1_000, async ({ voters, others }) => {
        for (const { policy } of voters.slice(0, VOTERS - 1)) await trip(policy)
        await pause(300)
        expect(others.flatMap(({ told }) => told)).toEqual([])
        const fromMs = nowMs()
        await trip((voters[VOTERS - 1] as { policy: Policy }).policy)
        await expect
          .poll(() => Math.max(...delays(others, 'open', fromMs)), { timeout: 1_500, interval: 5 })
          .toBeLessThan(50)
        const switchedMs = nowMs()
        await killSwitches({ store: (voters[0] as { shared: SharedState }).shared }).kill('tips', 'INC-12')
        await expect
          .poll(() => Math.max(...delays(others, 'killed', switchedMs)), { timeout: 1_500, interval: 5 })
          .toBeLessThan(50)
        process.stdout.write(
          `push to ${OTHERS} processes: breaker ${Math.max(...delays(others, 'open', fromMs)).toFixed(1)} ms, ` +
            `switch ${Math.max(...delays(others, 'killed', switchedMs)).toFixed(1)} ms\n`,
        )
      })
    } finally {
      await service.stop()
    }
  })
})
