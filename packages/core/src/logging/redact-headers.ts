/** Headers that may be logged; whatever is not here never is. */
const HARMLESS_HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'age',
  'allow',
  'cache-control',
  'content-encoding',
  'content-language',
  'content-length',
  'content-type',
  'date',
  'etag',
  'retry-after',
  'server-timing',
  'traceparent',
  'transfer-encoding',
  'user-agent',
  'vary',
  'via',
  'x-request-id',
])
const HARMLESS_PREFIX = /^(?:x-)?rate-?limit/

const LONGEST_VALUE = 200

/**
 * The headers that may be logged, with their names in lower case.
 *
 * @param headers - `Headers`, any other iterable of pairs, or a plain object such as `AxiosHeaders`.
 */
export const redactHeaders = (headers: object | undefined): Readonly<Record<string, string>> => {
  const kept: Record<string, string> = {}
  if (headers === undefined) return kept
  const pairs =
    Symbol.iterator in headers ? (headers as Iterable<readonly [unknown, unknown]>) : Object.entries(headers)
  for (const pair of pairs) {
    if (!Array.isArray(pair)) continue
    const [name, value] = pair as readonly [unknown, unknown]
    const known = String(name).toLowerCase()
    if (!HARMLESS_HEADERS.has(known) && !HARMLESS_PREFIX.test(known)) continue
    if (typeof value === 'string' || typeof value === 'number') kept[known] = String(value).slice(0, LONGEST_VALUE)
  }
  return kept
}
