import { reset, respond, text } from '@holdfast/fault-server'
import type { Case } from './case.ts'
import { equal, isTrue, rejection, timeOf } from './check.ts'
import type { ClientKind } from './client.ts'

const OK = text('ok')
const BUSY = respond(503, { body: 'busy' })

/** What is sent again, how often and when. */
export const retryCases = (kind: ClientKind): readonly Case[] => [
  {
    name: 'two 503, then 200: the caller gets the 200',
    async run({ serve, policy }) {
      const scenario = await serve([BUSY, BUSY, OK])
      equal(await kind.make(policy()).send(scenario.url), { status: 200, text: 'ok' })
      equal((await scenario.requests()).length, 3, 'requests')
    },
  },
  {
    name: 'a 503 for ever: as many requests as the policy allows, and the last answer itself',
    async run({ serve, policy }) {
      const scenario = await serve([BUSY])
      equal(await kind.make(policy()).send(scenario.url), { status: 503, text: 'busy' })
      equal((await scenario.requests()).length, 3, 'requests')
    },
  },
  {
    name: 'a 404 is an answer: one request',
    async run({ serve, policy }) {
      const scenario = await serve([respond(404, { body: 'none' })])
      equal(await kind.make(policy()).send(scenario.url), { status: 404, text: 'none' })
      equal((await scenario.requests()).length, 1, 'requests')
    },
  },
  {
    name: '31 a reset connection is tried again',
    async run({ serve, policy }) {
      const scenario = await serve([reset('after-reading'), reset('before-reading'), OK])
      equal((await kind.make(policy()).send(scenario.url)).status, 200, 'status')
      equal((await scenario.requests()).length, 3, 'requests')
    },
  },
  {
    name: 'a POST is not repeated after a 503, but with an idempotency key it is',
    async run({ serve, policy }) {
      const plain = await serve([BUSY, OK])
      const client = kind.make(policy())
      equal((await client.send(plain.url, { method: 'POST', body: 'order' })).status, 503, 'status')
      equal((await plain.requests()).length, 1, 'requests')
      const keyed = await serve([BUSY, BUSY, OK])
      const sending = { method: 'POST', body: 'order', resilience: { idempotencyKey: 'auto' } } as const
      equal((await client.send(keyed.url, sending)).status, 200, 'status with a key')
      const keys = (await keyed.requests()).map(({ headers }) => headers['idempotency-key'])
      equal(keys.length, 3, 'requests with a key')
      isTrue(/^[0-9a-f-]{32,36}$/.test(keys[0] ?? ''), `96 the key ${String(keys[0])} is a UUID`)
      equal(new Set(keys).size, 1, '96 different keys in one call')
    },
  },
  {
    name: "96 the caller's own idempotency key is kept and allows the retry",
    async run({ serve, policy }) {
      const scenario = await serve([BUSY, OK])
      const sending = { method: 'POST', body: 'order', headers: { 'Idempotency-Key': 'order-7' } } as const
      equal((await kind.make(policy()).send(scenario.url, sending)).status, 200, 'status')
      equal(
        (await scenario.requests()).map(({ headers }) => headers['idempotency-key']),
        ['order-7', 'order-7'],
        'keys',
      )
    },
  },
  {
    name: '97 Retry-After is waited for',
    async run({ serve, policy }) {
      const scenario = await serve([respond(503, { headers: { 'retry-after': '1' } }), OK])
      equal((await kind.make(policy()).send(scenario.url)).status, 200, 'status')
      const [first, second] = await scenario.requests()
      const waitedMs = (second?.atMs ?? 0) - (first?.atMs ?? 0)
      isTrue(waitedMs >= 990, `waited ${Math.round(waitedMs)} ms, at least a second expected`)
    },
  },
  {
    name: '97 a Retry-After beyond the deadline ends the call at once, with the answer',
    async run({ serve, policy }) {
      const scenario = await serve([respond(503, { headers: { 'retry-after': '30' }, body: 'busy' }), OK])
      const sending = { resilience: { deadline: { afterMs: 5_000 }, attemptTimeout: { afterMs: 5_000 } } }
      const call = kind.make(policy()).send(scenario.url, sending)
      isTrue((await timeOf(call)) < 2_000, 'it ended at once')
      equal(await call, { status: 503, text: 'busy' })
    },
  },
  {
    name: '48 `resilience: false` sends without the policy',
    async run({ serve, policy }) {
      const scenario = await serve([BUSY, OK])
      equal((await kind.make(policy()).send(scenario.url, { resilience: false })).status, 503, 'status')
      equal((await scenario.requests()).length, 1, 'requests')
    },
  },
  {
    name: '48 an unknown option of a call is refused by name and nothing is sent',
    async run({ serve, policy }) {
      const scenario = await serve([OK])
      const resilience = { retries: 3 } as object
      const error = await rejection(kind.make(policy()).send(scenario.url, { resilience }))
      isTrue(error instanceof TypeError && error.message.includes('"retries"'), `the error names it: ${String(error)}`)
      equal((await scenario.requests()).length, 0, 'requests')
    },
  },
  {
    name: '68 twenty calls at a time share no state but the policy',
    async run({ serve, policy }) {
      const scenarios = await Promise.all(Array.from({ length: 20 }, (_, index) => serve([BUSY, text(`n${index}`)])))
      const client = kind.make(policy({ retryBudget: false, adaptiveThrottle: false, circuitBreaker: false }))
      const answers = await Promise.all(scenarios.map(({ url }) => client.send(url)))
      equal(
        answers.map((answer) => answer.text),
        scenarios.map((_, index) => `n${index}`),
        'answers',
      )
    },
  },
]
