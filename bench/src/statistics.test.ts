import { describe, expect, it } from 'vitest'
import { median, quantile, spreadOf, spreadPercent } from './statistics.ts'

describe('statistics', () => {
  it('finds the middle of odd and even counts', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([4, 1, 3, 2])).toBe(2.5)
    expect(median([])).toBeNaN()
  })

  it('interpolates quantiles', () => {
    expect(quantile([0, 10], 0.25)).toBe(2.5)
    expect(quantile([3, 1, 2], 1)).toBe(3)
  })

  it('tells how far values lie apart', () => {
    expect(spreadPercent(spreadOf([90, 100, 110]))).toBe(10)
  })
})
