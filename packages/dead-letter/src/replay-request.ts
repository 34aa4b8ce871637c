import { isSendableHeader, soundsLikeCredential } from './kept-request.ts'
import { isFirstSend, type DeadLetter } from './letter.ts'
import type { ReplayCredentials, Upstream } from './upstream.ts'

/** Why a letter must not be sent as it is. */
export type RefusalReason = 'changed-upstream' | 'path' | 'method' | 'header' | 'unsafe' | 'body-dropped' | 'wrong-key'

export interface Refusal {
  readonly reason: RefusalReason
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'QUERY', 'POST', 'PUT', 'PATCH', 'DELETE'])
// RFC 9110 section 9.2.2.
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'QUERY', 'PUT', 'DELETE'])
const LONGEST_PATH = 16_384
// What a client or the URL parser would read otherwise than it stands here: spaces, controls, "\", "#", other scripts.
const PLAIN_PATH = /^\/(?![/\\])[\x21-\x22\x24-\x5b\x5d-\x7e]*$/

/** The URL a letter is sent to; undefined for a path that could lead elsewhere than it says. */
export const replayUrl = (origin: string, path: string): URL | undefined => {
  if (path.length > LONGEST_PATH || !PLAIN_PATH.test(path)) return undefined
  const url = URL.canParse(path, origin) ? new URL(path, origin) : undefined
  // The parser resolves "." and "..", in plain and in percent form: a path that changes is one that lied.
  return url?.origin === origin && url.pathname + url.search === path ? url : undefined
}

/** Why a letter may not be sent; undefined when it may. */
export const refusalOf = (letter: DeadLetter, upstream: Upstream): Refusal | undefined => {
  const isKnownOrigin = letter.origin === upstream.origin || upstream.formerOrigins?.includes(letter.origin) === true
  if (!isKnownOrigin) return { reason: 'changed-upstream' }
  if (replayUrl(upstream.origin, letter.path) === undefined) return { reason: 'path' }
  if (!METHODS.has(letter.method)) return { reason: 'method' }
  const headers = Object.entries(letter.headers)
  const isClean = headers.every(([name, value]) => isSendableHeader(name, value) && isKept(name))
  const key = letter.idempotencyKey
  if (!isClean || (key !== undefined && !/^"?[\w.:~-]{1,128}"?$/.test(key))) return { reason: 'header' }
  if (letter.contentType !== undefined && !isSendableHeader('content-type', letter.contentType))
    return { reason: 'header' }
  if (letter.bodyState !== 'stored' && letter.bodyState !== 'none') return { reason: 'body-dropped' }
  const isSafe = IDEMPOTENT.has(letter.method) || key !== undefined || isFirstSend(letter)
  return isSafe || upstream.allowUnsafeReplay === true ? undefined : { reason: 'unsafe' }
}

// What decides about the connection or the target is never taken from a row, nor is a credential.
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-forwarded-host',
  'forwarded',
])

const isKept = (name: string): boolean =>
  name === name.toLowerCase() && !OWN_HEADERS.has(name) && !soundsLikeCredential(name)

/** Headers of a replay: those of the letter, then credentials, then the key that every send of the call has carried. */
export const replayHeaders = (letter: DeadLetter, upstream: Upstream, credentials: ReplayCredentials): Headers => {
  const headers = new Headers(letter.headers)
  if (letter.contentType !== undefined) headers.set('content-type', letter.contentType)
  for (const [name, value] of Object.entries(credentials.headers ?? {})) headers.set(name, value)
  if (letter.idempotencyKey !== undefined) headers.set(upstream.policy.idempotencyHeader, letter.idempotencyKey)
  return headers
}

/** The URL with the credentials that belong into its query. */
export const withCredentials = (url: URL, credentials: ReplayCredentials): URL => {
  const entries = Object.entries(credentials.query ?? {})
  if (entries.length === 0) return url
  const added = new URLSearchParams(entries).toString()
  const signed = new URL(url)
  signed.search = url.search === '' ? `?${added}` : `${url.search}&${added}`
  return signed
}
