import { scrubText } from '@holdfast/core/logging'

/** Request headers that are kept; whatever is not here or named by the user never is. */
const KEPT_HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'accept-language',
  'content-encoding',
  'content-language',
  'content-type',
  'if-match',
  'if-none-match',
  'if-unmodified-since',
  'prefer',
  'traceparent',
  'x-request-id',
])

// Of headers and query parameters, after camelCase is taken apart: long words anywhere, short ones by themselves.
const CREDENTIAL_NAME =
  /apikey|accesskey|authoriz|authentic|cookie|credential|passcode|passphrase|passwd|password|secret|session|signature|token|(?:^|[^a-z])(?:auth|bearer|csrf|xsrf|jwt|keys?|otp|pass|pin|pwd|sid|sig|signed|hmac|code|nonce|verifier)(?:$|[^a-z])/

const LONGEST_HEADER = 1_024
const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]{1,64}$/
const HEADER_VALUE = /^[\t\x20-\x7e]*$/

/** Whether a header or a parameter of that name holds a credential by the sound of it. */
export const soundsLikeCredential = (name: string): boolean =>
  CREDENTIAL_NAME.test(name.replace(/([a-z\d])([A-Z])/g, '$1-$2').toLowerCase())

const looksLikeCredential = (value: string): boolean => scrubText(value) !== value

/** Whether a header may be sent with a replay: nothing that could begin another header or another request. */
export const isSendableHeader = (name: string, value: string): boolean =>
  HEADER_NAME.test(name) && value.length <= LONGEST_HEADER && HEADER_VALUE.test(value)

/** Which headers a policy keeps, its own and those the user names. */
export class HeaderAllowlist {
  readonly #names: ReadonlySet<string>

  /** @throws {TypeError} For the name of a header that carries a credential. */
  constructor(owner: string, more: readonly string[] = []) {
    const names = more.map((name) => name.toLowerCase())
    for (const name of names) {
      if (!HEADER_NAME.test(name))
        throw new TypeError(`${owner}: option "headers" has "${name}", which is no header name.`)
      if (soundsLikeCredential(name)) {
        throw new TypeError(
          `${owner}: option "headers" has "${name}", which sounds like a credential. Credentials are never kept; ` +
            'give them to the replayer by "authorize".',
        )
      }
    }
    this.#names = new Set([...KEPT_HEADERS, ...names])
  }

  has(name: string): boolean {
    return this.#names.has(name)
  }

  /** The headers to keep, and the names of those that held a credential although they should not. */
  keep(given: object): { readonly headers: Record<string, string>; readonly dropped: readonly string[] } {
    const headers = Object.create(null) as Record<string, string>
    const dropped: string[] = []
    const pairs = Symbol.iterator in given ? (given as Iterable<unknown>) : Object.entries(given)
    for (const pair of pairs) {
      if (!Array.isArray(pair)) continue
      const [name, value] = pair as readonly unknown[]
      const known = String(name).toLowerCase()
      if (!this.#names.has(known) || (typeof value !== 'string' && typeof value !== 'number')) continue
      if (!isSendableHeader(known, String(value)) || looksLikeCredential(String(value))) dropped.push(`header ${known}`)
      else headers[known] = String(value)
    }
    return { headers, dropped }
  }
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

/** Path and query of a URL without user, fragment and whatever in the query holds a credential. */
export const keptPath = (url: URL): { readonly path: string; readonly dropped: readonly string[] } => {
  const dropped: string[] = []
  const pairs = url.search === '' ? [] : url.search.slice(1).split('&')
  const kept = pairs.filter((pair) => {
    const end = pair.indexOf('=')
    const name = decoded(end < 0 ? pair : pair.slice(0, end))
    const value = end < 0 ? '' : decoded(pair.slice(end + 1))
    const isHarmless =
      !soundsLikeCredential(name) && !looksLikeCredential(`${name}=${value}`) && !looksLikeCredential(value)
    if (!isHarmless) dropped.push(`query ${name.slice(0, 40)}`)
    return isHarmless
  })
  return { path: url.pathname + (kept.length === 0 ? '' : `?${kept.join('&')}`), dropped }
}
