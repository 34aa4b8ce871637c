import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { startChildServer } from '../../child-server.ts'
import type { LoopbackScenario } from './loopback-scenario.ts'

const scenario: LoopbackScenario = {
  name: 'outage',
  clients: 1,
  callsPerSecond: 1,
  attemptTimeoutMs: 1_000,
  endMs: 1_000,
  outage: { fromMs: 0, untilMs: 2_000 },
  failureShare: 0,
  serverPerSecond: 1_000,
  seed: 1,
}

const journalOf = async (
  server: Awaited<ReturnType<typeof startChildServer>>,
): Promise<readonly (readonly [number, number])[]> => {
  const reported = once(server.process, 'message')
  server.process.send('report')
  return ((await reported) as [readonly (readonly [number, number])[]])[0]
}

describe('the server of the loopback scenarios', () => {
  it('stands still in the outage, then answers what waited, also abandoned requests before it', async () => {
    const server = await startChildServer(new URL('./storm-server.ts', import.meta.url), [JSON.stringify(scenario)])
    try {
      const startedMs = performance.now()
      server.process.send({ start: performance.timeOrigin + startedMs })
      await expect(fetch(`${server.url}/0`, { signal: AbortSignal.timeout(500) })).rejects.toThrow('timeout')
      const response = await fetch(`${server.url}/1`)
      expect(response.status).toBe(200)
      expect(performance.now() - startedMs).toBeGreaterThanOrEqual(1_990)
      const journal = await journalOf(server)
      expect(journal.map(([call]) => call)).toEqual([0, 1])
      expect(journal[1]?.[1]).toBeGreaterThanOrEqual(490)
      expect(journal[1]?.[1]).toBeLessThan(2_000)
    } finally {
      await server.close()
    }
  })

  it('answers 503 as often as it was told', async () => {
    const { outage: _outage, serverPerSecond: _rate, ...rest } = scenario
    const failing = JSON.stringify({ ...rest, name: 'failures', failureShare: 0.5 })
    const server = await startChildServer(new URL('./storm-server.ts', import.meta.url), [failing])
    try {
      const statuses = await Promise.all(
        Array.from({ length: 100 }, async (_, call) => (await fetch(`${server.url}/${call}`)).status),
      )
      const failures = statuses.filter((status) => status === 503).length
      expect(failures).toBeGreaterThan(30)
      expect(failures).toBeLessThan(70)
      expect(statuses.filter((status) => status !== 503 && status !== 200)).toEqual([])
    } finally {
      await server.close()
    }
  })
})
