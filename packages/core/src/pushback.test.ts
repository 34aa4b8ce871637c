import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { httpDateMs, pushbackMs } from './pushback.ts'
import { headOfHeaders } from './response-head.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const wait = (headers: Record<string, string>, status = 503, wallMs = NOW) =>
  pushbackMs(headOfHeaders(status, headers), wallMs)

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const two = (value: number) => String(value).padStart(2, '0')
const parts = (date: Date) => ({
  day: two(date.getUTCDate()),
  month: MONTHS[date.getUTCMonth()] ?? '',
  year: String(date.getUTCFullYear()),
  weekday: DAYS[date.getUTCDay()] ?? '',
  time: `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`,
})
const FORMS = {
  fixdate: (date: Date) => date.toUTCString(),
  rfc850: (date: Date) => {
    const { day, month, year, weekday, time } = parts(date)
    return `${weekday}, ${day}-${month}-${year.slice(2)} ${time} GMT`
  },
  asctime: (date: Date) => {
    const { day, month, year, weekday, time } = parts(date)
    return `${weekday.slice(0, 3)} ${month} ${day.replace(/^0/, ' ')} ${time} ${year}`
  },
}

describe('dates', () => {
  test('the example of RFC 9110 in its three forms', () => {
    for (const value of [
      'Sun, 06 Nov 1994 08:49:37 GMT',
      'Sunday, 06-Nov-94 08:49:37 GMT',
      'Sun Nov  6 08:49:37 1994',
      ' sun, 06 nov 1994 08:49:37 gmt ',
    ]) {
      expect(httpDateMs(value, NOW)).toBe(Date.UTC(1994, 10, 6, 8, 49, 37))
    }
  })

  test.each(Object.entries(FORMS))('%s: any date of the next years gives the wait until then', (_, format) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 * 365 * 86_400 }), (seconds) => {
        expect(wait({ 'retry-after': format(new Date(NOW + seconds * 1_000)) })).toBe(seconds * 1_000)
      }),
    )
  })

  test('a two-digit year is never more than 50 years ahead', () => {
    expect(httpDateMs('Friday, 01-Jan-76 00:00:00 GMT', NOW)).toBe(Date.UTC(2076, 0, 1))
    expect(httpDateMs('Friday, 01-Jan-77 00:00:00 GMT', NOW)).toBe(Date.UTC(1977, 0, 1))
    expect(httpDateMs('Friday, 01-Jan-99 00:00:00 GMT', Date.UTC(2060, 0))).toBe(Date.UTC(2099, 0, 1))
  })

  test('a leap second is the second before', () => {
    expect(httpDateMs('Sat, 31 Dec 2016 23:59:60 GMT', NOW)).toBe(Date.UTC(2016, 11, 31, 23, 59, 59))
  })

  test.each([
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 CET',
    'Sun, 06 Nov 1994 08:49:37 +0100',
    'Sun, 32 Nov 1994 08:49:37 GMT',
    'Sun, 06 Xxx 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 25:49:37 GMT',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    '1994-11-06T08:49:37Z',
    'Sun Nov 6 08:49:37 1994',
    'today',
    '',
  ])('%j is malformed', (value) => {
    expect(httpDateMs(value, NOW)).toBeUndefined()
    expect(wait({ 'retry-after': value })).toBeUndefined()
  })

  test('skew: the date is compared with the Date of the answer, whatever our clock says', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e9, max: 1e9 }),
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 0, max: 4e12 }),
        (skewSeconds, waitSeconds, wallMs) => {
          const serverNow = NOW + skewSeconds * 1_000
          const headers = {
            date: new Date(serverNow).toUTCString(),
            'retry-after': new Date(serverNow + waitSeconds * 1_000).toUTCString(),
          }
          expect(wait(headers, 503, wallMs)).toBe(waitSeconds * 1_000)
        },
      ),
    )
  })

  test('a Date that cannot be read leaves our clock', () => {
    expect(wait({ date: 'x', 'retry-after': new Date(NOW + 5_000).toUTCString() })).toBe(5_000)
  })

  test('the past is no wait', () => {
    expect(wait({ 'retry-after': new Date(NOW - 5_000).toUTCString() })).toBe(0)
  })

  test('a fraction of our clock rounds up', () => {
    expect(wait({ 'retry-after': new Date(NOW + 5_000).toUTCString() }, 503, NOW + 0.5)).toBe(5_000)
  })
})

describe('numbers', () => {
  test('seconds', () => {
    fc.assert(
      fc.property(fc.nat(), (seconds) => {
        expect(wait({ 'retry-after': ` ${seconds} ` })).toBe(seconds * 1_000)
      }),
    )
  })

  test.each([
    ['1.5', 1_500],
    ['0', 0],
    ['00', 0],
    ['0.0001', 1],
    ['9'.repeat(400), Number.MAX_SAFE_INTEGER],
  ])('%s', (value, ms) => {
    expect(wait({ 'retry-after': value })).toBe(ms)
  })

  test.each(['-1', '+1', '1e3', '0x10', '5s', '5, 10', 'NaN', 'Infinity', '.5', '१'])('%j is malformed', (value) => {
    expect(wait({ 'retry-after': value })).toBeUndefined()
    expect(wait({ 'retry-after-ms': value })).toBeUndefined()
  })

  test.each(['retry-after-ms', 'x-amz-retry-after', 'grpc-retry-pushback-ms'])('%s gives milliseconds', (name) => {
    expect(wait({ [name]: '250' })).toBe(250)
    expect(wait({ [name]: '0' })).toBe(0)
    expect(wait({ [name]: '-5' })).toBeUndefined()
  })

  test('of several the longest holds', () => {
    expect(wait({ 'retry-after': '1', 'retry-after-ms': '20' })).toBe(1_000)
    expect(wait({ 'retry-after': '1', 'x-amz-retry-after': '1200', 'retry-after-ms': '20' })).toBe(1_200)
    expect(wait({ 'retry-after': 'x', 'retry-after-ms': '20' })).toBe(20)
  })

  test('nothing given', () => {
    expect(wait({})).toBeUndefined()
  })
})

test('it is read on the statuses that may carry it, and on no other', () => {
  for (let status = 100; status < 1_000; status += 1) {
    const isRead = status >= 500 || (status >= 300 && status < 400) || [408, 413, 425, 429].includes(status)
    expect(wait({ 'retry-after': '1' }, status), String(status)).toBe(isRead ? 1_000 : undefined)
  }
})

test('any text at all: undefined or a whole number, 0 or more, and quickly', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.nat({ max: 0x1ff }).map((code) => String.fromCharCode(code)) }),
    fc.integer().map((count) => `Sun, ${' '.repeat(Math.abs(count) % 3_000)}`),
  )
  fc.assert(
    fc.property(text, text, (value, date) => {
      const ms = wait({ 'retry-after': value, date })
      expect(ms === undefined || (Number.isSafeInteger(ms) && ms >= 0)).toBe(true)
    }),
  )
})
