import { createTestClock } from '@holdfast/core/testing'
import { watchGrowth, type GrowthAlert, type QueueStats } from '@holdfast/dead-letter'
import { describe, expect, it, vi } from 'vitest'

const statsOf = (open: number, parked = 0, oldestOpenAtMs?: number): QueueStats => ({
  byStatus: { open, parked, replayed: 0, discarded: 0 },
  byUpstream: { shop: open },
  bytes: 0,
  due: open,
  oldestOpenAtMs,
})

const watch = (options: Partial<Parameters<typeof watchGrowth>[1]> = {}) => {
  const clock = createTestClock()
  const alerts: GrowthAlert[] = []
  const queue = { stats: vi.fn(async () => statsOf(0)) }
  const stop = watchGrowth(queue, { onAlert: (alert) => alerts.push(alert), clock, everyMs: 10_000, ...options })
  return { clock, alerts, queue, stop, reasons: () => alerts.map(({ reason }) => reason) }
}

describe('watchGrowth', () => {
  it('tells once that a queue grows, and once that it is over', async () => {
    const { clock, queue, alerts, reasons, stop } = watch()
    await clock.advance(20_000)
    queue.stats.mockImplementation(async () => statsOf(21))
    await clock.advance(60_000)
    expect(alerts).toEqual([
      { reason: 'growing', open: 21, parked: 0, growth: 21, oldestOpenMs: 0, byUpstream: { shop: 21 } },
    ])
    await clock.advance(400_000)
    expect(reasons()).toEqual(['growing', 'recovered'])
    stop()
    expect(clock.pendingTimers).toBe(0)
  })

  it('does not take a full queue at the start for growth', async () => {
    const clock = createTestClock()
    const onAlert = vi.fn()
    const stop = watchGrowth({ stats: async () => statsOf(900) }, { onAlert, clock })
    await clock.advance(300_000)
    stop()
    expect(onAlert).not.toHaveBeenCalled()
  })

  it('tells of a large queue, an old letter and parked ones, again after the cooldown', async () => {
    const { clock, queue, reasons, stop } = watch({ maxOpen: 5, maxGrowth: 1_000, cooldownMs: 100_000 })
    queue.stats.mockImplementation(async () => statsOf(6, 1, clock.wall() - 3_600_001))
    await clock.advance(105_000)
    expect(reasons()).toEqual(['large', 'old', 'parked'])
    await clock.advance(10_000)
    expect(reasons()).toEqual(['large', 'old', 'parked', 'large', 'old', 'parked'])
    stop()
  })

  it('goes on when the queue cannot be read', async () => {
    const onError = vi.fn()
    const { clock, queue, reasons, stop } = watch({ onError })
    queue.stats.mockRejectedValueOnce(new Error('gone'))
    await clock.advance(10_000)
    queue.stats.mockImplementation(async () => statsOf(0, 1))
    await clock.advance(10_000)
    expect(onError).toHaveBeenCalledOnce()
    expect(reasons()).toEqual(['parked'])
    stop()
  })

  it('refuses bad options', () => {
    expect(() => watch({ everyMs: 0 })).toThrow('option "everyMs"')
    expect(() => watch({ maxOpen: Number.NaN })).toThrow('option "maxOpen"')
    expect(() => watch({ onAlert: undefined as never })).toThrow('"onAlert" must be a function')
  })
})
