import { describe, expect, test } from 'vitest'
import { createTestClock } from '../testing/test-clock.ts'
import { gcraStep } from './gcra-step.ts'
import { memoryStore } from './memory-store.ts'
import { quotaGap, quotaStep } from './quota-step.ts'

const RATE = { emissionUs: 10_000, burst: 5 }
const QUOTA = { limit: 10, windowMs: 4_000, bucketMs: 1_000 }

describe('memoryStore', () => {
  test('counts rates and quotas on its clock', async () => {
    const clock = createTestClock()
    const store = memoryStore(clock)
    expect(await store.take('k', RATE, 7)).toEqual({ granted: 5, remaining: 0, retryAfterMs: 10 })
    expect(await store.take('k', RATE, -2)).toEqual({ granted: 0, remaining: 2, retryAfterMs: 0 })
    expect((await store.reserve('k', QUOTA, 12)).granted).toBe(10)
    expect((await store.reserve('k', QUOTA, -10)).remaining).toBe(10)
    await store.observe('k', QUOTA, { remaining: 3 })
    await store.observe('k', QUOTA, { remaining: 9 })
    expect((await store.reserve('k', QUOTA, 0)).remaining).toBe(3)
    await clock.advance(6_000)
    expect(await store.reserve('k', QUOTA, 0)).toEqual({ granted: 0, remaining: 10, resetMs: 0 })
    expect(await memoryStore().durability()).toMatchObject({ durable: false })
  })

  test('keeps values for as long as they hold, and tells who watches', async () => {
    const clock = createTestClock()
    const store = memoryStore(clock)
    const heard: unknown[] = []
    const stop = store.watch?.('a/', (...change) => heard.push(change))
    expect(await store.put('a/1', 'x', { ttlMs: 100, ifAbsent: true })).toBe(true)
    expect(await store.put('a/1', 'y', { ttlMs: 100, ifAbsent: true })).toBe(false)
    await store.put('b/1', 'x', { ttlMs: 100 })
    expect(await store.list('a/')).toEqual([['a/1', 'x', 100]])
    await clock.advance(100)
    expect(await store.list('')).toEqual([])
    await store.put('a/1', '', { ttlMs: 0 })
    stop?.()
    await store.put('a/2', 'x', { ttlMs: 100 })
    expect(heard).toEqual([
      ['a/1', 'x'],
      ['a/1', null],
    ])
    await store.close()
  })

  test('is bounded: what was written longest ago leaves', async () => {
    const store = memoryStore(createTestClock())
    for (let key = 0; key < 10_001; key += 1) await store.take(`k${key}`, RATE, 5)
    expect((await store.take('k0', RATE, 5)).granted).toBe(5)
    expect((await store.take('k10000', RATE, 5)).granted).toBe(0)
  })
})

test('a clock that went back holds nobody up for longer than the burst', () => {
  const { arrivalUs } = gcraStep(0, 3_600_000_000, RATE, 5)
  expect(gcraStep(arrivalUs, 0, RATE, 1)).toMatchObject({ granted: 0, retryAfterMs: 10 })
})

test('a limit of the server other than ours counts as what it has used', () => {
  expect(quotaGap(new Map(), 0, QUOTA, { remaining: 15, limit: 20 })).toBe(5)
  expect(quotaStep(new Map([[0, 4]]), 9_000, QUOTA, 1).changed).toEqual([
    [0, 0],
    [9, 1],
  ])
})
