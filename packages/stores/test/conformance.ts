import { gcraStep, quotaGap, quotaStep, type StateStore, type StoreQuota, type StoreRate } from '@holdfast/core/shared'
import fc from 'fast-check'
import { expect, test } from 'vitest'

/** Time that a test turns by hand, in us. */
export interface TestTime {
  nowUs: number
}

/** Makes a store whose time is the test's; without one it is the store's own. Keys of one store do not meet another's. */
export type MakeStore = (time?: TestTime) => Promise<StateStore> | StateStore

// Beyond 2^50, where careless text loses digits.
const START_US = 1_800_000_000_000_001
const RATE: StoreRate = { emissionUs: 10_000, burst: 5 }
const QUOTA: StoreQuota = { limit: 10, windowMs: 4_000, bucketMs: 1_000 }

let keys = 0
const freshKey = (): string => `conformance:https://api.example/${(keys += 1)}`

const rateHistory = fc.record({
  emissionUs: fc.constantFrom(1, 7, 333_334, 1_000_000),
  burst: fc.integer({ min: 1, max: 60 }),
  steps: fc.array(
    fc.record({
      afterUs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5_000_000 }), fc.constant(-3_000_000)),
      cost: fc.oneof(fc.integer({ min: 1, max: 80 }), fc.integer({ min: -20, max: 0 })),
    }),
    { minLength: 1, maxLength: 15 },
  ),
})

const quotaHistory = fc.record({
  limit: fc.integer({ min: 1, max: 40 }),
  windowMs: fc.constantFrom(1_000, 3_500, 10_000),
  bucketMs: fc.constantFrom(500, 1_000),
  steps: fc.array(
    fc.record({
      afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 4_000 })),
      cost: fc.integer({ min: -10, max: 25 }),
      seen: fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined, freq: 6 }),
    }),
    { minLength: 1, maxLength: 15 },
  ),
})

const inOrder = (entries: readonly (readonly [string, string, number])[]) =>
  entries.map(([key, value]) => [key, value]).toSorted(([left = ''], [right = '']) => left.localeCompare(right))

