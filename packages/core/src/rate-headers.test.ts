import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { etsyHeaders, readQuotas, type ProviderHeaders } from './rate-headers.ts'
import { headOfHeaders } from './response-head.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const read = (headers: object, provider?: ProviderHeaders) => readQuotas(headOfHeaders(200, headers), NOW, provider)

describe('RateLimit and RateLimit-Policy', () => {
  test('one policy', () => {
    expect(read({ 'RateLimit-Policy': '"default";q=100;w=10', RateLimit: '"default";r=50;t=30' })).toEqual([
      { name: 'default', unit: 'requests', limit: 100, windowMs: 10_000, remaining: 50, resetAfterMs: 30_000 },
    ])
  })

  test('several policies, in one line or in two', () => {
    const expected = [
      { name: 'permin', unit: 'requests', limit: 50, windowMs: 60_000, remaining: 4, resetAfterMs: 7_000 },
      { name: 'perhr', unit: 'requests', limit: 1_000, windowMs: 3_600_000, remaining: 900 },
    ]
    expect(
      read({
        'ratelimit-policy': '"permin";q=50;w=60,"perhr";q=1000;w=3600',
        ratelimit: '"permin";r=4;t=7,  "perhr";r=900',
      }),
    ).toStrictEqual(expected)
    const headers = new Headers({ 'ratelimit-policy': '"permin";q=50;w=60,"perhr";q=1000;w=3600' })
    headers.append('ratelimit', '"permin";r=4;t=7')
    headers.append('ratelimit', '"perhr";r=900')
    expect(read(headers)).toStrictEqual(expected)
  })

  test('units and partition keys', () => {
    expect(
      read({
        'ratelimit-policy':
          '"peruser";q=65535;qu="content-bytes";w=10;pk=:sdfjLJUOUH==:, "conc";q=5;qu="concurrent-requests"',
        ratelimit: '"peruser";r=9;t=1;pk=:sdfjLJUOUH==:, "peruser";r=8;pk=:AAAA:',
      }),
    ).toEqual([
      {
        name: 'peruser',
        unit: 'content-bytes',
        limit: 65_535,
        windowMs: 10_000,
        remaining: 9,
        resetAfterMs: 1_000,
        partition: 'sdfjLJUOUH==',
      },
      { name: 'conc', unit: 'concurrent-requests', limit: 5 },
      { name: 'peruser', unit: 'requests', remaining: 8, partition: 'AAAA' },
    ])
  })

  test('a policy alone, a limit alone, tokens of older drafts, parameters of vendors', () => {
    expect(read({ 'ratelimit-policy': '"a";q=5;w=1' })).toEqual([
      { name: 'a', unit: 'requests', limit: 5, windowMs: 1_000 },
    ])
    expect(read({ ratelimit: 'burst;r=0;t=0' })).toEqual([
      { name: 'burst', unit: 'requests', remaining: 0, resetAfterMs: 0 },
    ])
    expect(read({ ratelimit: '"a" ; acme-note="1;r=9, \\"x\\"" ; r=1;flag;t=2' })).toEqual([
      { name: 'a', unit: 'requests', remaining: 1, resetAfterMs: 2_000 },
    ])
    expect(read({ ratelimit: String.raw`"a\"b\\c";r=1` })[0]?.name).toBe(String.raw`a"b\c`)
  })

  test.each([
    '',
    ' ',
    '"a"',
    '"a";r',
    '"a";r=',
    '"a";r=-1',
    '"a";r=1.5',
    '"a";r="1"',
    '"a";r=1,',
    ',"a";r=1',
    '"a;r=1',
    '"a";r=1 "b";r=2',
    'a b;r=1',
    '"a";r=9999999999999999',
    '"a";r=1;pk="x"',
    '"a";r=1;pk=AAAA',
    '("a");r=1',
    'limit=100, remaining=5, reset=1',
    '"a"x;r=1',
    '"a";r=1;x="',
    '"a";q=1;qu="bananas"',
  ])('%j is malformed and ignored', (field) => {
    expect(read({ ratelimit: field })).toEqual([])
  })

  test('an item without its required parameter does not spoil the others; a bad optional one is left out', () => {
    expect(read({ ratelimit: '"a";t=1, "b";r=2;t=-1' })).toEqual([{ name: 'b', unit: 'requests', remaining: 2 }])
    expect(read({ 'ratelimit-policy': '"a";w=1, "b";q=2;w=0, "c";q=3;qu=bytes' })).toEqual([
      { name: 'b', unit: 'requests', limit: 2 },
    ])
  })

  test('the newest headers win', () => {
    expect(read({ ratelimit: '"a";r=1', 'ratelimit-remaining': '2', 'x-ratelimit-remaining': '3' })).toEqual([
      { name: 'a', unit: 'requests', remaining: 1 },
    ])
    expect(read({ ratelimit: 'broken;', 'ratelimit-remaining': '2', 'x-ratelimit-remaining': '3' })[0]?.remaining).toBe(
      2,
    )
  })
})

