import { createTestRandom } from '@holdfast/core/testing'
import { describe, expect, it } from 'vitest'
import { FifoServer } from './fifo-server.ts'
import { VirtualClock } from './virtual/virtual-clock.ts'

describe('FifoServer', () => {
  it('serves at its rate, in order', async () => {
    const clock = new VirtualClock()
    const server = new FifoServer(clock, createTestRandom(7), 300, { fromMs: Infinity, untilMs: Infinity })
    const order: number[] = []
    for (let request = 0; request < 3_000; request += 1) void server.handle().then(() => order.push(request))
    expect(server.backlogMs).toBeGreaterThan(9_500)
    expect(server.backlogMs).toBeLessThan(10_500)
    await clock.run(20_000)
    expect(order).toEqual(Array.from({ length: 3_000 }, (_, index) => index))
  })

  it('stands still in the outage and then works off what came in meanwhile', async () => {
    const clock = new VirtualClock()
    const server = new FifoServer(clock, createTestRandom(7), 1_000, { fromMs: 1_000, untilMs: 6_000 })
    const ended: number[] = []
    clock.setTimer(() => {
      for (let request = 0; request < 1_000; request += 1) void server.handle().then(() => ended.push(clock.now()))
    }, 500)
    await clock.run(20_000)
    expect(ended).toHaveLength(1_000)
    expect(ended.filter((atMs) => atMs > 1_000 && atMs < 6_000)).toEqual([])
    expect(ended.filter((atMs) => atMs <= 1_000).length).toBeGreaterThan(400)
    expect(ended.at(-1)).toBeLessThan(6_700)
  })

  it('lets a request that comes in the outage wait for the repair', async () => {
    const clock = new VirtualClock()
    const server = new FifoServer(clock, createTestRandom(7), 1_000, { fromMs: 1_000, untilMs: 6_000 })
    const ended: number[] = []
    clock.setTimer(() => {
      void server.handle().then(() => ended.push(clock.now()))
    }, 3_000)
    await clock.run(20_000)
    expect(ended).toHaveLength(1)
    expect(ended[0]).toBeGreaterThan(6_000)
    expect(ended[0]).toBeLessThan(6_020)
  })
})
