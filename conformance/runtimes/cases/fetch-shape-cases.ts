import { wrapFetch } from '@holdfast/core'
import { respond, text } from '@holdfast/fault-server'
import type { Case } from './case.ts'
import { equal, isTrue, rejection, same } from './check.ts'
import { forbidden, replacing } from './replacing.ts'

type Fetch = typeof globalThis.fetch

const OK = text('ok')
const BUSY = respond(503, { body: 'busy' })

const kindOf = (error: unknown): string => (error instanceof Error ? error.constructor.name : typeof error)

/** Arguments, errors and requests as of the platform's own `fetch`. */
export const fetchShapeCases: readonly Case[] = [
  {
    name: '71 name, length, and the errors of no argument and of a foreign signal are those of stock',
    async run({ policy }) {
      const wrapped = wrapFetch(policy())
      equal(wrapped.name, 'fetch', 'name')
      equal(wrapped.length, 1, 'length')
      const wrong = { signal: {} as AbortSignal }
      const stockErrors = [
        rejection((fetch as () => Promise<Response>)()),
        rejection(fetch('http://127.0.0.1:1/', wrong)),
      ]
      const ownErrors = [
        rejection((wrapped as unknown as () => Promise<Response>)()),
        rejection(wrapped('http://127.0.0.1:1/', wrong)),
      ]
      for (const [index, error] of (await Promise.all(ownErrors)).entries()) {
        equal(kindOf(error), kindOf(await stockErrors[index]), 'class of the error')
      }
    },
  },
  {
    name: '72 a string, a URL and a Request; the init wins over the Request',
    async run({ serve, policy }) {
      const { url, requests } = await serve([OK])
      const wrapped = wrapFetch(policy())
      const request = new Request(url, { method: 'PUT', body: 'mine', headers: { 'x-from': 'request' } })
      await (await wrapped(url)).text()
      await (await wrapped(new URL(url))).text()
      await (await wrapped(request, { method: 'DELETE', body: 'yours', headers: { 'x-from': 'init' } })).text()
      const seen = await requests()
      equal(
        seen.map(({ method }) => method),
        ['GET', 'GET', 'DELETE'],
        'methods',
      )
      equal(seen[2]?.headers['x-from'], 'init', 'header')
      equal(seen[2]?.body, 'yours', 'body')
    },
  },
  {
    name: '73 a Request with a body is replayed, and is used up as by stock',
    async run({ serve, policy }) {
      const { url, requests } = await serve([BUSY, BUSY, OK])
      const request = new Request(url, { method: 'PUT', body: 'the same', headers: { 'x-mine': '1' } })
      const response = await wrapFetch(policy())(request)
      equal(response.status, 200, 'status')
      isTrue(request.bodyUsed, 'the request is used')
      const seen = await requests()
      equal(
        seen.map(({ body }) => body),
        ['the same', 'the same', 'the same'],
        'bodies',
      )
      equal(
        seen.map(({ headers }) => headers['x-mine']),
        ['1', '1', '1'],
        'headers',
      )
      await response.text()
    },
  },
  {
    name: '74 a used Request fails as stock and nothing is sent',
    async run({ serve, policy }) {
      const { url, requests } = await serve([OK])
      const request = new Request(url, { method: 'PUT', body: 'once' })
      await request.text()
      const stock = await rejection(fetch(request))
      equal(kindOf(await rejection(wrapFetch(policy())(request))), kindOf(stock), 'class of the error')
      equal((await requests()).length, 0, 'requests')
    },
  },
  {
    name: '75 an init with a body is sent again without cloning anything',
    isAlone: true,
    async run({ serve, policy }) {
      const { url, requests } = await serve([BUSY, OK])
      const init = Object.freeze({ method: 'PUT', body: 'replayed' })
      await replacing(Request.prototype, { clone: forbidden('clone') }, async () => {
        const response = await wrapFetch(policy())(url, init)
        equal(await response.text(), 'ok', 'answer')
      })
      equal(
        (await requests()).map(({ body }) => body),
        ['replayed', 'replayed'],
        'bodies',
      )
    },
  },
  {
    name: '76 a stream is sent once, and that answer is handed over',
    not: { chromium: 'Chromium streams uploads over HTTP/2 and QUIC only' },
    async run({ serve, policy }) {
      const { url, requests } = await serve([BUSY, OK])
      const body = new Response('streamed').body
      const init = { method: 'PUT', body, duplex: 'half' } as RequestInit
      const response = await wrapFetch(policy())(url, init)
      equal(response.status, 503, 'status')
      equal(await response.text(), 'busy', 'answer')
      equal(
        (await requests()).map((request) => request.body),
        ['streamed'],
        'bodies',
      )
    },
  },
  {
    name: '85 unknown members of the init reach every attempt, a frozen init is fine',
    async run({ serve, policy }) {
      const { url } = await serve([BUSY, OK])
      const seen: unknown[] = []
      const base = (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
        seen.push((init as { cf?: unknown } | undefined)?.cf)
        isTrue(!Object.hasOwn(init ?? {}, 'resilience'), 'our own option is not handed on')
        return fetch(input, init)
      }
      const cf = { cacheTtl: 5 }
      const init = Object.freeze({ cf, resilience: Object.freeze({ priority: 'critical' as const }) })
      await (await wrapFetch(policy(), base)(url, init)).text()
      equal(seen.length, 2, 'attempts')
      for (const each of seen) same(each, cf, 'the member')
    },
  },
  {
    name: '86 a base that throws at once is a rejection',
    async run({ policy }) {
      const failure = new RangeError('broken base')
      const wrapped = wrapFetch(policy(), () => {
        throw failure
      })
      same(await rejection(wrapped('https://api.example/')), failure, 'the error')
    },
  },
  {
    name: '87 the global fetch of the moment is used',
    isAlone: true,
    async run({ policy }) {
      const wrapped = wrapFetch(policy())
      const patched = (() => Promise.resolve(new Response('patched'))) as Fetch
      const native = globalThis.fetch
      let call: Promise<Response>
      try {
        globalThis.fetch = patched
        call = wrapped('https://api.example/')
      } finally {
        globalThis.fetch = native
      }
      equal(await (await call).text(), 'patched', 'answer')
    },
  },
]
