import type { ResponseHead } from './response-head.ts'

// RFC 9110 section 5.6.7: IMF-fixdate and the obsolete RFC 850 form; asctime, which is UTC without saying so.
const DAY_FIRST = /^[a-z]+, (\d\d)[ -]([a-z]{3})[ -](\d{4}|\d\d) (\d\d:\d\d:\d\d) GMT$/i
const ASCTIME = /^[a-z]{3} ([a-z]{3}) ([ \d]\d) (\d\d:\d\d:\d\d) (\d{4})$/i
const FIFTY_YEARS_MS = 50 * 365.2425 * 86_400_000

/**
 * Reads an HTTP-date in any of its three forms.
 *
 * @param wallMs - Now, in ms since 1970; only the century of a two-digit year depends on it.
 * @returns Milliseconds since 1970, `undefined` for anything malformed.
 * @see RFC 9110, section 5.6.7
 */
export const httpDateMs = (value: string, wallMs: number): number | undefined => {
  const parts = DAY_FIRST.exec(value.trim().replace(ASCTIME, 'utc, $2 $1 $4 $3 GMT').replace(',  ', ', 0'))
  if (parts === null) return undefined
  const [, day, month, year = '', time = ''] = parts
  // No engine reads a leap second.
  const at = (fullYear: string): number => Date.parse(`${day} ${month} ${fullYear} ${time.replace(/60$/, '59')} GMT`)
  let ms = at(year.length === 2 ? `20${year}` : year)
  // RFC 9110: a two-digit year more than 50 years ahead means the past.
  if (year.length === 2 && ms > wallMs + FIFTY_YEARS_MS) ms = at(`19${year}`)
  return Number.isNaN(ms) ? undefined : ms
}

/** The server's own idea of now, so that its dates are free of the skew between two clocks; else ours. */
export const serverNowMs = (head: ResponseHead, wallMs: number): number => {
  const date = head.header('date')
  return (date === undefined ? undefined : httpDateMs(date, wallMs)) ?? wallMs
}

/** A number, 0 or more, with a fraction at most; `undefined` for signs, units, exponents and anything malformed. */
export const plainNumber = (value: string | undefined): number | undefined =>
  value !== undefined && /^\s*\d+(\.\d*)?\s*$/.test(value) ? Number(value) : undefined

const retryAfterMs = (head: ResponseHead, wallMs: number): number | undefined => {
  const value = head.header('retry-after')
  if (value === undefined) return undefined
  const seconds = plainNumber(value)
  if (seconds !== undefined) return seconds * 1_000
  const at = httpDateMs(value, wallMs)
  return at === undefined ? undefined : Math.max(0, at - serverNowMs(head, wallMs))
}

const DELAY_HEADERS_MS = ['retry-after-ms', 'x-amz-retry-after', 'grpc-retry-pushback-ms'] as const

const isRead = (status: number): boolean =>
  status >= 500 ||
  (status >= 300 && status < 400) ||
  status === 429 ||
  status === 413 ||
  status === 408 ||
  status === 425

/**
 * The delay that the server orders before another request: `Retry-After` as seconds or as a date, and the headers that
 * give it in milliseconds. Where several are given the longest holds, so that none of them is broken.
 *
 * Read on 3xx, 408, 413, 425, 429 and 5xx only. A date in the past is a delay of 0; malformed and negative values are
 * ignored. Fractions of a second are accepted, some servers send them.
 *
 * @param clockWallMs - Now, in ms since 1970; used for dates when the answer has no `Date` of its own.
 * @returns Whole milliseconds, rounded up.
 * @see RFC 9110, section 10.2.3; gRFC A6 for `grpc-retry-pushback-ms`
 */
export const pushbackMs = (head: ResponseHead, clockWallMs: number): number | undefined => {
  if (!isRead(head.status)) return undefined
  let longest = retryAfterMs(head, clockWallMs)
  for (const name of DELAY_HEADERS_MS) {
    const delay = plainNumber(head.header(name))
    if (delay !== undefined && !(delay < (longest ?? 0))) longest = delay
  }
  return longest === undefined ? undefined : Math.min(Math.ceil(longest), Number.MAX_SAFE_INTEGER)
}
