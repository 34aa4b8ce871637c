import { createTestRandom } from '@holdfast/core/testing'
import { describe, expect, it } from 'vitest'
import { VirtualClock } from './virtual-clock.ts'

describe('VirtualClock', () => {
  it('fires timers in the order of their times, then of their making', async () => {
    const clock = new VirtualClock()
    const random = createTestRandom(1)
    const delays = Array.from({ length: 2_000 }, () => Math.floor(random() * 300))
    const fired: { atMs: number; index: number }[] = []
    for (const [index, delayMs] of delays.entries())
      clock.setTimer(() => fired.push({ atMs: clock.now(), index }), delayMs)
    await clock.run(1_000)
    const expected = delays.map((atMs, index) => ({ atMs, index })).sort((a, b) => a.atMs - b.atMs || a.index - b.index)
    expect(fired).toEqual(expected)
    expect(clock.now()).toBe(1_000)
  })

  it('lets every promise settle before the next timer', async () => {
    const clock = new VirtualClock()
    const seen: string[] = []
    clock.setTimer(() => {
      void (async () => {
        for (let step = 0; step < 50; step += 1) await Promise.resolve()
        seen.push(`first at ${clock.now()}`)
        clock.setTimer(() => seen.push(`nested at ${clock.now()}`), 1)
      })()
    }, 5)
    clock.setTimer(() => seen.push(`second at ${clock.now()}`), 5)
    clock.setTimer(() => seen.push(`third at ${clock.now()}`), 7)
    await clock.run(10)
    expect(seen).toEqual(['first at 5', 'second at 5', 'nested at 6', 'third at 7'])
  })

  it('does not fire a cleared timer or one that lies beyond the end', async () => {
    const clock = new VirtualClock()
    const seen: string[] = []
    const cleared = clock.setTimer(() => seen.push('cleared'), 1)
    clock.setTimer(() => seen.push('later'), 100)
    clock.clearTimer(cleared)
    await clock.run(99)
    expect(seen).toEqual([])
    await clock.run(100)
    expect(seen).toEqual(['later'])
  })

  it('passes on what a timer throws', async () => {
    const clock = new VirtualClock()
    clock.setTimer(() => {
      throw new Error('broken timer')
    }, 1)
    await expect(clock.run(10)).rejects.toThrow('broken timer')
  })
})
