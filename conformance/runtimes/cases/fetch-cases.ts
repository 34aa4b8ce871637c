import { wrapFetch } from '@holdfast/core'
import { drip, redirect, respond, stall, text } from '@holdfast/fault-server'
import type { Case } from './case.ts'
import { codeOf, equal, isTrue, pause, rejection, same } from './check.ts'
import { fetchShapeCases } from './fetch-shape-cases.ts'

const OK = text('ok')
const BUSY = respond(503, { body: 'busy' })

const abortCases: readonly Case[] = [
  {
    name: '77 the reason of an abort is the same object, in flight and while the body is read',
    async run({ serve, policy }) {
      const stalled = await serve([stall()])
      const inFlight = new AbortController()
      const pending = rejection(wrapFetch(policy())(stalled.url, { signal: inFlight.signal }))
      await stalled.until(({ length }) => length === 1, 'one request')
      const reason = { why: 'mine' }
      inFlight.abort(reason)
      same(await pending, reason, 'reason in flight')
      const dripping = await serve([drip(text('x'.repeat(60)), { chunkBytes: 1, everyMs: 20 })])
      const reading = new AbortController()
      const response = await wrapFetch(policy())(dripping.url, { signal: reading.signal })
      const body = rejection(response.text())
      await pause(60)
      reading.abort(reason)
      same(await body, reason, 'reason while reading')
    },
  },
  {
    name: "79 a Request's own signal counts, and `signal: null` takes it away",
    async run({ serve, policy }) {
      const { url, requests } = await serve([OK])
      const wrapped = wrapFetch(policy())
      const aborted = new Request(url, { signal: AbortSignal.abort(new Error('gone')) })
      const error = await rejection(wrapped(aborted))
      equal((error as Error).message, 'gone', 'reason')
      equal((await requests()).length, 0, 'requests')
      const response = await wrapped(new Request(url), { signal: null })
      equal(await response.text(), 'ok', 'answer')
    },
  },
  {
    name: '79 `signal: null` with a Request whose signal is aborted is sent',
    async run({ serve, policy }) {
      const { url } = await serve([OK])
      const request = new Request(url, { signal: AbortSignal.abort('gone') })
      equal(await (await wrapFetch(policy())(request, { signal: null })).text(), 'ok', 'answer')
    },
  },
  {
    name: '80 an abort after the headers errors the read, and the server sees it',
    async run({ serve, policy }) {
      const scenario = await serve([drip(text('x'.repeat(200)), { chunkBytes: 1, everyMs: 20 })])
      const controller = new AbortController()
      const response = await wrapFetch(policy())(scenario.url, { signal: controller.signal })
      const reader = response.body?.getReader()
      await reader?.read()
      controller.abort('stop')
      const drained = async (): Promise<void> => {
        while ((await reader?.read())?.done === false) await pause(1)
      }
      await rejection(drained())
      await scenario.until(([first]) => first?.clientLeft === true, 'the client left')
    },
  },
]

const responseCases: readonly Case[] = [
  {
    name: '81 url, redirected, type and class of the response are the platform’s own',
    async run({ serve, policy }) {
      const { url } = await serve([redirect('./there'), BUSY, redirect('./there'), OK])
      const response = await wrapFetch(policy())(`${url}/here`)
      equal(response.url, `${url}/there`, 'url')
      isTrue(response.redirected, 'redirected')
      isTrue(response instanceof Response, 'instance of Response')
      const stock = await fetch(`${url}/there`)
      equal(response.type, stock.type, 'type')
      equal(await response.text(), 'ok', 'text')
      isTrue(response.bodyUsed, 'used')
      await stock.text()
    },
  },
  {
    name: '81 every reader of a response works, and a clone as well',
    async run({ serve, policy }) {
      const { url } = await serve([text('{"a":1}')])
      const wrapped = wrapFetch(policy())
      equal(await (await wrapped(url)).json(), { a: 1 }, 'json')
      equal((await (await wrapped(url)).arrayBuffer()).byteLength, 7, 'arrayBuffer')
      equal((await (await wrapped(url)).blob()).size, 7, 'blob')
      equal((await (await wrapped(url)).bytes()).length, 7, 'bytes')
      const response = await wrapped(url)
      const copy = response.clone()
      equal([await response.text(), await copy.text()], ['{"a":1}', '{"a":1}'], 'text of both')
      let length = 0
      const reader = (await wrapped(url)).body?.getReader()
      for (let part = await reader?.read(); part?.done === false; part = await reader?.read())
        length += part.value.length
      equal(length, 7, 'bytes read from the stream')
    },
  },
  {
    name: '81 a look at the body uses nothing up',
    async run({ serve, policy }) {
      const { url } = await serve([text('whole')])
      const response = await wrapFetch(policy())(url)
      isTrue(response.body !== null, 'there is a body')
      equal(response.bodyUsed, false, 'bodyUsed before')
      equal(await response.text(), 'whole', 'text')
      equal(response.bodyUsed, true, 'bodyUsed after')
    },
  },
  {
    name: '83 a redirect that is not followed is handed over and not retried',
    async run({ serve, policy, runtime }) {
      const { url, requests } = await serve([redirect('./there'), OK])
      const response = await wrapFetch(policy())(url, { redirect: 'manual' })
      equal(response.status, runtime === 'chromium' ? 0 : 302, 'status')
      equal(response.type, runtime === 'chromium' ? 'opaqueredirect' : response.type, 'type')
      equal((await requests()).length, 1, 'requests')
    },
  },
  {
    name: '84 what the caller did wrong is not retried',
    async run({ serve, policy, runtime }) {
      const { url, requests } = await serve([redirect('./there')])
      const wrapped = wrapFetch(policy())
      const attempts: unknown[] = []
      const counting = wrapFetch(policy(), (input, init) => {
        attempts.push(input)
        return fetch(input, init)
      })
      await rejection(counting('http://['))
      await rejection(counting(url, { headers: { 'bad name': 'x' } }))
      isTrue(attempts.length <= 2, `${attempts.length} attempts for two wrong calls`)
      await rejection(wrapped(url, { redirect: 'error' }))
      // A page cannot tell a refused redirect from a broken network, which is tried once more.
      equal((await requests()).length, runtime === 'chromium' ? 2 : 1, 'requests')
    },
  },
]

const bodyTimeCases: readonly Case[] = [
  {
    name: '91 an event stream may outlive the deadline when the call says so',
    async run({ serve, policy }) {
      const { url } = await serve([drip(text('x'.repeat(30)), { chunkBytes: 1, everyMs: 50 })])
      const resilience = { deadline: { afterMs: 1_000 }, body: 'unbounded' } as const
      const response = await wrapFetch(policy())(url, { resilience })
      equal((await response.text()).length, 30, 'length')
    },
  },
  {
    name: 'a body that drips beyond the deadline is cut there',
    async run({ serve, policy }) {
      const scenario = await serve([drip(text('x'.repeat(400)), { chunkBytes: 1, everyMs: 20 })])
      const response = await wrapFetch(policy())(scenario.url, { resilience: { deadline: { afterMs: 800 } } })
      equal(codeOf(await rejection(response.text())), 'deadline-exceeded', 'code')
      await scenario.until(([first]) => first?.clientLeft === true, 'the client left')
    },
  },
]

export const fetchCases: readonly Case[] = [...fetchShapeCases, ...abortCases, ...responseCases, ...bodyTimeCases].map(
  (one) => ({ ...one, name: `fetch: ${one.name}` }),
)
