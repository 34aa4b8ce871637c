import { respond, stall, text } from '@holdfast/fault-server'
import type { Case } from './case.ts'
import { codeOf, equal, isTrue, rejection } from './check.ts'
import type { ClientKind } from './client.ts'
import { forbidden, replacing } from './replacing.ts'

const OK = text('ok')
const BUSY = respond(503, { body: 'busy' })

/** What calls share: breaker, connections, globals. */
export const stateCases = (kind: ClientKind): readonly Case[] => [
  {
    name: 'a breaker opens after refused answers, sends nothing, and says when to come back',
    async run({ serve, policy }) {
      const scenario = await serve([respond(500)])
      const shared = policy({
        retry: false,
        circuitBreaker: { deadFailures: 3, deadForMs: 0, openMs: 60_000, maxOpenMs: 60_000 },
      })
      const client = kind.make(shared)
      for (let calls = 0; calls < 3; calls += 1) equal((await client.send(scenario.url)).status, 500, 'status')
      const error = await rejection(client.send(scenario.url))
      equal(codeOf(error), 'circuit-open', `code of ${String(error)}`)
      const { retryAfterMs } = error as { readonly retryAfterMs?: number }
      isTrue((retryAfterMs ?? 0) > 30_000, 'it says when to come back')
      equal((await scenario.requests()).length, 3, 'requests')
      shared.reset()
      equal((await client.send(scenario.url)).status, 500, 'status after the reset')
    },
  },
  {
    name: '82 small bodies that nobody gets keep the connection',
    // Other cases would take turns with it in the pool.
    isAlone: true,
    ...(kind.keepsNoConnectionIn === undefined ? {} : { not: kind.keepsNoConnectionIn }),
    async run({ serve, policy }) {
      const scenario = await serve(
        Array.from({ length: 16 }, (_, index) => (index % 2 === 0 ? respond(503, { body: 'x'.repeat(2_000) }) : OK)),
      )
      const client = kind.make(policy({ retryBudget: false, adaptiveThrottle: false, circuitBreaker: false }))
      for (let calls = 0; calls < 8; calls += 1) equal((await client.send(scenario.url)).status, 200, 'status')
      const seen = await scenario.requests()
      equal(seen.length, 16, 'requests')
      const connections = new Set(seen.map(({ connectionId }) => connectionId)).size
      isTrue(connections <= 6, `${connections} connections for 16 requests in turn`)
    },
  },
  {
    name: '82 large bodies that nobody gets leave no socket behind',
    async run({ serve, policy }) {
      const large = respond(503, { body: 'x'.repeat(1_000_000) })
      const scenario = await serve(Array.from({ length: 16 }, (_, index) => (index % 2 === 0 ? large : OK)))
      const client = kind.make(policy({ retryBudget: false, adaptiveThrottle: false, circuitBreaker: false }))
      for (let calls = 0; calls < 8; calls += 1) equal((await client.send(scenario.url)).status, 200, 'status')
      await scenario.until((seen) => seen.every(({ settledAtMs }) => settledAtMs !== null), 'no exchange left open')
    },
  },
]

const combinators = { any: forbidden('AbortSignal.any'), timeout: forbidden('AbortSignal.timeout') }

/** For every client that does not call them itself. */
export const combinatorCases = (kind: ClientKind): readonly Case[] => [
  {
    name: '89 a call needs neither AbortSignal.any nor AbortSignal.timeout',
    isAlone: true,
    async run({ serve, policy }) {
      const { url } = await serve([BUSY, stall(), OK])
      const client = kind.make(policy())
      const resilience = { attemptTimeout: { afterMs: 800 } }
      await replacing(AbortSignal, combinators, async () => {
        const { signal } = new AbortController()
        equal((await client.send(url, { signal, resilience })).text, 'ok', 'answer')
      })
    },
  },
]
