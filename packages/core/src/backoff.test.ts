import fc from 'fast-check'
import { expect, test } from 'vitest'
import { constant, exponential, fullJitter } from './backoff.ts'

test('full jitter is drawn from 0 to min(maxMs, baseMs * 2 ** (retry - 1))', () => {
  const at = (retry: number, chance: number) => fullJitter({ baseMs: 100, maxMs: 20_000, retry, random: () => chance })
  expect([1, 2, 3, 4].map((retry) => at(retry, 0.5))).toEqual([50, 100, 200, 400])
  expect(at(9, 0.5)).toBe(10_000)
  expect(at(1, 0)).toBe(0)
})

test('any numbers give a delay within the limits, never NaN', () => {
  const ms = fc.double({ min: 0, max: Number.MAX_VALUE, noNaN: true })
  fc.assert(
    fc.property(
      ms,
      fc.oneof(ms, fc.constant(Infinity)),
      fc.integer({ min: 1, max: 100_000 }),
      fc.double({ min: 0, max: 0.999_999, noNaN: true }),
      (baseMs, maxMs, retry, chance) => {
        const delay = fullJitter({ baseMs, maxMs, retry, random: () => chance })
        expect(delay).toBeGreaterThanOrEqual(0)
        expect(delay).toBeLessThanOrEqual(Math.min(maxMs, Number.MAX_SAFE_INTEGER))
        const plain = exponential({ baseMs, maxMs, jitter: false })
        expect(plain(retry + 1, Math.random)).toBeGreaterThanOrEqual(plain(retry, Math.random))
      },
    ),
  )
})

test('constant and exponential', () => {
  expect(constant(250)(7, () => 0.1)).toBe(250)
  const backoff = exponential({ baseMs: 200, maxMs: 5_000 })
  expect([1, 2, 9].map((retry) => backoff(retry, () => 0.5))).toEqual([100, 200, 2_500])
  const plain = exponential({ baseMs: 200, maxMs: 5_000, jitter: false })
  expect([1, 2, 9].map((retry) => plain(retry, () => 0.5))).toEqual([200, 400, 5_000])
})

test('bad options are refused with their name and value', () => {
  expect(() => constant(-1)).toThrow(
    new TypeError('constant: option "delayMs" must be a number of milliseconds, 0 or more, or Infinity, but is -1.'),
  )
  expect(() => constant(undefined as never)).toThrow(TypeError)
  expect(() => exponential({ baseMs: 1 } as never)).toThrow('"maxMs"')
  expect(() => exponential({ baseMs: NaN, maxMs: 1 })).toThrow('"baseMs"')
  expect(() => exponential({ baseMs: 1, maxMs: 1, jitter: 1 } as never)).toThrow('"jitter"')
  expect(() => exponential({ baseMs: 1, maxMs: 1, factor: 3 } as never)).toThrow('unknown option "factor"')
})
