import type { Attributes } from '@opentelemetry/api'

const OTHER = '_OTHER'
// Names from outside must not become series without end.
const MOST_SERVERS = 100

const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'QUERY',
])

const PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }

const serverOf = (key: string): Attributes => {
  if (!/^https?:\/\//.test(key) || !URL.canParse(key)) return {}
  const { hostname, port, protocol } = new URL(key)
  return { 'server.address': hostname, 'server.port': port === '' ? (PORTS[protocol] ?? 0) : Number(port) }
}

/**
 * What every record of one call has in common: policy, server, method. Keys that are no origin have no server; servers
 * beyond the first 100 are folded into `_OTHER`.
 */
export class CallAttributes {
  readonly #policy: string
  readonly #servers = new Map<string, Attributes>()
  readonly #calls = new Map<string, Attributes>()

  constructor(policy: string) {
    this.#policy = policy
  }

  ofKey(key: string): Attributes {
    let known = this.#servers.get(key)
    if (known !== undefined) return known
    const server = serverOf(key)
    if (this.#servers.size >= MOST_SERVERS) {
      const folded = 'server.address' in server ? { 'server.address': OTHER } : {}
      return { 'policy.name': this.#policy, ...folded }
    }
    known = Object.freeze({ 'policy.name': this.#policy, ...server })
    this.#servers.set(key, known)
    return known
  }

  ofCall(key: string, method: string): Attributes {
    const name = `${method} ${key}`
    let known = this.#calls.get(name)
    if (known !== undefined) return known
    known =
      method === 'CALL'
        ? this.ofKey(key)
        : { ...this.ofKey(key), 'http.request.method': METHODS.has(method) ? method : OTHER }
    if (this.#servers.has(key) && METHODS.has(method)) this.#calls.set(name, Object.freeze(known))
    return known
  }
}
