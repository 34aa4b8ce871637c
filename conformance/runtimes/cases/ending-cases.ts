import { callReport } from '@holdfast/core'
import { delayed, reset, respond, stall, text } from '@holdfast/fault-server'
import type { Case } from './case.ts'
import { codeOf, equal, isTrue, pause, rejection, same, timeOf } from './check.ts'
import type { ClientKind } from './client.ts'

const OK = text('ok')
const BUSY = respond(503, { body: 'busy' })

/** Limits of an attempt and of the call. */
export const timeCases = (kind: ClientKind): readonly Case[] => [
  {
    name: 'an attempt that times out is ended on the wire and tried again',
    async run({ serve, policy, runtime }) {
      const scenario = await serve([stall(), OK])
      const sending = { resilience: { attemptTimeout: { afterMs: 800 } } }
      const watched = policy()
      let attempts = 0
      watched.on('attempt-ended', () => {
        attempts += 1
      })
      equal((await kind.make(watched).send(scenario.url, sending)).status, 200, 'status')
      equal(attempts, 2, 'attempts')
      const seen = await scenario.until(([first]) => first?.clientLeft === true, 'the first request left')
      // Deno may put the second attempt on the connection it is closing, and send it again by itself.
      isTrue(seen.length === 2 || (runtime === 'deno' && seen.length === 3), `${seen.length} requests`)
    },
  },
  {
    name: 'the last attempt timeout is an error with a code and a report',
    async run({ serve, policy }) {
      const scenario = await serve([stall()])
      const sending = { resilience: { attemptTimeout: { afterMs: 100 }, retry: { maxRetries: 1 } } }
      const error = await rejection(kind.make(policy()).send(scenario.url, sending))
      equal(codeOf(error), kind.timeoutCodes.attempt, `code of ${String(error)}`)
      equal(callReport(error)?.attempts.length, 2, 'attempts in the report')
    },
  },
  {
    name: '36 the deadline ends the call in time, also on the wire',
    async run({ serve, policy }) {
      const scenario = await serve([stall()])
      const sending = { resilience: { deadline: { afterMs: 400 } } }
      const client = kind.make(policy())
      const startedMs = performance.now()
      const call = client.send(scenario.url, sending)
      await timeOf(call)
      const tookMs = performance.now() - startedMs
      isTrue(tookMs >= 395 && tookMs < 3_000, `it took ${Math.round(tookMs)} ms of a deadline of 400 ms`)
      const error = await rejection(call)
      equal(codeOf(error), kind.timeoutCodes.deadline, `code of ${String(error)}`)
      const seen = await scenario.until(([first]) => first?.clientLeft === true, 'the request left')
      equal(seen.length, 1, 'requests')
    },
  },
]

const isAbortOf = (kind: ClientKind, error: unknown, reason: unknown): void => {
  if (kind.abortsWith === 'reason') same(error, reason, '77 the reason of the abort')
  else equal(codeOf(error), kind.abortsWith, 'code')
}

/** Cases that end a request while the server works on it. */
export const inFlightCases = (kind: ClientKind): readonly Case[] => [
  {
    name: '37 an abort in flight ends the call at once and is never retried',
    async run({ serve, policy }) {
      const scenario = await serve([stall()])
      const controller = new AbortController()
      const call = kind.make(policy()).send(scenario.url, { signal: controller.signal })
      const error = rejection(call)
      await scenario.until(({ length }) => length === 1, 'one request')
      const reason = new Error('enough')
      controller.abort(reason)
      isTrue((await timeOf(call)) < 2_000, 'it ended at once')
      isAbortOf(kind, await error, reason)
      const seen = await scenario.until(([first]) => first?.clientLeft === true, 'the request left')
      equal(seen.length, 1, 'requests')
    },
  },
  {
    name: '93 a place is given back after an answer, an abort, a timeout and a reset',
    async run({ serve, policy }) {
      const client = kind.make(policy({ retry: false, concurrency: { limit: 1, maxQueued: 0 }, circuitBreaker: false }))
      const aborted = new AbortController()
      const stalled = await serve([stall()])
      const call = rejection(client.send(stalled.url, { signal: aborted.signal }))
      await stalled.until(({ length }) => length === 1, 'one request')
      aborted.abort()
      await call
      const timed = await serve([stall()])
      const resilience = { attemptTimeout: { afterMs: 80 } }
      equal(codeOf(await rejection(client.send(timed.url, { resilience }))), kind.timeoutCodes.attempt, 'code')
      const broken = await serve([reset('after-reading')])
      await rejection(client.send(broken.url))
      const fine = await serve([BUSY, OK])
      equal((await client.send(fine.url)).status, 503, 'status')
      equal((await client.send(fine.url)).status, 200, 'status')
    },
  },
  {
    name: '102 the report tells every attempt without bodies or headers',
    async run({ serve, policy }) {
      const scenario = await serve([stall()])
      const resilience = { attemptTimeout: { afterMs: 80 }, retry: { maxRetries: 1 } }
      const headers = { authorization: 'Bearer secret-token' }
      const error = await rejection(
        kind.make(policy()).send(`${scenario.url}?key=secret-query`, { headers, resilience }),
      )
      const report = callReport(error)
      equal(
        report?.attempts.map(({ code }) => code),
        ['attempt-timeout', 'attempt-timeout'],
        'codes',
      )
      const words = `${String(report?.explain())} ${JSON.stringify(report)}`
      isTrue(!words.includes('secret'), 'nothing secret in it')
    },
  },
]

