import type { GivenRequest } from '../call.ts'
import { originOf } from '../origin.ts'
import { parseCacheControl, type CacheControl } from './cache-control.ts'

/** What a `key` function is told about a request. */
export interface StaleRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
}

/** Whose answers these are: nobody's in particular, one set of credentials', or as the user's function says. */
export type KeyOption = 'credentials' | ((request: StaleRequest) => string | undefined) | undefined

/** A request whose answer may be stored. */
export interface CacheableRequest extends StaleRequest {
  readonly control: CacheControl
  /** Whose answer it is; undefined for one that everybody may get. */
  readonly owner: string | undefined
  /** Whether the body is text or bytes in the client's hands. */
  readonly form: 'text' | 'bytes'
}

const CREDENTIALS = /^cookie$|auth|api-?key|token|secret|session|signature|credential|passw/

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD'])
// The caller asked for another answer than a stored one, or for a part of it.
const NEVER_WITH = ['range', 'if-range', 'if-match', 'if-unmodified-since'] as const
const NOT_FROM_CACHE: ReadonlySet<string> = new Set(['no-store', 'reload', 'no-cache'])

// Cookies that a browser adds cannot be seen here.
const hasHiddenCredentials = (url: URL, mode: string | undefined): boolean => {
  const page = (globalThis as { location?: { href?: string } }).location?.href
  if (page === undefined) return false
  return mode === 'include' || (mode !== 'omit' && originOf(page) === url.origin)
}

/** All that says who asks, in a stable order. */
const credentialsOf = ({ url, headers }: StaleRequest, auth: unknown): readonly unknown[] => {
  const found: unknown[] = [...headers].filter(([name]) => CREDENTIALS.test(name))
  if (url.username !== '' || url.password !== '') found.push([url.username, url.password])
  if (auth !== undefined && auth !== null) found.push(auth)
  return found
}

/** Whose answer it is; `false` when that is not known and it must not be shared. */
const ownerOf = (request: StaleRequest, key: KeyOption, view: GivenRequest): string | undefined | false => {
  const hasHidden = hasHiddenCredentials(request.url, view.credentials)
  const credentials = credentialsOf(request, view.auth)
  const isCredentialed = credentials.length > 0 || hasHidden
  if (typeof key === 'function') {
    const owner = key(request)
    return owner === undefined && isCredentialed ? false : owner === undefined ? undefined : `own:${owner}`
  }
  if (!isCredentialed) return undefined
  return key === 'credentials' && !hasHidden ? `cred:${JSON.stringify(credentials)}` : false
}

/** What a client shows of a request; undefined when its URL is none. */
export const requestOf = (view: GivenRequest, method: string): StaleRequest | undefined => {
  const base = (globalThis as { location?: { href?: string } }).location?.href
  if (view.url === undefined || !URL.canParse(view.url, base)) return undefined
  const url = new URL(view.url, base)
  url.hash = ''
  return { method, url, headers: new Headers(view.headers as HeadersInit | undefined) }
}

/** The request when its answer may be stored and served, else undefined. */
export const cacheableOf = (
  view: GivenRequest | undefined,
  method: string,
  key: KeyOption,
): CacheableRequest | undefined => {
  if (view === undefined || !READS.has(method) || NOT_FROM_CACHE.has(view.cache ?? '')) return undefined
  const { answerForm: form = 'bytes' } = view
  if (form === 'stream') return undefined
  const request = requestOf(view, method)
  if (request === undefined || NEVER_WITH.some((name) => request.headers.has(name))) return undefined
  const control = parseCacheControl(request.headers.get('cache-control') ?? undefined)
  if (control === undefined || control.has('no-store') || control.has('no-cache')) return undefined
  const owner = ownerOf(request, key, view)
  return owner === false ? undefined : { ...request, control, owner, form }
}
