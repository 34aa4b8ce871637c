/** The directives of a `Cache-Control` field: seconds for those that carry them, `true` for the others. */
export type CacheControl = ReadonlyMap<string, number | true>

const NONE: CacheControl = new Map()

// RFC 9111 section 1.2.2: a larger number of seconds counts as this one.
const MOST_SECONDS = 2_147_483_648

const WITH_SECONDS: ReadonlySet<string> = new Set([
  'max-age',
  's-maxage',
  'stale-if-error',
  'stale-while-revalidate',
  'max-stale',
  'min-fresh',
])

// One directive and what follows it: a token or a quoted string as its argument, then a comma or the end.
const DIRECTIVE = /\s*([!#$%&'*+.^_`|~\w-]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~\w-]+)))?\s*(?:,|$)|\s*(?:,|$)/y

const secondsOf = (name: string, argument: string | undefined): number | undefined => {
  // Any staleness will do: RFC 9111 section 5.2.1.2.
  if (name === 'max-stale' && argument === undefined) return MOST_SECONDS
  return argument !== undefined && /^\d+$/.test(argument) ? Math.min(Number(argument), MOST_SECONDS) : undefined
}

/**
 * Reads a `Cache-Control` field; `undefined` for one that is malformed or contradicts itself, which nobody should act on.
 *
 * Field names in `private="..."` and `no-cache="..."` are read as the directive without them, as RFC 9111 allows.
 *
 * @see RFC 9111, section 5.2; RFC 5861 for `stale-if-error`
 */
export const parseCacheControl = (field: string | undefined): CacheControl | undefined => {
  if (field === undefined || field.trim() === '') return NONE
  const directives = new Map<string, number | true>()
  DIRECTIVE.lastIndex = 0
  while (DIRECTIVE.lastIndex < field.length) {
    const found = DIRECTIVE.exec(field)
    if (found === null) return undefined
    const [, given, quoted, token] = found
    if (given === undefined) continue
    const name = given.toLowerCase()
    const value = WITH_SECONDS.has(name) ? secondsOf(name, quoted ?? token) : true
    if (value === undefined || (directives.get(name) ?? value) !== value) return undefined
    directives.set(name, value)
  }
  return directives
}
