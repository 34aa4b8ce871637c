import { attach } from '@holdfast/axios-interceptor'
import { callReport, wrapFetch } from '@holdfast/core'
import { json, reset, respond, text } from '@holdfast/fault-server'
import axios from 'axios'
import type { Case, SeenRequest } from './case.ts'
import { codeOf, equal, isTrue, pause, rejection } from './check.ts'
import type { ClientKind, Sending } from './client.ts'

const OK = text('ok')
const BUSY = respond(503, { body: 'busy' })

// Chromium numbers nothing and adds nothing that depends on the time, so whole header sections can be compared.
const fields = (request: SeenRequest | undefined): string =>
  JSON.stringify(Object.entries(request?.headers ?? {}).sort())

/** CORS and the network as pages know it; the same for every client. */
export const browserCases = (kind: ClientKind): readonly Case[] => {
  const cases: readonly Case[] = [
    {
      name: 'CORS: the browser preset adds no header and causes no preflight, also on retries',
      async run({ serve, policy }) {
        const browser = policy({ preset: 'browser' })
        const sendings: readonly Sending[] = [{}, { method: 'POST', body: 'plain text' }]
        for (const sending of sendings) {
          const stock = await serve([OK], { origin: 'other' })
          await kind.make(browser).send(stock.url, { ...sending, resilience: false })
          const own = await serve([BUSY, OK], { origin: 'other' })
          const resilience = { idempotent: true }
          equal((await kind.make(browser).send(own.url, { ...sending, resilience })).status, 200, 'status')
          equal((await own.preflights()).length, 0, 'preflights')
          const [expected] = await stock.requests()
          const seen = await own.requests()
          equal(seen.length, 2, 'requests')
          for (const request of seen) equal(fields(request), fields(expected), 'header fields')
        }
      },
    },
    {
      name: 'CORS: an idempotency key is a header, so it costs a preflight',
      async run({ serve, policy }) {
        const scenario = await serve([OK], { origin: 'other' })
        const sending = { method: 'POST', body: 'order', resilience: { idempotencyKey: 'order-7' } } as const
        equal((await kind.make(policy()).send(scenario.url, sending)).status, 200, 'status')
        isTrue((await scenario.preflights()).length === 1, 'one preflight was seen')
      },
    },
    {
      name: 'CORS: a Retry-After that the page may not read is not waited for',
      async run({ serve, policy }) {
        const scenario = await serve([respond(503, { headers: { 'retry-after': '25' } }), OK], { origin: 'other' })
        equal((await kind.make(policy({ preset: 'browser' })).send(scenario.url)).status, 200, 'status')
        const [first, second] = await scenario.requests()
        isTrue((second?.atMs ?? Infinity) - (first?.atMs ?? 0) < 5_000, 'it was sent again after its own backoff')
      },
    },
    {
      name: 'CORS: a Retry-After that the server exposes is waited for',
      async run({ serve, policy }) {
        const options = { origin: 'other', exposed: ['Retry-After'] } as const
        const scenario = await serve([respond(503, { headers: { 'retry-after': '1' } }), OK], options)
        equal((await kind.make(policy()).send(scenario.url)).status, 200, 'status')
        const [first, second] = await scenario.requests()
        isTrue((second?.atMs ?? 0) - (first?.atMs ?? 0) >= 990, 'it waited a second')
      },
    },
    {
      name: 'CORS: an answer the page may not see looks like a broken network: tried once more, then the error itself',
      async run({ serve, policy }) {
        const scenario = await serve([OK], { origin: 'closed' })
        const error = await rejection(kind.make(policy()).send(scenario.url))
        equal(
          callReport(error)?.attempts.map(({ code }) => code),
          ['network-opaque', 'network-opaque'],
          'attempts',
        )
        equal((await scenario.requests()).length, 2, 'requests')
      },
    },
    {
      name: 'a relative URL is sent to the page’s own origin, and shares its state',
      async run({ serve, policy }) {
        const { url } = await serve([BUSY, OK])
        const shared = policy({ retry: { baseMs: 1 } })
        const client = kind.make(shared)
        const { origin, pathname } = new URL(url)
        equal(await client.send(pathname), { status: 200, text: 'ok' })
        equal(await client.send(url), { status: 200, text: 'ok' })
        equal(Object.keys(shared.health().keys), [origin], 'keys')
      },
    },
    {
      name: 'offline: the call fails with the error of the client, and succeeds once the network is back',
      isAlone: true,
      async run({ serve, policy, setOffline }) {
        const scenario = await serve([OK])
        const client = kind.make(policy({ circuitBreaker: { deadFailures: 2, deadForMs: 0 } }))
        await setOffline(true)
        try {
          for (let calls = 0; calls < 3; calls += 1) {
            const error = await rejection(client.send(scenario.url))
            isTrue(codeOf(error) !== 'circuit-open', 'a page without network does not blame the server')
          }
        } finally {
          await setOffline(false)
        }
        equal((await client.send(scenario.url)).status, 200, 'status')
        equal((await scenario.requests()).length, 1, 'requests')
      },
    },
    {
      name: 'offline: the network comes back during the backoff',
      isAlone: true,
      async run({ serve, policy, setOffline }) {
        const scenario = await serve([OK])
        const client = kind.make(policy({ retry: { baseMs: 2_000 }, random: () => 0.5 }))
        await setOffline(true)
        const call = client.send(scenario.url)
        try {
          await pause(200)
        } finally {
          await setOffline(false)
        }
        equal((await call).status, 200, 'status')
        equal((await scenario.requests()).length, 1, 'requests')
      },
    },
  ]
  return cases.map((one) => ({ ...one, name: `${kind.name}: ${one.name}` }))
}

