import { Resolver } from 'node:dns/promises'
import { openSync, closeSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import { get as getSecure } from 'node:https'
import { connect as connectHttp2, constants } from 'node:http2'
import { connect } from 'node:net'
import {
  attemptTimeout,
  circuitBreaker,
  classify,
  concurrency,
  createPolicy,
  rateLimit,
  wrapFetch,
  type ClassifyContext,
  type Strategy,
} from '@holdfast/core'
import { holdRefusedPort } from '@holdfast/test-services'
import axios from 'axios'
import ky from 'ky'
import { Servers } from './network-servers.ts'

/** What was met: the signal and the verdict on it. */
export interface Met {
  readonly signal: string
  readonly verdict: unknown
  /** The error in a few words, for a person who looks for the reason of a difference. */
  readonly error: string
}

const BODY = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhello'
const GZIP = 'HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 5\r\n\r\nhello'
const LOOP = 'HTTP/1.1 302 Found\r\nlocation: /x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'
const LARGE = `HTTP/1.1 200 OK\r\nx-large: ${'x'.repeat(40_000)}\r\n\r\n`
const HOUR_MS = 3_600_000

const read = (response: IncomingMessage): Promise<void> =>
  new Promise((resolve, reject) => {
    response
      .on('data', () => undefined)
      .on('end', resolve)
      .on('error', reject)
  })
const viaHttp = (url: string, options: object = {}): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = url.startsWith('https') ? getSecure : get
    request(url, options, (response) => void read(response).then(resolve, reject)).on('error', reject)
  })
const viaFetch = async (url: string, init?: RequestInit): Promise<unknown> => (await fetch(url, init)).text()
const viaAxios = (url: string, options: object = {}): Promise<unknown> => axios.get(url, { proxy: false, ...options })
const viaHttp2 = (url: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const session = connectHttp2(url)
    const stream = session.request({ ':path': '/' })
    stream
      .on('error', reject)
      .on('end', resolve)
      .on('close', () => session.close())
      .resume()
      .end()
  })
const resolve = (server: string): Promise<unknown> => {
  const resolver = new Resolver({ timeout: 100, tries: 1 })
  resolver.setServers([server])
  return resolver.resolve4('shop.example')
}
const dial = (options: object): Promise<void> =>
  new Promise((done, reject) => {
    const socket = connect({ port: 80, host: '127.0.0.1', ...options }, () => {
      socket.destroy()
      done()
    })
    socket.on('error', reject)
  })

/** The sockets of this process are used up, as by a leak. */
const withoutDescriptors = async (run: () => Promise<unknown>): Promise<void> => {
  const held: number[] = []
  try {
    for (;;) held.push(openSync('/dev/null', 'r'))
  } catch {
    // That is what was wanted: none is left.
  }
  try {
    await run()
  } finally {
    for (const each of held) closeSync(each)
  }
}

const throughPolicy = async (
  name: string,
  strategies: readonly Strategy[],
  url: string,
  calls: number,
): Promise<void> => {
  const policy = createPolicy({ name, strategies })
  if (name === 'circuit-open') policy.forceOpen('test')
  const request = wrapFetch(policy)
  const controller = new AbortController()
  const made = Array.from({ length: calls }, () => request(url, { signal: controller.signal }))
  try {
    // The last one is refused at once; those before it wait for a server that is silent.
    await made.at(-1)
  } finally {
    controller.abort()
    await Promise.allSettled(made)
    policy.close()
  }
}

type Attempts = Readonly<Record<string, readonly [run: () => Promise<unknown>, context?: ClassifyContext]>>

const aborting = (reason: unknown, afterMs = 20): AbortSignal => {
  const controller = new AbortController()
  setTimeout(() => {
    controller.abort(reason)
  }, afterMs)
  return controller.signal
}

