import { describe, expect, test } from 'vitest'
import { LearnedQuotas } from './learned-quota.ts'

const requests = { unit: 'requests' } as const

describe('LearnedQuotas', () => {
  test('knows nothing and allows everything at first', () => {
    const learned = new LearnedQuotas()
    expect(learned.waitMs(1_000, 0, 0)).toBe(0)
    expect(learned.permitsPerMs(0)).toBe(Infinity)
    expect(learned.changesAtMs(0)).toBe(Infinity)
    expect(learned.health(0)).toEqual({})
  })

  test('never lets more go than are left before the reset', () => {
    const learned = new LearnedQuotas()
    learned.observe({ name: 'burst', limit: 5, remaining: 3, resetAfterMs: 30_000, ...requests }, 1, false, 1_000)
    expect(learned.waitMs(2, 0, 1_000)).toBe(0)
    expect(learned.waitMs(3, 0, 1_000)).toBe(30_000)
    expect(learned.waitMs(1, 2, 1_000)).toBe(30_000)
    learned.take(2, 1_000)
    expect(learned.waitMs(1, 0, 2_000)).toBe(29_000)
    learned.giveBack(1, 2_000)
    expect(learned.waitMs(1, 0, 2_000)).toBe(0)
    expect(learned.health(2_000)).toEqual({ burst: { remaining: 1, resetAfterMs: 29_000 } })
    learned.take(1, 2_000)
    expect(learned.waitMs(1, 0, 31_000)).toBe(0)
    expect(learned.health(31_000)).toEqual({})
  })

  test('lets half of the quota go as it comes and spreads the rest over the time left', () => {
    const learned = new LearnedQuotas()
    learned.observe({ name: 'burst', limit: 100, remaining: 52, resetAfterMs: 30_000, ...requests }, 0, false, 0)
    expect(learned.waitMs(1, 1, 0)).toBe(0)
    expect(learned.waitMs(1, 2, 0)).toBe(0)
    expect(learned.waitMs(1, 5, 0)).toBeCloseTo((3 * 30_000) / 52)
    learned.take(2, 0)
    // 50 are left for 30 s.
    expect(learned.waitMs(1, 0, 0)).toBe(0)
    expect(learned.waitMs(1, 3, 0)).toBe(1_800)
    learned.take(1, 0)
    expect(learned.waitMs(1, 0, 0)).toBe(600)
    learned.giveBack(1, 0)
    expect(learned.waitMs(1, 0, 0)).toBe(0)
    // The next answer counts from where we are, not from the start.
    learned.take(2, 0)
    learned.observe({ name: 'burst', limit: 100, remaining: 30, resetAfterMs: 27_000, ...requests }, 3, false, 0)
    expect(learned.waitMs(1, 1, 0)).toBe(2_200)
    expect(learned.waitMs(1, 26, 0)).toBe(27_000)
    expect(learned.waitMs(1, 27, 0)).toBe(27_000)
    expect(learned.waitMs(1, 0, 27_000)).toBe(0)
  })

  test('spreads all of a quota whose size is not known', () => {
    const learned = new LearnedQuotas()
    learned.observe({ name: 'x-ratelimit', remaining: 10, resetAfterMs: 10_000, ...requests }, 0, false, 0)
    learned.take(1, 0)
    expect(learned.waitMs(1, 0, 0)).toBe(1_000)
  })

  test('never goes faster than the quota over its window, and forgets that after a while', () => {
    const learned = new LearnedQuotas()
    learned.observe(
      { name: 'burst', limit: 100, remaining: 90, resetAfterMs: 1_000, windowMs: 60_000, ...requests },
      0,
      false,
      0,
    )
    expect(learned.permitsPerMs(0)).toBeCloseTo(100 / 60_000)
    expect(learned.changesAtMs(0)).toBe(600_000)
    expect(learned.permitsPerMs(600_000)).toBe(Infinity)
    expect(learned.changesAtMs(600_000)).toBe(Infinity)
  })

  test('the strictest of several quotas decides', () => {
    const learned = new LearnedQuotas()
    learned.observe(
      { name: 'second', limit: 10, remaining: 9, resetAfterMs: 1_000, windowMs: 1_000, ...requests },
      0,
      false,
      0,
    )
    learned.observe(
      { name: 'minute', limit: 60, remaining: 2, resetAfterMs: 20_000, windowMs: 60_000, ...requests },
      0,
      false,
      0,
    )
    expect(learned.waitMs(3, 0, 0)).toBe(20_000)
    expect(learned.permitsPerMs(0)).toBeCloseTo(1 / 1_000)
    learned.take(1, 0)
    expect(learned.waitMs(1, 0, 0)).toBe(10_000)
  })

  test('keeps the partitions of a quota apart', () => {
    const learned = new LearnedQuotas()
    learned.observe({ name: 'user', partition: 'YQ==', remaining: 0, resetAfterMs: 9_000, ...requests }, 0, false, 0)
    learned.observe({ name: 'user', partition: 'Yg==', remaining: 5, resetAfterMs: 9_000, ...requests }, 0, false, 0)
    expect(learned.waitMs(1, 0, 0)).toBe(9_000)
    // A partition may be made of credentials, so health shows the name alone, with the least that is left.
    expect(learned.health(0)).toEqual({ user: { remaining: 0, resetAfterMs: 9_000 } })
  })

  test('without a reset units come free with time, unless the server has refused', () => {
    const learned = new LearnedQuotas()
    const view = { name: 'per-second', limit: 10, remaining: 0, windowMs: 2_000, ...requests }
    learned.observe(view, 0, false, 1_000)
    expect(learned.waitMs(1, 0, 1_000)).toBe(200)
    expect(learned.waitMs(1, 2, 1_100)).toBe(500)
    expect(learned.waitMs(1, 0, 1_200)).toBe(0)
    learned.take(1, 1_200)
    expect(learned.waitMs(1, 0, 1_200)).toBe(200)
    expect(learned.waitMs(1, 50, 1_200)).toBe(1_800)
    expect(learned.permitsPerMs(1_000)).toBeCloseTo(10 / 2_000)
    learned.observe(view, 0, true, 2_000)
    expect(learned.waitMs(1, 0, 2_000)).toBe(2_000)
  })

  test('without a window either a count holds for a second', () => {
    const bare = new LearnedQuotas()
    bare.observe({ name: 'x-ratelimit', remaining: 0, ...requests }, 0, false, 0)
    expect(bare.waitMs(1, 0, 0)).toBe(1_000)
  })

  test('a reset that is due now, and a limit alone, hold nobody up', () => {
    const learned = new LearnedQuotas()
    learned.observe({ name: 'a', remaining: 0, resetAfterMs: 0, ...requests }, 0, false, 0)
    learned.observe({ name: 'b', limit: 0, windowMs: 1_000, ...requests }, 0, false, 0)
    expect(learned.waitMs(100, 0, 0)).toBe(0)
    expect(learned.permitsPerMs(0)).toBe(Infinity)
  })

  test('a pause holds everything, and a shorter one does not end a longer one', () => {
    const learned = new LearnedQuotas()
    learned.pause(5_000, 0)
    learned.pause(1_000, 0)
    expect(learned.waitMs(1, 0, 0)).toBe(5_000)
    learned.pause(10 * 86_400_000, 0)
    expect(learned.waitMs(1, 0, 0)).toBe(86_400_000)
    learned.reset()
    expect(learned.waitMs(1, 0, 0)).toBe(0)
  })

  test('remembers eight quotas at most, however many names the server sends', () => {
    const learned = new LearnedQuotas()
    for (let name = 0; name < 100; name += 1)
      learned.observe({ name: `quota-${name}`, remaining: 0, resetAfterMs: 1_000, ...requests }, 0, false, 0)
    expect(Object.keys(learned.health(0))).toEqual(Array.from({ length: 8 }, (_, index) => `quota-${92 + index}`))
  })
})
