import type { Settings } from './options.ts'

/** Why a request is not answered. */
export interface Refusal {
  readonly status: number
  readonly code: string
  /** What is wrong and what to do, for the person who sees it. */
  readonly message: string
}

/** What a server knows about the other end; adapters pass it on. */
export interface Connection {
  readonly remoteAddress?: string | undefined
}

const refusal = (status: number, code: string, message: string): Refusal => ({ status, code, message })

const LOOPBACK_ADDRESS = /^(?:::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$|^::1$/i
const LOOPBACK_HOST = /^(?:localhost|(?:[a-z\d-]+\.)+localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/
const PROXY_HEADERS = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via']

/** The name in a Host header, in lower case and without its port; undefined for what is none. */
export const hostNameOf = (host: string): string | undefined =>
  /^([a-z\d.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i.exec(host)?.[1]?.toLowerCase()

export const hostOf = (request: Request): string => request.headers.get('host') ?? new URL(request.url).host

/**
 * Whether a request comes from where it may come from.
 *
 * The Host header is checked, because a name of somebody else's may point to this machine (DNS rebinding); the address,
 * because a server may listen on more than loopback; and the headers of proxies, because behind one everybody looks local.
 */
export const refuseStranger = (
  request: Request,
  connection: Connection | undefined,
  { hosts }: Pick<Settings, 'hosts'>,
): Refusal | undefined => {
  const name = hostNameOf(hostOf(request))
  if (name === undefined) return refusal(400, 'bad-host', 'The Host header is not a host name.')
  if (hosts !== undefined) {
    if (hosts.has(name) || LOOPBACK_HOST.test(name)) return undefined
    return refusal(403, 'unknown-host', 'This host name is not among "remote.hosts" of devtools().')
  }
  const advice = 'To let other machines in, set "remote.hosts" of devtools() and put your own login in front.'
  if (!LOOPBACK_HOST.test(name)) {
    return refusal(403, 'not-loopback', `This page answers to localhost and 127.0.0.1 only. ${advice}`)
  }
  const address = connection?.remoteAddress
  if (typeof address === 'string' && !LOOPBACK_ADDRESS.test(address)) {
    return refusal(403, 'not-loopback', `This page answers to this machine only. ${advice}`)
  }
  if (PROXY_HEADERS.some((header) => request.headers.has(header))) {
    return refusal(403, 'behind-proxy', `A proxy stands in front, so that everybody looks local. ${advice}`)
  }
  return undefined
}

/** Whether a page of another site made the browser ask; browsers say so, other programs need not. */
export const isCrossSite = (request: Request): boolean => {
  const site = request.headers.get('sec-fetch-site')
  return site !== null && site !== 'same-origin' && site !== 'none'
}

/** Whether the request was made by this very page: the browser's word, which no other page can forge. */
export const isSameOrigin = (request: Request): boolean => {
  const origin = request.headers.get('origin')
  if (origin === null || isCrossSite(request)) return false
  // The scheme may differ where a proxy ends TLS.
  return URL.canParse(origin) && new URL(origin).host === new URL(`http://${hostOf(request)}`).host
}
