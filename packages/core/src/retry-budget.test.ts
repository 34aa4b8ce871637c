import { describe, expect, it, vi } from 'vitest'
import { RetryBudget } from './retry-budget.ts'

const TERMS = { capacity: 100, cost: 10, throttledCost: 5, deposit: 1, dripPerSecond: 1 }
const full = (terms: Partial<typeof TERMS> = {}, onTurn = vi.fn()): RetryBudget =>
  new RetryBudget({ ...TERMS, ...terms }, 0, onTurn)

describe('RetryBudget', () => {
  it('starts full, gives all or nothing, and never more than it has', () => {
    const budget = full()
    for (let retry = 0; retry < 10; retry += 1) expect(budget.take(10, 0)).toBe(true)
    expect(budget.take(10, 0)).toBe(false)
    expect(budget.tokens(0)).toBe(0)
    budget.give(9)
    expect(budget.take(10, 0)).toBe(false)
    expect(budget.tokens(0)).toBe(9)
  })

  it('drips with time, up to its capacity', () => {
    const budget = full()
    budget.take(50, 0)
    expect(budget.tokens(10_000)).toBe(60)
    expect(budget.tokens(10_500)).toBe(60.5)
    expect(budget.tokens(10 ** 9)).toBe(100)
  })

  it('never drips twice for the same time when the clock goes back', () => {
    const budget = full()
    budget.take(50, 10_000)
    expect(budget.tokens(5_000)).toBe(50)
    expect(budget.tokens(10_000)).toBe(50)
    expect(budget.tokens(11_000)).toBe(51)
  })

  it('holds its capacity whatever is paid in', () => {
    const budget = full()
    budget.give(1_000)
    expect(budget.tokens(0)).toBe(100)
  })

  it('announces the turn to exhausted and back, once each', () => {
    const onTurn = vi.fn()
    const budget = full({ capacity: 10, dripPerSecond: 1 }, onTurn)
    budget.take(10, 0)
    expect(onTurn).not.toHaveBeenCalled()
    budget.take(10, 0)
    budget.take(10, 0)
    expect(onTurn.mock.calls).toEqual([[true, 0]])
    budget.take(10, 10_000)
    expect(onTurn.mock.calls).toEqual([
      [true, 0],
      [false, 0],
    ])
  })

  it('shows its state, keeps it over a restart and refuses nonsense', () => {
    const budget = full()
    budget.take(40, 0)
    expect(budget.health(0)).toEqual({ tokens: 60, capacity: 100 })
    const copy = full()
    copy.restore(JSON.parse(JSON.stringify(budget.snapshot(0))), 5_000)
    expect(copy.tokens(5_000)).toBe(60)
    copy.restore(-5, 5_000)
    expect(copy.tokens(5_000)).toBe(0)
    copy.restore(10 ** 6, 5_000)
    expect(copy.tokens(5_000)).toBe(100)
    copy.take(30, 5_000)
    for (const nonsense of ['60', NaN, null, {}]) copy.restore(nonsense, 5_000)
    expect(copy.tokens(5_000)).toBe(70)
    copy.reset(6_000)
    expect(copy.tokens(6_000)).toBe(100)
  })
})