/** What only `fetch` can be asked for in a browser. */
export const browserFetchCases: readonly Case[] = [
  {
    name: 'fetch: an opaque answer is handed over and not retried',
    async run({ serve, policy }) {
      const scenario = await serve([BUSY], { origin: 'closed' })
      const response = await wrapFetch(policy())(scenario.url, { mode: 'no-cors' })
      equal([response.type, response.status], ['opaque', 0], 'type and status')
      equal((await scenario.requests()).length, 1, 'requests')
    },
  },
  {
    name: 'fetch: an opaque redirect is handed over and not retried',
    async run({ serve, policy }) {
      const redirecting = respond(302, { headers: { location: '/nowhere' } })
      const scenario = await serve([redirecting])
      const response = await wrapFetch(policy())(scenario.url, { redirect: 'manual' })
      equal([response.type, response.status], ['opaqueredirect', 0], 'type and status')
      equal((await scenario.requests()).length, 1, 'requests')
    },
  },
  {
    name: 'fetch: a stream as body, which HTTP/1.1 cannot carry, fails as by stock after one attempt',
    async run({ serve, policy }) {
      const scenario = await serve([OK])
      const init = (): RequestInit => ({ method: 'POST', body: new Response('x').body, duplex: 'half' }) as RequestInit
      const stock = (await rejection(fetch(scenario.url, init()))) as Error
      const error = (await rejection(wrapFetch(policy())(scenario.url, init()))) as Error
      equal([error.name, error.message], [stock.name, stock.message], 'error')
      equal(callReport(error)?.attempts.length, 1, 'attempts')
    },
  },
  {
    name: 'fetch: `keepalive` requests are retried as others',
    async run({ serve, policy }) {
      const scenario = await serve([BUSY, OK])
      const response = await wrapFetch(policy())(scenario.url, { method: 'PUT', body: 'x', keepalive: true })
      equal(await response.text(), 'ok', 'answer')
      equal(
        (await scenario.requests()).map(({ body }) => body),
        ['x', 'x'],
        'bodies',
      )
    },
  },
]

/** What only the xhr adapter of axios can be asked for. */
export const browserXhrCases: readonly Case[] = [
  {
    name: 'axios xhr: 45 progress is reported for each attempt',
    async run({ serve, policy }) {
      const { url } = await serve([BUSY, text('x'.repeat(1_000))])
      const api = axios.create({ adapter: 'xhr' })
      attach(api, policy())
      const uploaded: number[] = []
      const downloaded: number[] = []
      const response = await api.put<string>(url, 'y'.repeat(500), {
        onUploadProgress: ({ loaded }) => uploaded.push(loaded),
        onDownloadProgress: ({ loaded }) => downloaded.push(loaded),
      })
      equal(response.data.length, 1_000, 'length')
      equal(uploaded.filter((loaded) => loaded === 500).length >= 2, true, 'both uploads were reported')
      equal(downloaded.at(-1), 1_000, 'bytes downloaded')
    },
  },
  {
    name: 'axios xhr: response types reach the caller after a retry',
    async run({ serve, policy }) {
      const api = axios.create({ adapter: 'xhr' })
      attach(api, policy())
      const blob = await api.get<Blob>((await serve([BUSY, OK])).url, { responseType: 'blob' })
      equal(await blob.data.text(), 'ok', 'blob')
      const buffer = await api.get<ArrayBuffer>((await serve([BUSY, OK])).url, { responseType: 'arraybuffer' })
      equal(buffer.data.byteLength, 2, 'arraybuffer')
      const data = await api.get<unknown>((await serve([BUSY, json({ a: 1 })])).url, { responseType: 'json' })
      equal(data.data, { a: 1 }, 'json')
    },
  },
  {
    name: 'axios xhr: 33 the error of a lost connection is axios’ own',
    async run({ serve, policy }) {
      const { url } = await serve([reset('after-reading')])
      const api = axios.create({ adapter: 'xhr' })
      attach(api, policy())
      const error = await rejection(api.get(url))
      isTrue(axios.isAxiosError(error), 'an AxiosError')
      equal([codeOf(error), (error as Error).message], ['ERR_NETWORK', 'Network Error'], 'code and message')
    },
  },
]
