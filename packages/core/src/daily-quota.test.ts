import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DailyQuota, isDailySnapshot } from './daily-quota.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

describe('DailyQuota', () => {
  test('keeps a reserve: background stops first, then default, critical uses everything', () => {
    const daily = new DailyQuota(100, 0.2, 0)
    daily.take(80, 0)
    expect(daily.waitMs(1, 'background', 0)).toBeGreaterThan(0)
    expect(daily.waitMs(1, 'default', 0)).toBe(0)
    daily.take(10, 0)
    expect(daily.waitMs(1, 'default', 0)).toBeGreaterThan(0)
    expect(daily.waitMs(10, 'critical', 0)).toBe(0)
    daily.take(10, 0)
    expect(daily.remaining(0)).toBe(0)
    expect(daily.waitMs(1, 'critical', 0)).toBe(25 * HOUR_MS)
  })

  test('names the moment at which enough has left the window', () => {
    const daily = new DailyQuota(10, 0, 0)
    daily.take(4, 0)
    daily.take(6, 2.5 * HOUR_MS)
    const nowMs = 3 * HOUR_MS
    expect(daily.waitMs(4, 'critical', nowMs)).toBe(22 * HOUR_MS)
    expect(daily.waitMs(5, 'critical', nowMs)).toBe(24 * HOUR_MS)
    expect(daily.waitMs(11, 'critical', nowMs)).toBe(Infinity)
    expect(daily.waitMs(4, 'critical', 25 * HOUR_MS)).toBe(0)
    expect(daily.remaining(25 * HOUR_MS)).toBe(4)
    expect(daily.remaining(100 * DAY_MS)).toBe(10)
  })

  test('what is given back returns to the hour it was taken in', () => {
    const daily = new DailyQuota(10, 0, 0)
    daily.take(10, 0)
    daily.giveBack(4, 0, 5 * HOUR_MS)
    expect(daily.remaining(5 * HOUR_MS)).toBe(4)
    expect(daily.remaining(25 * HOUR_MS)).toBe(10)
    daily.giveBack(4, 0, 26 * HOUR_MS)
    expect(daily.remaining(26 * HOUR_MS)).toBe(10)
  })

  test('the server can lower the count but not raise it', () => {
    const daily = new DailyQuota(100, 0, 0)
    daily.take(40, 0)
    daily.observe({ remaining: 90 }, 0, 0)
    expect(daily.remaining(0)).toBe(60)
    daily.observe({ remaining: 20 }, 3, 0)
    expect(daily.remaining(0)).toBe(17)
    daily.take(17, 0)
    expect(daily.waitMs(1, 'critical', 0)).toBe(HOUR_MS)
    daily.giveBack(1, 0, 0)
    expect(daily.waitMs(1, 'critical', 0)).toBe(0)
  })

  test('the word of the server ends with its reset, or after an hour', () => {
    const daily = new DailyQuota(Infinity, 0.1, 0)
    expect(daily.waitMs(1_000_000, 'background', 0)).toBe(0)
    expect(daily.remaining(0)).toBe(Infinity)
    daily.observe({ remaining: 0, limit: 1_000, resetAfterMs: 5_000 }, 0, 0)
    expect(daily.waitMs(1, 'critical', 0)).toBe(5_000)
    expect(daily.waitMs(1, 'critical', 5_000)).toBe(0)
    daily.observe({ remaining: 80, limit: 1_000 }, 0, 10_000)
    expect(daily.waitMs(1, 'background', 10_000)).toBe(HOUR_MS)
    expect(daily.waitMs(1, 'default', 10_000)).toBe(0)
    expect(daily.remaining(10_000 + HOUR_MS)).toBe(Infinity)
  })

  test('an unknown limit keeps nothing back', () => {
    const daily = new DailyQuota(Infinity, 0.5, 0)
    daily.observe({ remaining: 1 }, 0, 0)
    expect(daily.waitMs(1, 'background', 0)).toBe(0)
  })

  test('a snapshot goes through JSON and keeps its age', () => {
    const before = new DailyQuota(10, 0, 0)
    before.take(4, 0)
    before.take(3, 90 * 60_000)
    before.observe({ remaining: 2, limit: 8, resetAfterMs: HOUR_MS }, 0, 100 * 60_000)
    const saved: unknown = JSON.parse(JSON.stringify(before.snapshot(100 * 60_000)))
    expect(isDailySnapshot(saved)).toBe(true)
    if (!isDailySnapshot(saved)) return
    // Half an hour passed while nothing ran; the new clock stands at 1_000.
    const after = new DailyQuota(10, 0, 1_000)
    after.restore(saved, 1_000 - 30 * 60_000)
    expect(after.remaining(1_000)).toBe(2)
    expect(after.waitMs(3, 'critical', 1_000)).toBe(30 * 60_000)
    expect(after.remaining(1_000 + 30 * 60_000)).toBe(3)
    // 130 of 1_500 minutes of the first hour's 25 are over.
    expect(after.remaining(1_000 + (1_500 - 130) * 60_000 - 1)).toBe(3)
    expect(after.remaining(1_000 + (1_500 - 130) * 60_000)).toBe(7)
  })

  test('a snapshot without a word of the server or its limit is whole', () => {
    const before = new DailyQuota(10, 0, 0)
    before.take(1, 0)
    const after = new DailyQuota(10, 0, 0)
    after.restore(before.snapshot(0), 0)
    expect(after.snapshot(0)).toEqual(before.snapshot(0))
    before.observe({ remaining: 5 }, 0, 0)
    after.restore(before.snapshot(0), 0)
    expect(after.remaining(0)).toBe(5)
    after.reset(0)
    expect(after.remaining(0)).toBe(10)
  })

  test.each([
    ['nothing', null],
    ['text', 'x'],
    ['no hours', { intoHourMs: 0, server: null }],
    ['hours of text', { hours: ['1'], intoHourMs: 0, server: null }],
    ['no moment', { hours: [1], server: null }],
    ['an endless count', { hours: [Infinity], intoHourMs: 0, server: null }],
    ['a word without count', { hours: [1], intoHourMs: 0, server: { limit: null, forMs: 1 } }],
    ['a word of text', { hours: [1], intoHourMs: 0, server: 'x' }],
    ['a limit of text', { hours: [1], intoHourMs: 0, server: { left: 1, limit: 'x', forMs: 1 } }],
  ])('%s is no snapshot', (_name, data) => {
    expect(isDailySnapshot(data)).toBe(false)
  })

  test('no 24 hours ever hold more than the quota, and a named wait is enough', () => {
    const step = fc.record({
      afterMs: fc.integer({ min: 0, max: 5 * HOUR_MS }),
      weight: fc.integer({ min: 1, max: 5 }),
      isCancelled: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 5, max: 30 }), (steps, limit) => {
        const daily = new DailyQuota(limit, 0, 777)
        let nowMs = 777
        const sent: { atMs: number; weight: number }[] = []
        for (const { afterMs, weight, isCancelled } of steps) {
          nowMs += afterMs
          const waitMs = daily.waitMs(weight, 'critical', nowMs)
          if (waitMs > 0) {
            expect(daily.waitMs(weight, 'critical', nowMs + waitMs - 1)).toBeGreaterThan(0)
            nowMs += waitMs
            expect(daily.waitMs(weight, 'critical', nowMs)).toBe(0)
          }
          daily.take(weight, nowMs)
          if (isCancelled) daily.giveBack(weight, nowMs, nowMs)
          else sent.push({ atMs: nowMs, weight })
        }
        for (const first of sent) {
          const within = sent.filter(({ atMs }) => atMs >= first.atMs && atMs < first.atMs + DAY_MS)
          expect(within.reduce((sum, { weight }) => sum + weight, 0)).toBeLessThanOrEqual(limit)
        }
      }),
    )
  })
})
