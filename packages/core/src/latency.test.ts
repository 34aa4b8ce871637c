import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LatencyWindow } from './latency.ts'

describe('LatencyWindow', () => {
  it('knows nothing without samples', () => {
    expect(new LatencyWindow().quantile(0.5, 0)).toBeUndefined()
  })

  it('gives the upper edge of the bucket of the quantile, within 19 %', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1, max: 500_000, noNaN: true }), { minLength: 1, maxLength: 60 }),
        fc.constantFrom(0.5, 0.99, 1),
        (samples, share) => {
          const window = new LatencyWindow()
          for (const sample of samples) window.record(sample, 0)
          const exact = samples.toSorted((a, b) => a - b)[Math.ceil(share * samples.length) - 1] as number
          const read = window.quantile(share, 0) as number
          expect(read).toBeGreaterThanOrEqual(exact * (1 - 1e-9))
          expect(read).toBeLessThanOrEqual(exact * 2 ** 0.25 * (1 + 1e-9))
        },
      ),
    )
  })

  it.each([
    [0, 1],
    [1, 1],
    [10 ** 9, 2 ** (79 / 4)],
  ])('puts %d ms into the bucket that ends at %d ms', (latencyMs, edgeMs) => {
    const window = new LatencyWindow()
    window.record(latencyMs, 0)
    expect(window.quantile(0.5, 0)).toBeCloseTo(edgeMs)
  })

  it('keeps a sample for 30 to 60 s', () => {
    const window = new LatencyWindow()
    window.record(100, 0)
    expect(window.quantile(0.5, 59_999)).toBeDefined()
    expect(window.quantile(0.5, 90_000)).toBeUndefined()
  })

  it('forgets an old generation while a newer one stays', () => {
    const window = new LatencyWindow()
    window.record(1_000, 0)
    window.record(10, 31_000)
    expect(window.quantile(1, 31_000)).toBeGreaterThanOrEqual(1_000)
    expect(window.quantile(1, 61_000)).toBeLessThan(13)
    window.record(20, 91_500)
    expect(window.quantile(1, 91_500)).toBeLessThan(25)
  })

  it('uses an emptied generation again without its old counts', () => {
    const window = new LatencyWindow()
    for (const nowMs of [0, 30_000, 60_000, 90_000]) window.record(nowMs === 0 ? 5_000 : 10, nowMs)
    expect(window.quantile(1, 90_000)).toBeLessThan(13)
  })

  it('starts anew after a jump of the clock past everything it holds', () => {
    const window = new LatencyWindow()
    window.record(100, 0)
    window.record(10, 10 ** 9)
    expect(window.quantile(1, 10 ** 9)).toBeLessThan(13)
  })
})
