import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  circuitBreaker,
  concurrency,
  createPolicy,
  deadline,
  rateLimit,
  retry,
  retryBudget,
  serverGate,
  standardPolicy,
  wrapFetch,
  type Policy,
} from '@holdfast/core'
import { degrade, memorySwitches, type MemorySwitches } from '@holdfast/core/degradation'
import { createMonitor, type Monitor } from '@holdfast/core/monitor'
import { createFaultServer, json, reset, type FaultServer } from '@holdfast/fault-server'
import { devtools, nodeHandler, type Devtools, type DevtoolsAction, type DevtoolsOptions } from '../src/index.ts'

export const TOKEN = 'correct-horse-battery-staple'
/** Planted where calls could leak it; no output may hold it. */
export const SECRET = 'sk_live_51planted0secret'

/** An application with real upstreams and the page mounted in its server. */
export interface Shop {
  readonly policies: Readonly<Record<'catalog' | 'payments' | 'tips', Policy>>
  readonly monitor: Monitor
  readonly switches: MemorySwitches
  readonly upstream: FaultServer
  readonly tools: Devtools
  readonly actions: readonly DevtoolsAction[]
  readonly server: Server
  readonly pageUrl: string
  /** Makes about so many calls a second of the policy `tips` until the returned function is called. */
  load(callsPerSecond: number): () => Promise<number>
  /** A day's worth of trouble: successes, retries, failures, a refused call, a stalled one. */
  trouble(): Promise<void>
  close(): Promise<void>
}

let shops = 0

export const openShop = async (options: Partial<DevtoolsOptions> = {}): Promise<Shop> => {
  shops += 1
  const upstream = await createFaultServer({
    routes: {
      'GET /items': json(
        { items: [] },
        { headers: { RateLimit: '"shop";r=640;t=30', 'RateLimit-Policy': '"shop";q=1000;w=60' } },
      ),
      'GET /flaky': [json({ error: 'busy' }, { status: 503 }), json({ ok: true })],
      'GET /down': reset(),
      'GET /broken': json({ error: 'broken' }, { status: 500 }),
    },
  })
  const catalog = standardPolicy({
    name: `catalog-${shops}`,
    rateLimit: { permits: 200, perMs: 1_000, daily: 10_000, reserve: 0.1 },
  })
  const payments = standardPolicy({ name: `payments-${shops}`, preset: 'payments' })
  const tips = createPolicy({
    name: `tips-${shops}`,
    strategies: [
      deadline({ afterMs: 10_000 }),
      retryBudget(),
      retry(),
      circuitBreaker(),
      serverGate(),
      rateLimit({ permits: 5_000, perMs: 1_000 }),
      concurrency({ limit: 500 }),
    ],
  })
  const monitor = createMonitor({ minimumEvents: 5 })
  for (const policy of [catalog, payments, tips]) monitor.watch(policy)
  const switches = memorySwitches()
  const actions: DevtoolsAction[] = []
  const tools = devtools({
    policies: [catalog, payments, tips],
    monitor,
    killSwitches: switches,
    allowActions: true,
    token: TOKEN,
    onAction: (action) => actions.push(action),
    ...options,
  })
  const server = createServer(nodeHandler(tools))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const get = wrapFetch(catalog)
  const pay = wrapFetch(payments)
  const ask = async (path: string, fetch = get): Promise<void> => {
    const response = await fetch(`${upstream.url}${path}?api_key=${SECRET}`, {
      headers: { authorization: `Bearer ${SECRET}` },
    }).catch(() => undefined)
    await response?.text()
  }
  return {
    policies: { catalog, payments, tips },
    monitor,
    switches,
    upstream,
    tools,
    actions,
    server,
    pageUrl: `http://127.0.0.1:${port}${tools.path}`,
    load(callsPerSecond) {
      let made = 0
      const startedMs = performance.now()
      const running = new Set<Promise<unknown>>()
      const timer = setInterval(() => {
        const due = ((performance.now() - startedMs) / 1_000) * callsPerSecond
        for (; made < due; made += 1) {
          const call: Promise<unknown> = tips
            .execute(() => new Promise((resolve) => setTimeout(resolve, 20)))
            .catch(() => undefined)
            .finally(() => running.delete(call))
          running.add(call)
        }
      }, 5)
      return async () => {
        clearInterval(timer)
        await Promise.all(running)
        return made / ((performance.now() - startedMs) / 1_000)
      }
    },
    async trouble() {
      for (let call = 0; call < 8; call += 1) await ask('/items')
      await ask('/flaky')
      await ask('/down', pay)
      for (let call = 0; call < 4; call += 1) await ask('/broken', pay)
      await degrade(() => Promise.reject(new Error(`no tips, token=${SECRET}`)), {
        service: `recommendations-${shops}`,
        fallback: [],
        killSwitches: switches,
      })
      tips.forceOpen('maintenance', { key: `tips-${shops}` })
      await tips.execute(() => 1).catch(() => undefined)
      tips.reset()
    },
    async close() {
      tools.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await upstream.close()
      for (const policy of [catalog, payments, tips]) policy.close()
    },
  }
}
