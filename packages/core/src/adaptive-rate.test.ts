import { describe, expect, test } from 'vitest'
import { AdaptiveRate } from './adaptive-rate.ts'

describe('AdaptiveRate', () => {
  test('halves on each refusal and gives a tenth back every second', () => {
    const rate = new AdaptiveRate()
    expect(rate.factor(0)).toBe(1)
    expect(rate.changesAtMs(0)).toBe(Infinity)
    expect(rate.decrease(0, 100)).toBe(true)
    expect(rate.factor(100)).toBe(0.5)
    expect(rate.decrease(150, 200)).toBe(true)
    expect(rate.factor(200)).toBe(0.25)
    expect(rate.changesAtMs(200)).toBe(1_200)
    expect(rate.factor(1_199)).toBe(0.25)
    expect(rate.factor(1_200)).toBeCloseTo(0.35)
    expect(rate.factor(8_199)).toBeCloseTo(0.95)
    expect(rate.factor(8_200)).toBe(1)
    expect(rate.changesAtMs(8_200)).toBe(Infinity)
  })

  test('ten refusals of one burst count once', () => {
    const rate = new AdaptiveRate()
    const decreases = Array.from({ length: 10 }, () => rate.decrease(0, 100))
    expect(decreases.filter(Boolean)).toHaveLength(1)
    expect(rate.factor(100)).toBe(0.5)
  })

  test('never stops altogether, and can be reset', () => {
    const rate = new AdaptiveRate()
    for (let nowMs = 1; nowMs <= 50; nowMs += 1) rate.decrease(nowMs, nowMs)
    expect(rate.factor(50)).toBe(1 / 64)
    rate.reset()
    expect(rate.factor(50)).toBe(1)
  })

  test('each change it names lies ahead, however odd the times are', () => {
    const rate = new AdaptiveRate()
    rate.decrease(0.1, 1_234.567_89)
    rate.decrease(1_300.7, 1_301.123_456_7)
    let atMs = 1_301.2
    const factors: number[] = []
    for (let next = rate.changesAtMs(atMs); next !== Infinity; next = rate.changesAtMs(atMs)) {
      expect(next).toBeGreaterThan(atMs)
      atMs = next
      factors.push(rate.factor(atMs))
    }
    expect(factors.map((factor) => factor.toFixed(2))).toEqual([
      '0.35',
      '0.45',
      '0.55',
      '0.65',
      '0.75',
      '0.85',
      '0.95',
      '1.00',
    ])
  })
})