describe('older headers', () => {
  test.each(['RateLimit', 'X-RateLimit', 'x-ratelimit'])('%s-*', (prefix) => {
    expect(read({ [`${prefix}-Limit`]: '100', [`${prefix}-Remaining`]: '7', [`${prefix}-Reset`]: '30' })).toEqual([
      { name: prefix.toLowerCase(), unit: 'requests', limit: 100, remaining: 7, resetAfterMs: 30_000 },
    ])
    expect(read({ [`${prefix}-Remaining`]: 7 })).toEqual([
      { name: prefix.toLowerCase(), unit: 'requests', remaining: 7 },
    ])
    expect(read({ [`${prefix}-Limit`]: '100', [`${prefix}-Reset`]: '30' })).toEqual([])
  })

  test('the policies that drafts up to -07 put into the limit', () => {
    const limit = (value: string) => {
      const [view] = read({ 'ratelimit-limit': value, 'ratelimit-remaining': '1' })
      return [view?.limit, view?.windowMs]
    }
    expect(limit('100')).toEqual([100, undefined])
    expect(limit('100;w=60')).toEqual([100, 60_000])
    expect(limit('100, 100;w=60')).toEqual([100, 60_000])
    expect(limit('100, 10;w=1, 100;w=60;comment="x"')).toEqual([100, 60_000])
    expect(limit('many')).toEqual([undefined, undefined])
  })

  test('a reset is seconds, a date in seconds or a date in milliseconds, by its size', () => {
    const reset = (value: string, date?: string) =>
      read({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': value, ...(date && { date }) })[0]?.resetAfterMs
    expect(reset('86400')).toBe(86_400_000)
    expect(reset('1000000000')).toBe(1e12)
    expect(reset(String(NOW / 1_000 + 30))).toBe(30_000)
    expect(reset(String(NOW / 1_000 + 30.5))).toBe(30_500)
    expect(reset(String(NOW + 30_000))).toBe(30_000)
    expect(reset(String(NOW / 1_000 - 30))).toBe(0)
    expect(reset(String(NOW / 1_000 + 30), new Date(NOW + 20_000).toUTCString())).toBe(10_000)
    for (const value of ['soon', '-1', '6m0s', '']) expect(reset(value)).toBeUndefined()
  })
})

describe('provider headers', () => {
  const etsy = {
    'x-limit-per-second': '150',
    'x-remaining-this-second': '149',
    'x-limit-per-day': '100000',
    'x-remaining-today': '99998',
  }

  test('Etsy, with either spelling', () => {
    const expected = [
      { name: 'per-second', unit: 'requests', limit: 150, remaining: 149, windowMs: 1_000 },
      { name: 'per-day', unit: 'requests', limit: 100_000, remaining: 99_998, windowMs: 86_400_000 },
    ]
    expect(read(etsy, etsyHeaders)).toStrictEqual(expected)
    const { 'x-remaining-this-second': remaining, ...rest } = etsy
    expect(read({ ...rest, 'x-remaining-this-secon': remaining }, etsyHeaders)).toStrictEqual(expected)
    expect(read({ 'X-Remaining-Today': '0' }, etsyHeaders)).toEqual([
      { name: 'per-day', unit: 'requests', remaining: 0, windowMs: 86_400_000 },
    ])
    expect(read(etsy)).toEqual([])
  })

  test('a reset and a unit of the provider, beside standard headers', () => {
    const provider: ProviderHeaders = [
      { name: 'bytes', remaining: ['x-bytes-left'], reset: ['x-bytes-reset'], unit: 'content-bytes' },
    ]
    expect(read({ 'x-bytes-left': '5', 'x-bytes-reset': '2', ratelimit: '"a";r=1' }, provider)).toEqual([
      { name: 'a', unit: 'requests', remaining: 1 },
      { name: 'bytes', unit: 'content-bytes', remaining: 5, resetAfterMs: 2_000 },
    ])
  })
})

test('an answer out of a cache says nothing', () => {
  const headers = { ratelimit: '"a";r=1', 'x-remaining-today': '5' }
  expect(read({ ...headers, age: '1' }, etsyHeaders)).toEqual([])
  expect(read({ ...headers, age: '0' }, etsyHeaders)).toHaveLength(2)
  expect(read({ ...headers, age: 'old' }, etsyHeaders)).toHaveLength(2)
})

test('without any quota header nothing is made', () => {
  expect(read({ 'content-type': 'text/plain' })).toBe(read({}))
})

test('round trip of any structured field', () => {
  const name = fc.string({ unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)) })
  const count = fc.nat({ max: 999_999_999 })
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.record({ name, r: count, t: count, q: count, w: fc.integer({ min: 1, max: 1e9 }) }), {
        selector: (item) => item.name,
        maxLength: 5,
      }),
      (items) => {
        const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`
        const views = read({
          ratelimit: items.map((item) => `${quoted(item.name)};r=${item.r};t=${item.t}`).join(', '),
          'ratelimit-policy': items.map((item) => `${quoted(item.name)}; q=${item.q} ;w=${item.w}`).join(','),
        })
        expect(views).toEqual(
          items.map((item) => ({
            name: item.name,
            unit: 'requests',
            limit: item.q,
            remaining: item.r,
            resetAfterMs: item.t * 1_000,
            windowMs: item.w * 1_000,
          })),
        )
      },
    ),
  )
})

test('any text at all gives well-formed views and never throws', () => {
  const bits = fc.constantFrom(
    '"a"',
    '"',
    '\\',
    ';',
    ',',
    '=',
    ' ',
    '\t',
    'r=1',
    'q=2',
    't=3',
    'w=4',
    'qu="x"',
    'pk=:AA==:',
    'pk',
    ':',
    'a',
    '*',
    '1',
    '-',
    '.',
  )
  const field = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.nat({ max: 0x1ff }).map((code) => String.fromCharCode(code)) }),
    fc.array(bits, { maxLength: 60 }).map((all) => all.join('')),
  )
  fc.assert(
    fc.property(field, field, field, (ratelimit, policy, plain) => {
      for (const view of read({
        ratelimit,
        'ratelimit-policy': policy,
        'x-ratelimit-remaining': plain,
        'x-ratelimit-reset': plain,
        'x-ratelimit-limit': plain,
      })) {
        for (const value of [view.limit, view.remaining, view.resetAfterMs, view.windowMs])
          expect(value === undefined || value >= 0).toBe(true)
        expect(view.limit ?? view.remaining).toBeDefined()
      }
    }),
    { numRuns: 1_000 },
  )
})

test.each([
  ';b '.repeat(5_000),
  ';pk=:a:'.repeat(2_000),
  '"a";r=1,'.repeat(2_000),
  '\\'.repeat(10_000),
  ' '.repeat(10_000),
  '"a'.repeat(5_000),
  '1, '.repeat(5_000),
])('a hostile field of %# takes no time', (tail) => {
  const started = performance.now()
  read({ ratelimit: `"a"${tail}"`, 'ratelimit-policy': `a${tail}"` })
  read({ 'x-ratelimit-remaining': '1', 'x-ratelimit-limit': `1${tail}` })
  expect(performance.now() - started).toBeLessThan(200)
})
