/**
 * Scheme and authority of a web URL without a user: printable ASCII up to the path. What follows cannot change how the
 * parser reads them, so that they are parsed once and remembered; backslashes, controls and users go to the parser.
 */
const AUTHORITY = /^https?:\/\/[!"$-.0->A-[\]-~]+(?=[/?#]|$)/i
const MOST_ORIGINS = 256

const known = new Map<string, string>()
let latest = ''

const parsed = (url: string, base?: string): string | undefined => {
  try {
    return new URL(url, base).origin
  } catch {
    return undefined
  }
}

const endsAuthority = (code: number): boolean =>
  // NaN, the end of the URL; "/", "?" and "#".
  Number.isNaN(code) || code === 47 || code === 63 || code === 35

/**
 * The origin of a URL as `new URL(url, base).origin` gives it, without user, path or query; `undefined` for an invalid URL.
 *
 * Origins are remembered, 256 at most, so that the URL parser runs once for each.
 *
 * @param base - Resolves a relative `url`; not looked at when `url` is absolute.
 * @see https://url.spec.whatwg.org/#origin
 */
export const originOf = (url: string, base?: string): string | undefined => {
  if (latest !== '' && url.startsWith(latest) && endsAuthority(url.charCodeAt(latest.length))) return latest
  const authority = AUTHORITY.exec(url)?.[0]
  if (authority === undefined) {
    // "/path" keeps the origin of an http(s) base; "//host" and what the parser would turn into that do not.
    const isPath = base !== undefined && /^\/(?:$|[^/\\\t\n\r])/.test(url) && /^https?:/i.test(base)
    return isPath ? originOf(base) : parsed(url, base)
  }
  const origin = known.get(authority) ?? parsed(authority)
  if (origin === undefined) return undefined
  if (!known.has(authority)) {
    if (known.size >= MOST_ORIGINS) known.clear()
    // A cut-out string keeps the whole URL alive; the parser's own does not.
    known.set(authority === origin ? origin : authority, origin)
  }
  latest = origin
  return origin
}
