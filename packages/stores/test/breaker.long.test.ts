import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { delays, OTHERS, trip, withFleet } from './breaker-fleet.ts'
import { nowMs } from './fleet.ts'

const timing = { retry: 1, timeout: 120_000 }

test('SQLite pushes nothing, and the poll reaches all within 6 s', timing, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-breakers-'))
  try {
    await withFleet('sqlite', path.join(folder, 'state.db'), 5_000, async ({ voters, others }) => {
      const fromMs = nowMs()
      for (const { policy } of voters) await trip(policy)
      await expect.poll(() => Math.max(...delays(others, 'open', fromMs)), { timeout: 8_000 }).toBeLessThan(6_000)
      process.stdout.write(
        `poll to ${OTHERS} processes: ${Math.max(...delays(others, 'open', fromMs)).toFixed(0)} ms\n`,
      )
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
