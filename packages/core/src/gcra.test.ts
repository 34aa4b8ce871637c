import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Gcra, type Pace } from './gcra.ts'

const constantPace = (permitsPerMs: number): Pace => ({
  highestPerMs: permitsPerMs,
  permitsPerMs: () => permitsPerMs,
  changesAtMs: () => Infinity,
})

const taken = (limiter: Gcra, weight: number, nowMs: number): boolean => {
  if (limiter.waitMs(weight, 0, nowMs) > 0) return false
  limiter.take(weight, nowMs)
  return true
}

describe('Gcra', () => {
  test('lets the burst go at once and one permit more each interval', () => {
    const limiter = new Gcra(3, constantPace(1 / 100), 0)
    expect([taken(limiter, 1, 0), taken(limiter, 1, 0), taken(limiter, 1, 0), taken(limiter, 1, 0)]).toEqual([
      true,
      true,
      true,
      false,
    ])
    expect(limiter.waitMs(1, 0, 0)).toBe(100)
    expect(limiter.waitMs(1, 4, 40)).toBeCloseTo(460)
    expect(taken(limiter, 1, 99)).toBe(false)
    expect(taken(limiter, 1, 100)).toBe(true)
  })

  test('a weight above the burst goes when the limiter is full, and is paid off afterwards', () => {
    const limiter = new Gcra(2, constantPace(1 / 100), 0)
    expect(taken(limiter, 1, 0)).toBe(true)
    expect(limiter.waitMs(5, 0, 0)).toBe(100)
    expect(taken(limiter, 5, 100)).toBe(true)
    expect(limiter.remaining(100)).toBe(-3)
    expect(limiter.waitMs(1, 0, 100)).toBe(400)
  })

  test('permits given back at once are there again, those held long are not', () => {
    const limiter = new Gcra(1, constantPace(1 / 100), 0)
    const place = limiter.take(1, 0)
    expect(limiter.waitMs(1, 0, 0)).toBe(100)
    limiter.giveBack(1, place, 0, 0)
    expect(limiter.waitMs(1, 0, 0)).toBe(0)

    const held = limiter.take(1, 1_000)
    const other = limiter.take(1, 1_100)
    limiter.giveBack(1, held, 1_000, 1_100)
    // The refill while the first was held let the second go; a third now would be one too many.
    expect(limiter.waitMs(1, 0, 1_100)).toBe(100)
    limiter.giveBack(1, other, 1_100, 1_100)
    expect(limiter.waitMs(1, 0, 1_100)).toBe(0)
  })

  test('permits given back in the moment they were taken are all there again, in whatever order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], { minLength: 1 }), (order) => {
        const limiter = new Gcra(10, constantPace(1 / 100), 0)
        const places = Array.from({ length: 10 }, () => limiter.take(1, 5_000))
        for (const index of order) limiter.giveBack(1, places[index] ?? 0, 5_000, 5_000)
        expect(limiter.remaining(5_000)).toBe(order.length)
      }),
    )
  })

  test('permits of a busy limiter are worth something for as long as their place lies ahead', () => {
    const limiter = new Gcra(10, constantPace(1 / 100), 0)
    const places = Array.from({ length: 10 }, () => limiter.take(1, 0))
    limiter.giveBack(1, places[9] ?? 0, 0, 800)
    expect(limiter.remaining(800)).toBeCloseTo(9)
    limiter.giveBack(1, places[0] ?? 0, 0, 800)
    expect(limiter.remaining(800)).toBeCloseTo(9)
  })

  test('what was given back before a permit was taken does not make its place worth less', () => {
    const limiter = new Gcra(3, constantPace(1 / 100), 0)
    for (let turn = 0; turn < 5; turn += 1) limiter.giveBack(1, limiter.take(1, 0), 0, 0)
    limiter.take(2, 0)
    const last = limiter.take(1, 0)
    limiter.giveBack(1, last, 0, 190)
    expect(limiter.remaining(190)).toBeCloseTo(2.9)
  })

  test('follows a pace that changes while calls wait', () => {
    // 1 permit a second until 2_000 ms, then 10 a second.
    const pace: Pace = {
      highestPerMs: 1 / 100,
      permitsPerMs: (atMs) => (atMs < 2_000 ? 1 / 1_000 : 1 / 100),
      changesAtMs: (atMs) => (atMs < 2_000 ? 2_000 : Infinity),
    }
    const limiter = new Gcra(1, pace, 0)
    limiter.take(1, 0)
    expect(limiter.waitMs(1, 0, 0)).toBeCloseTo(1_000)
    expect(limiter.waitMs(1, 3, 0)).toBeCloseTo(2_200)
    expect(taken(limiter, 1, 1_000)).toBe(true)
    expect(limiter.waitMs(1, 3, 1_000)).toBeCloseTo(1_300)
    limiter.take(3, 1_000)
    expect(limiter.waitMs(1, 0, 2_300)).toBe(0)
  })

  test('a pace of nothing for ever means never, and for a while means after it', () => {
    const never = new Gcra(1, constantPace(0), 0)
    never.take(1, 0)
    expect(never.waitMs(1, 0, 0)).toBe(Infinity)
    const later = new Gcra(
      1,
      {
        highestPerMs: 1,
        permitsPerMs: (atMs) => (atMs < 500 ? 0 : 1),
        changesAtMs: (atMs) => (atMs < 500 ? 500 : Infinity),
      },
      0,
    )
    later.take(1, 0)
    expect(later.waitMs(1, 0, 0)).toBeCloseTo(501)
  })

  test('starts anew with what is owed, and a clock that goes back changes nothing', () => {
    const limiter = new Gcra(2, constantPace(1 / 100), 1_000)
    limiter.restart(2, 500)
    expect(limiter.owed(600)).toBeCloseTo(1)
    expect(limiter.waitMs(1, 0, 100)).toBe(0)
    expect(limiter.owed(100)).toBeCloseTo(1)
    expect(limiter.owed(10_000)).toBe(0)
  })

  // The whole point: over any span no more than burst + span * pace, with permits given back in between.
  test('any span admits at most burst plus what comes in it, and the wait it names is exact', () => {
    const step = fc.record({
      afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 300 })),
      weight: fc.integer({ min: 1, max: 3 }),
      // Given back so many steps later, or never.
      cancelAfter: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
    })
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 3, max: 8 }),
        fc.integer({ min: 10, max: 200 }),
        (steps, burst, intervalMs) => {
          const limiter = new Gcra(burst, constantPace(1 / intervalMs), 0)
          let nowMs = 0
          const cancels: { at: number; weight: number; place: number; sent: { atMs: number; weight: number } }[] = []
          let sent: { atMs: number; weight: number }[] = []
          for (const [index, { afterMs, weight, cancelAfter }] of steps.entries()) {
            nowMs += afterMs
            for (const due of cancels.filter((cancel) => cancel.at === index)) {
              limiter.giveBack(due.weight, due.place, due.sent.atMs, nowMs)
              sent = sent.filter((one) => one !== due.sent)
            }
            const waitMs = limiter.waitMs(weight, 0, nowMs)
            if (waitMs > 0) {
              expect(limiter.waitMs(weight, 0, nowMs + waitMs * 0.99)).toBeGreaterThan(0)
              nowMs += waitMs
              expect(limiter.waitMs(weight, 0, nowMs)).toBe(0)
            }
            const place = limiter.take(weight, nowMs)
            const one = { atMs: nowMs, weight }
            sent.push(one)
            if (cancelAfter !== undefined) cancels.push({ at: index + 1 + cancelAfter, weight, place, sent: one })
          }
          for (const [from, first] of sent.entries()) {
            let sum = 0
            for (const last of sent.slice(from)) {
              sum += last.weight
              expect(sum).toBeLessThanOrEqual(burst + (last.atMs - first.atMs) / intervalMs + 1e-6)
            }
          }
        },
      ),
    )
  })
})
