import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import {
  generateIdempotencyKey,
  idempotencyHeaderValue,
  isIdempotentMethod,
  isSafeMethod,
  isValidIdempotencyKey,
} from './idempotency.ts'

afterEach(() => vi.unstubAllGlobals())

test.each([
  ['GET', true, true],
  ['HEAD', true, true],
  ['OPTIONS', true, true],
  ['TRACE', true, true],
  ['QUERY', true, true],
  ['PUT', false, true],
  ['DELETE', false, true],
  ['POST', false, false],
  ['PATCH', false, false],
  ['CONNECT', false, false],
  ['', false, false],
])('%s: safe %s, idempotent %s', (method, safe, idempotent) => {
  for (const written of [method, method.toLowerCase()]) {
    expect(isSafeMethod(written)).toBe(safe)
    expect(isIdempotentMethod(written)).toBe(idempotent)
  }
})

test('valid keys are accepted as they are', () => {
  fc.assert(fc.property(fc.stringMatching(/^[A-Za-z0-9_.:~-]{1,128}$/), (key) => isValidIdempotencyKey(key)))
})

test.each(['', 'a'.repeat(129), 'a b', 'a\n', '\na', 'a\r\nx: y', '"a"', 'ä', 'a/b', 5, null, undefined, ['a']])(
  '%j is refused, not mended',
  (key) => {
    expect(isValidIdempotencyKey(key)).toBe(false)
  },
)

test('no string with another character passes', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.nat({ max: 0x1ff }).map((code) => String.fromCharCode(code)) }), (key) => {
      expect(isValidIdempotencyKey(key)).toBe(
        key.length > 0 && key.length <= 128 && Array.from(key).every((char) => /[A-Za-z0-9_.:~-]/.test(char)),
      )
    }),
  )
})

test('generated keys are valid and new each time', () => {
  const keys = Array.from({ length: 100 }, generateIdempotencyKey)
  expect(keys.every(isValidIdempotencyKey)).toBe(true)
  expect(new Set(keys).size).toBe(100)
})

test('without randomUUID(), as on pages without TLS', () => {
  const { crypto } = globalThis
  vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) })
  const keys = [generateIdempotencyKey(), generateIdempotencyKey()]
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/)
  expect(keys[0]).not.toBe(keys[1])
})

test('the two forms on the wire', () => {
  expect(idempotencyHeaderValue('a-1', 'raw')).toBe('a-1')
  expect(idempotencyHeaderValue('a-1', 'quoted')).toBe('"a-1"')
})
