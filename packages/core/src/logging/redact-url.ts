/** Query parameters whose values say nothing secret; all others are replaced. */
const HARMLESS_PARAMETERS: ReadonlySet<string> = new Set([
  'after',
  'before',
  'cursor',
  'fields',
  'from',
  'include',
  'includes',
  'lang',
  'language',
  'limit',
  'locale',
  'market',
  'offset',
  'order',
  'page',
  'page_size',
  'per_page',
  'size',
  'sort',
  'sort_by',
  'state',
  'status',
  'time_range',
  'to',
  'type',
])

export const REDACTED = '[redacted]'

const LONGEST_URL = 2_048

// Long runs of letters and digits in a path are tokens more often than names: reset links, webhooks, signed paths.
const TOKEN_SEGMENT = /^(?=[^/]*\d)(?=[^/]*[A-Za-z])[\w~.-]{24,}$/

const redactPath = (path: string): string =>
  path
    .split('/')
    .map((segment) => (TOKEN_SEGMENT.test(segment) ? REDACTED : segment))
    .join('/')

const redactQuery = (query: string, allowed: ReadonlySet<string>): string =>
  query
    .split('&')
    .map((pair) => {
      const end = pair.indexOf('=')
      const name = end < 0 ? pair : pair.slice(0, end)
      if (end < 0) return HARMLESS_PARAMETERS.has(name) ? name : REDACTED
      return allowed.has(name.toLowerCase()) ? pair : `${name}=${REDACTED}`
    })
    .join('&')

/**
 * A URL that may be logged: without user, password and fragment, with the values of query parameters replaced but for a
 * few harmless ones such as `limit`, and with long tokens in the path replaced.
 *
 * @param url - Absolute, relative, or no URL at all; 2,048 characters are looked at.
 * @param harmless - Further parameters whose values may be shown, in lower case.
 */
export const redactUrl = (url: string, harmless: readonly string[] = []): string => {
  const text = url.slice(0, LONGEST_URL)
  const [beforeFragment = ''] = text.split('#', 1)
  const queryAt = beforeFragment.indexOf('?')
  const query = queryAt < 0 ? undefined : beforeFragment.slice(queryAt + 1)
  const place = queryAt < 0 ? beforeFragment : beforeFragment.slice(0, queryAt)
  // Up to the last "@" of the authority: a password may hold one as well.
  const authority = /^(?:[a-z][a-z\d+.-]{0,30}:)?[/\\]{2}[^/\\]*/i.exec(place)?.[0] ?? ''
  const host = authority.replace(/^((?:[^/\\]*)[/\\]{2}).*@/, '$1')
  const path = redactPath(place.slice(authority.length))
  if (query === undefined) return host + path
  return `${host}${path}?${redactQuery(query, harmless.length === 0 ? HARMLESS_PARAMETERS : new Set([...HARMLESS_PARAMETERS, ...harmless]))}`
}
