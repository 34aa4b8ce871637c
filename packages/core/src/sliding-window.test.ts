import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SlidingWindow } from './sliding-window.ts'

describe('SlidingWindow', () => {
  it('sums what lies inside the window', () => {
    const window = new SlidingWindow(1_000, 10)
    window.add(1, 2, 0)
    window.add(3, 4, 950)
    expect([window.firstTotal, window.secondTotal]).toEqual([4, 6])
    window.advance(1_000)
    expect([window.firstTotal, window.secondTotal]).toEqual([3, 4])
    window.advance(1_900)
    expect([window.firstTotal, window.secondTotal]).toEqual([0, 0])
  })

  it('empties after a jump past the whole window', () => {
    const window = new SlidingWindow(1_000, 10)
    window.add(5, 5, 100)
    window.advance(10 ** 12)
    expect([window.firstTotal, window.secondTotal]).toEqual([0, 0])
    window.add(1, 1, 10 ** 12)
    expect(window.firstTotal).toBe(1)
  })

  it('clears on demand and goes on counting', () => {
    const window = new SlidingWindow(1_000, 10)
    window.add(5, 5, 100)
    window.clear()
    window.add(1, 1, 150)
    expect([window.firstTotal, window.secondTotal]).toEqual([1, 1])
    window.advance(1_100)
    expect([window.firstTotal, window.secondTotal]).toEqual([0, 0])
  })

  it('agrees with a list of events, whichever way the clock jumps', () => {
    const step = fc.record({
      jumpMs: fc.integer({ min: -300, max: 1_500 }),
      first: fc.integer({ min: 0, max: 3 }),
      second: fc.integer({ min: 0, max: 3 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const window = new SlidingWindow(1_000, 10)
        const events: { bucket: number; first: number; second: number }[] = []
        let nowMs = 10_000
        let latestBucket = -Infinity
        for (const { jumpMs, first, second } of steps) {
          nowMs += jumpMs
          // What comes in late counts in the newest bucket: time never runs back.
          latestBucket = Math.max(latestBucket, Math.floor(nowMs / 100))
          events.push({ bucket: latestBucket, first, second })
          window.add(first, second, nowMs)
          const inside = events.filter(({ bucket }) => bucket > latestBucket - 10)
          expect(window.firstTotal).toBe(inside.reduce((sum, event) => sum + event.first, 0))
          expect(window.secondTotal).toBe(inside.reduce((sum, event) => sum + event.second, 0))
        }
      }),
    )
  })
})