/** What every store must do; `runs` histories are drawn for each property. */
export const testStore = (make: MakeStore, runs: number): void => {
  test('no span of time admits more than the burst and what comes in it', async () => {
    const time = { nowUs: START_US }
    const store = await make(time)
    const key = freshKey()
    const grants: (readonly [atUs: number, granted: number])[] = []
    for (let step = 0; step < 60; step += 1) {
      const { granted } = await store.take(key, RATE, 1 + (step % 7))
      grants.push([time.nowUs, granted])
      time.nowUs += (step % 5) * 7_321
    }
    expect(grants.reduce((sum, [, granted]) => sum + granted, 0)).toBeGreaterThan(RATE.burst * 5)
    for (const [from, [fromUs]] of grants.entries()) {
      let sum = 0
      for (const [atUs, granted] of grants.slice(from)) {
        sum += granted
        expect(sum).toBeLessThanOrEqual(RATE.burst + (atUs - fromUs) / RATE.emissionUs)
      }
    }
  })

  test('a permit comes exactly when it said', async () => {
    const time = { nowUs: START_US }
    const store = await make(time)
    const key = freshKey()
    expect(await store.take(key, RATE, 8)).toEqual({ granted: 5, remaining: 0, retryAfterMs: 10 })
    time.nowUs += 9_999
    expect((await store.take(key, RATE, 1)).granted).toBe(0)
    time.nowUs += 1
    expect(await store.take(key, RATE, 2)).toEqual({ granted: 1, remaining: 0, retryAfterMs: 10 })
  })

  test('rates: agrees with the reference on random histories', async () => {
    const time = { nowUs: START_US }
    const store = await make(time)
    await fc.assert(
      fc.asyncProperty(rateHistory, async ({ emissionUs, burst, steps }) => {
        const key = freshKey()
        let arrivalUs = 0
        for (const { afterUs, cost } of steps) {
          time.nowUs += afterUs
          const { arrivalUs: nextUs, ...expected } = gcraStep(arrivalUs, time.nowUs, { emissionUs, burst }, cost)
          arrivalUs = nextUs
          expect(await store.take(key, { emissionUs, burst }, cost)).toEqual(expected)
        }
      }),
      { numRuns: runs },
    )
  })

  test('quotas: agrees with the reference on random histories', async () => {
    const time = { nowUs: START_US }
    const store = await make(time)
    await fc.assert(
      fc.asyncProperty(quotaHistory, async ({ steps, ...quota }) => {
        const key = freshKey()
        const counts = new Map<number, number>()
        for (const { afterMs, cost, seen } of steps) {
          time.nowUs += afterMs * 1_000
          const nowMs = Math.floor(time.nowUs / 1_000)
          if (seen !== undefined) {
            const gap = quotaGap(counts, nowMs, quota, { remaining: seen })
            const bucket = Math.floor(nowMs / quota.bucketMs)
            counts.set(bucket, (counts.get(bucket) ?? 0) + gap)
            await store.observe(key, quota, { remaining: seen })
          }
          const { changed, ...expected } = quotaStep(counts, nowMs, quota, cost)
          for (const [bucket, used] of changed) counts.set(bucket, used)
          expect(await store.reserve(key, quota, cost)).toEqual(expected)
        }
      }),
      { numRuns: runs },
    )
  })

  test('no window holds more than the quota', async () => {
    const time = { nowUs: START_US }
    const store = await make(time)
    const key = freshKey()
    const grants: (readonly [atMs: number, granted: number])[] = []
    for (let step = 0; step < 80; step += 1) {
      const { granted } = await store.reserve(key, QUOTA, 1 + (step % 4))
      grants.push([time.nowUs / 1_000, granted])
      time.nowUs += (step % 6) * 131_000
    }
    expect(grants.reduce((sum, [, granted]) => sum + granted, 0)).toBeGreaterThan(QUOTA.limit * 3)
    for (const [fromMs] of grants) {
      const inside = grants.filter(([atMs]) => atMs >= fromMs && atMs < fromMs + QUOTA.windowMs)
      expect(inside.reduce((sum, [, granted]) => sum + granted, 0)).toBeLessThanOrEqual(QUOTA.limit)
    }
  })

  test('a quota comes back exactly when it said, and what was given back at once', async () => {
    const time = { nowUs: 1_800_000_000_250_000 }
    const store = await make(time)
    const key = freshKey()
    expect(await store.reserve(key, QUOTA, 12)).toEqual({ granted: 10, remaining: 0, resetMs: 4_750 })
    expect(await store.reserve(key, QUOTA, -3)).toMatchObject({ granted: 0, remaining: 3 })
    expect((await store.reserve(key, QUOTA, 5)).granted).toBe(3)
    time.nowUs += 4_749_000
    expect((await store.reserve(key, QUOTA, 1)).granted).toBe(0)
    time.nowUs += 1_000
    expect(await store.reserve(key, QUOTA, 0)).toMatchObject({ granted: 0, remaining: 10, resetMs: 0 })
  })

  test('the word of a server only ever tightens', async () => {
    const store = await make({ nowUs: START_US })
    const key = freshKey()
    await store.reserve(key, QUOTA, 4)
    await store.observe(key, QUOTA, { remaining: 9 })
    expect((await store.reserve(key, QUOTA, 0)).remaining).toBe(6)
    await store.observe(key, QUOTA, { remaining: 2, limit: 10 })
    expect((await store.reserve(key, QUOTA, 0)).remaining).toBe(2)
    await store.observe(key, QUOTA, { remaining: 2, limit: 10 })
    expect((await store.reserve(key, QUOTA, 0)).remaining).toBe(2)
  })

  test('takers at the same time get no more than there is', async () => {
    const store = await make({ nowUs: START_US })
    const key = freshKey()
    const taken = await Promise.all(Array.from({ length: 40 }, () => store.take(key, RATE, 1)))
    expect(taken.filter(({ granted }) => granted === 1)).toHaveLength(RATE.burst)
    const reserved = await Promise.all(Array.from({ length: 20 }, () => store.reserve(key, QUOTA, 3)))
    expect(reserved.reduce((sum, { granted }) => sum + granted, 0)).toBe(QUOTA.limit)
  })

  test('values: prefix, end of life, first come', async () => {
    const time = { nowUs: START_US }
    const store = await make(time)
    const prefix = `${freshKey()}/`
    const odd = `${prefix}%_*?'"\\ \n\u{1F600}`
    expect(await store.put(odd, '1:"\n\u{1F600}', { ttlMs: 1_000 })).toBe(true)
    expect(await store.put(`${prefix}b`, '', { ttlMs: 5_000, ifAbsent: true })).toBe(true)
    expect(await store.put(`${prefix}b`, 'x', { ttlMs: 5_000, ifAbsent: true })).toBe(false)
    await store.put(`${prefix.slice(0, -1)}x`, 'other', { ttlMs: 5_000 })
    expect(inOrder(await store.list(prefix))).toEqual(
      inOrder([
        [odd, '1:"\n\u{1F600}', 0],
        [`${prefix}b`, '', 0],
      ]),
    )
    time.nowUs += 1_000_000
    const [left, ...rest] = await store.list(prefix)
    expect(rest).toEqual([])
    expect(left).toEqual([`${prefix}b`, '', 4_000])
    expect(await store.put(odd, 'again', { ttlMs: 1, ifAbsent: true })).toBe(true)
    expect(await store.put(`${prefix}b`, '', { ttlMs: 0 })).toBe(true)
    expect(inOrder(await store.list(prefix))).toEqual([[odd, 'again']])
  })

  test('says whether it keeps its counts', async () => {
    const store = await make()
    const { durable, detail } = await store.durability()
    expect(typeof durable).toBe('boolean')
    expect(detail).not.toBe('')
  })
}