const attemptsAt = async (servers: Servers, refused: number): Promise<Attempts> => {
  const now = Date.now()
  const valid = [new Date(now - HOUR_MS), new Date(now + 24 * HOUR_MS)] as const
  const [silent, reset, closed] = [await servers.raw(undefined), await servers.raw('', 'reset'), await servers.raw('')]
  const [cut, gzip, loop] = [await servers.raw(BODY), await servers.raw(GZIP), await servers.raw(LOOP)]
  const [garbage, large] = [await servers.raw('garbage\r\n\r\n'), await servers.raw(LARGE)]
  const fine = await servers.raw('HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello')
  const down = await servers.raw('HTTP/1.1 503 Down\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
  const selfSigned = await servers.secure('127.0.0.1', ...valid)
  const otherHost = await servers.secure('other.example', ...valid)
  const otherCertificate = servers.certificate
  const expired = await servers.secure('127.0.0.1', new Date(now - 48 * HOUR_MS), new Date(now - 24 * HOUR_MS))
  const expiredCertificate = servers.certificate
  const { NGHTTP2_INTERNAL_ERROR, NGHTTP2_REFUSED_STREAM } = constants
  const [refusing, failing] = [await servers.http2(NGHTTP2_REFUSED_STREAM), await servers.http2(NGHTTP2_INTERNAL_ERROR)]
  const [missing, servfail, mute] = [
    await servers.resolver(3),
    await servers.resolver(2),
    await servers.resolver(undefined),
  ]
  const lookupBoth = (_: string, __: object, found: (error: null, all: object[]) => void): void => {
    found(null, [
      { address: '127.0.0.1', family: 4 },
      { address: '127.0.0.2', family: 4 },
    ])
  }
  const caller = { own: { why: 'left' }, abort: aborting(undefined), timeout: AbortSignal.timeout(20) }
  const own = aborting(caller.own)
  const cancelled = aborting(undefined)
  const gone = `http://127.0.0.1:${refused}/`
  return {
    ECONNREFUSED: [() => viaFetch(gone)],
    'ECONNREFUSED at several addresses': [() => dial({ host: 'shop.example', port: refused, lookup: lookupBoth })],
    EMFILE: [() => withoutDescriptors(() => dial({ port: refused }))],
    'ENOTFOUND by a resolver': [() => resolve(missing)],
    ESERVFAIL: [() => resolve(servfail)],
    ETIMEOUT: [() => resolve(mute)],
    'ECONNREFUSED by a resolver': [() => resolve(`127.0.0.1:${refused}`)],
    ECONNRESET: [() => viaHttp(reset)],
    'socket hang up': [() => viaHttp(closed)],
    UND_ERR_SOCKET: [() => viaFetch(closed)],
    terminated: [() => viaFetch(cut)],
    aborted: [() => viaHttp(cut)],
    'axios stream aborted': [() => viaAxios(cut)],
    gzip: [() => viaFetch(gzip)],
    'content-length': [() => viaAxios(cut, { adapter: 'fetch' })],
    'axios timeout': [() => viaAxios(silent, { timeout: 30 })],
    'ky TimeoutError': [() => ky.get(silent, { timeout: 30, retry: 0 }).text()],
    'TimeoutError of no caller': [() => viaFetch(silent, { signal: AbortSignal.timeout(30) })],
    'attempt timeout': [() => throughPolicy('attempt-timeout', [attemptTimeout({ afterMs: 30 })], silent, 1)],
    'garbage to fetch': [() => viaFetch(garbage)],
    'garbage to node:http': [() => viaHttp(garbage)],
    'headers too large': [() => viaFetch(large)],
    NGHTTP2_REFUSED_STREAM: [() => viaHttp2(refusing)],
    NGHTTP2_INTERNAL_ERROR: [() => viaHttp2(failing)],
    'self-signed': [() => viaFetch(selfSigned)],
    expired: [() => viaHttp(expired, { ca: expiredCertificate, agent: false })],
    'other host': [() => viaHttp(otherHost, { ca: otherCertificate, agent: false })],
    'no TLS there': [() => viaFetch(fine.replace('http:', 'https:'))],
    'unknown scheme': [() => viaFetch('gopher://shop.example/')],
    'bad port': [() => viaFetch('http://127.0.0.1:6666/')],
    'no URL': [() => viaFetch('http://')],
    'scheme to axios': [() => viaAxios('gopher://shop.example/', { adapter: 'fetch' })],
    'axios options': [() => viaAxios(fine, { transitional: { silentJSONParsing: 'yes' } })],
    'loop to fetch': [() => viaFetch(loop)],
    'loop to axios': [() => viaAxios(loop)],
    maxContentLength: [() => viaAxios(fine, { maxContentLength: 3 })],
    maxBodyLength: [() => axios.post(fine, 'x'.repeat(100), { maxBodyLength: 10, proxy: false })],
    'ERR_BAD_RESPONSE of a 503': [() => viaAxios(down)],
    AbortError: [() => viaFetch(silent, { signal: caller.abort }), { signal: caller.abort }],
    'a reason of its own': [() => viaFetch(silent, { signal: own }), { signal: own }],
    ERR_CANCELED: [() => viaAxios(silent, { signal: cancelled }), { signal: cancelled }],
    'the timeout of the caller': [() => viaFetch(silent, { signal: caller.timeout }), { signal: caller.timeout }],
    'circuit-open': [() => throughPolicy('circuit-open', [circuitBreaker()], silent, 1)],
    'rate-limited': [
      () => throughPolicy('rate-limited', [rateLimit({ permits: 1, perMs: 60_000, maxQueued: 0 })], silent, 2),
    ],
    'queue-full': [() => throughPolicy('queue-full', [concurrency({ limit: 1, maxQueued: 0 })], silent, 2)],
    'an error of a hook': [
      () =>
        ky
          .get(fine, { retry: 0, hooks: { afterResponse: [() => Promise.reject(new RangeError('of a hook'))] } })
          .text(),
    ],
  }
}

/** Meets every failure of the table that can be met here, one after the other. */
export const meetAll = async (): Promise<readonly Met[]> => {
  const servers = new Servers()
  const refused = await holdRefusedPort()
  const { port } = refused
  const met: Met[] = []
  try {
    for (const [signal, [run, context]] of Object.entries(await attemptsAt(servers, port))) {
      try {
        await run()
        met.push({ signal, verdict: 'nothing failed', error: '' })
      } catch (error) {
        met.push({
          signal,
          verdict: classify(error, context),
          error: String((error as Error | undefined)?.stack ?? error),
        })
      }
    }
  } finally {
    await servers.close()
    await refused.release()
  }
  return met
}
