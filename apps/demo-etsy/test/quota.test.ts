import { expect, test } from 'vitest'
import { createQuota } from '../src/simulator/quota.ts'

const limits = { perSecondLimit: 3, dailyLimit: 5, windowMs: 12_000 }

test('refuses per second before per day, and counts again in the next second', () => {
  const quota = createQuota(limits)
  const verdicts = [0, 10, 20, 30].map((nowMs) => quota.take(nowMs))
  expect(verdicts.map((verdict) => verdict.breach)).toEqual(['none', 'none', 'none', 'per-second'])
  expect(verdicts.map((verdict) => verdict.remainingThisSecond)).toEqual([2, 1, 0, 0])
  expect(quota.take(1_000).breach).toBe('none')
})

test('a refused request costs nothing', () => {
  const quota = createQuota(limits)
  for (let request = 0; request < 10; request += 1) quota.take(0)
  expect(quota.burned).toBe(3)
  expect(quota.take(1_000).remainingToday).toBe(1)
})

test('the day slides: a bucket that leaves frees its use at once, and retry-after says when', () => {
  const quota = createQuota(limits)
  for (const nowMs of [0, 0, 0, 1_000, 1_000]) expect(quota.take(nowMs).breach).toBe('none')
  const refused = quota.take(2_000)
  expect(refused).toMatchObject({ breach: 'per-day', remainingToday: 0, retryAfterSeconds: 10 })
  expect(quota.take(11_999).breach).toBe('per-day')
  expect(quota.take(12_000)).toMatchObject({ breach: 'none', remainingToday: 2 })
})

test('a lower limit per second can stand in for a while', () => {
  const quota = createQuota(limits)
  expect([quota.take(0, 1).breach, quota.take(1, 1).breach, quota.take(2).breach]).toEqual([
    'none',
    'per-second',
    'none',
  ])
})
