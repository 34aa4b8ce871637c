import { callReport } from '@holdfast/core'
import { drip, json, reset, respond, stall, text } from '@holdfast/fault-server'
import { kyHooks } from '@holdfast/ky-hooks'
import ky, { HTTPError, isHTTPError, isNetworkError, isTimeoutError } from 'ky'
import type { Case } from './case.ts'
import { equal, isTrue, pause, rejection, same } from './check.ts'

const OK = json({ n: 1 })
const BUSY = respond(503, { headers: { 'content-type': 'application/json' }, body: '{"why":"busy"}' })

const cases: readonly Case[] = [
  {
    name: '50 a 503 for ever: as many requests as the policy allows, then HTTPError with response and data',
    async run({ serve, policy }) {
      const { url, requests } = await serve([BUSY])
      const error = await rejection(ky.extend(kyHooks(policy())).get(url).json())
      isTrue(isHTTPError(error) && error instanceof HTTPError, 'an HTTPError')
      equal([error.response.status, error.data], [503, { why: 'busy' }], 'status and data')
      equal((await requests()).length, 3, 'requests')
    },
  },
  {
    name: '51 hooks of the user see one call',
    async run({ serve, policy }) {
      const { url } = await serve([BUSY, BUSY, OK])
      const runs: string[] = []
      const note = (what: string) => () => {
        runs.push(what)
      }
      const hooks = {
        beforeRequest: [note('beforeRequest')],
        beforeRetry: [note('beforeRetry')],
        afterResponse: [note('afterResponse')],
      }
      equal(await ky.extend(kyHooks(policy())).extend({ hooks }).get(url).json(), { n: 1 }, 'data')
      equal(runs, ['beforeRequest', 'afterResponse'], 'runs')
    },
  },
  {
    name: '52 `ky.retry()` after a 401 sends again with the new token',
    async run({ serve, policy }) {
      const { url, requests } = await serve([respond(401), OK])
      const api = ky.extend(kyHooks(policy())).extend({
        hooks: {
          afterResponse: [
            ({ request, response }) => {
              if (response.status !== 401) return undefined
              const headers = new Headers(request.headers)
              headers.set('authorization', 'Bearer fresh')
              return ky.retry({ request: new Request(request, { headers }) })
            },
          ],
        },
      })
      equal(await api.get(url).json(), { n: 1 }, 'data')
      equal(
        (await requests()).map(({ headers }) => headers['authorization']),
        [undefined, 'Bearer fresh'],
        'authorization',
      )
    },
  },
  {
    name: '56 and 57 extending twice nests nothing, a child inherits, `create` makes a free one',
    async run({ serve, policy }) {
      const shared = policy()
      const api = ky
        .extend(kyHooks(shared))
        .extend(kyHooks(shared))
        .extend({ headers: { 'x-child': '1' } })
      const child = await serve([BUSY])
      equal((await api.get(child.url, { throwHttpErrors: false })).status, 503, 'status of the child')
      equal((await child.requests()).length, 3, 'requests of the child')
      const free = await serve([BUSY])
      await ky.create({ retry: 0, throwHttpErrors: false }).get(free.url)
      equal((await free.requests()).length, 1, 'requests of the free one')
    },
  },
  {
    name: '58 `timeout` is the limit of each attempt',
    async run({ serve, policy }) {
      const { url, requests } = await serve([stall(), OK])
      equal(await ky.extend(kyHooks(policy())).get(url, { timeout: 800 }).json(), { n: 1 }, 'data')
      equal((await requests()).length, 2, 'requests')
    },
  },
  {
    name: '59 `json()` on a body that drips is bounded',
    async run({ serve, policy }) {
      const { url } = await serve([drip(text('x'.repeat(400)), { chunkBytes: 1, everyMs: 20 })])
      const api = ky.extend(kyHooks(policy({ deadline: { afterMs: 800 } })))
      const startedMs = performance.now()
      await rejection(api.get(url).json())
      isTrue(performance.now() - startedMs < 3_000, 'it ended long before the body')
    },
  },
  {
    name: '60 the classes and guards of ky hold',
    async run({ serve, policy, runtime }) {
      const api = ky.extend(kyHooks(policy({ retry: false })))
      const broken = await serve([reset('after-reading')])
      const network = await rejection(api.post(broken.url, { body: 'x' }))
      const stock = await rejection(ky.post((await serve([reset('after-reading')])).url, { body: 'x', retry: 0 }))
      // ky does not know the words of every runtime; what it calls a network error without us it calls so with us.
      equal(isNetworkError(network), isNetworkError(stock), `isNetworkError in ${runtime}`)
      equal((network as Error).name, (stock as Error).name, 'name')
      const stalled = await serve([stall()])
      const timeout = await rejection(api.get(stalled.url, { timeout: 100 }))
      isTrue(isTimeoutError(timeout), 'isTimeoutError')
      equal(callReport(timeout)?.attempts.length, 1, 'attempts in the report')
    },
  },
  {
    name: '63 a stream is sent once',
    not: { chromium: 'Chromium streams uploads over HTTP/2 and QUIC only' },
    async run({ serve, policy }) {
      const { url, requests } = await serve([BUSY, OK])
      const body = new Response('streamed').body
      const options = { body, duplex: 'half', throwHttpErrors: false } as object
      equal((await ky.extend(kyHooks(policy())).put(url, options)).status, 503, 'status')
      equal(
        (await requests()).map((request) => request.body),
        ['streamed'],
        'bodies',
      )
    },
  },
  {
    name: '64 an abort in the backoff rejects with the caller’s reason',
    async run({ serve, policy }) {
      const { url } = await serve([respond(503, { headers: { 'retry-after': '20' } })])
      const controller = new AbortController()
      const reason = new Error('enough')
      const call = rejection(ky.extend(kyHooks(policy())).get(url, { signal: controller.signal }))
      await pause(200)
      controller.abort(reason)
      same(await call, reason, 'the reason')
    },
  },
  {
    name: '66 the option of a call does not leak into fetch',
    async run({ serve, policy }) {
      const { url } = await serve([OK])
      const inits: unknown[] = []
      const fetch = (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
        inits.push(init)
        return globalThis.fetch(input, init)
      }
      await ky.extend(kyHooks(policy())).get(url, { fetch, resilience: { retry: false } })
      equal(inits.length, 1, 'attempts through the fetch of the call')
      isTrue(!Object.hasOwn(inits[0] ?? {}, 'resilience'), 'no such key')
    },
  },
]

/** What only ky has. */
export const kyCases: readonly Case[] = cases.map((one) => ({ ...one, name: `ky: ${one.name}` }))