/** Aborts where nothing is on the wire. */
export const waitingAbortCases = (kind: ClientKind): readonly Case[] => [
  {
    name: '37 an abort in the backoff ends the wait',
    async run({ serve, policy }) {
      const scenario = await serve([respond(503, { headers: { 'retry-after': '20' } }), OK])
      const controller = new AbortController()
      const call = kind.make(policy()).send(scenario.url, { signal: controller.signal })
      const error = rejection(call)
      await scenario.until(([first]) => typeof first?.settledAtMs === 'number', 'one answered request')
      await pause(50)
      const reason = new Error('enough')
      controller.abort(reason)
      isTrue((await timeOf(call)) < 2_000, 'it ended at once')
      isAbortOf(kind, await error, reason)
      equal((await scenario.requests()).length, 1, 'requests')
    },
  },
  {
    name: '37 an abort in a queue ends the wait, and the one behind goes on',
    async run({ serve, policy }) {
      const scenario = await serve([delayed(OK, 200), OK])
      const client = kind.make(policy({ concurrency: { limit: 1, maxQueued: 5 } }))
      const controller = new AbortController()
      const first = client.send(scenario.url)
      const second = client.send(scenario.url, { signal: controller.signal })
      const third = client.send(scenario.url)
      const error = rejection(second)
      await pause(20)
      const reason = new Error('enough')
      controller.abort(reason)
      isAbortOf(kind, await error, reason)
      equal((await first).status, 200, 'status of the first')
      equal((await third).status, 200, 'status of the third')
      equal((await scenario.requests()).length, 2, 'requests')
    },
  },
  {
    name: '78 an aborted signal sends nothing',
    async run({ serve, policy }) {
      const scenario = await serve([OK])
      const reason = new Error('before')
      const call = kind.make(policy()).send(scenario.url, { signal: AbortSignal.abort(reason) })
      isAbortOf(kind, await rejection(call), reason)
      equal((await scenario.requests()).length, 0, 'requests')
    },
  },
  {
    name: '88 thirty calls leave no listener on a signal that lives on',
    async run({ serve, policy }) {
      const scenario = await serve([OK])
      const client = kind.make(policy())
      const { signal } = new AbortController()
      let listeners = 0
      const add = signal.addEventListener.bind(signal) as (...args: unknown[]) => void
      const remove = signal.removeEventListener.bind(signal) as (...args: unknown[]) => void
      Object.assign(signal, {
        addEventListener: (...args: unknown[]) => {
          listeners += 1
          add(...args)
        },
        removeEventListener: (...args: unknown[]) => {
          listeners -= 1
          remove(...args)
        },
      })
      let most = 0
      for (let calls = 0; calls < 30; calls += 1) {
        const call = client.send(scenario.url, { signal })
        most = Math.max(most, listeners)
        await call
      }
      // ky gives the signal to a Request, which listens in the platform's own way.
      isTrue(most > 0 || kind.name === 'ky', 'the calls listened to the signal')
      equal(listeners, 0, 'listeners left')
    },
  },
]
