import { getPolicy, standardPolicy, wrapFetch } from '@holdfast/core'
import { useRequestContext } from '@holdfast/core/logging'
import { createFaultServer, json, respond, type Answer } from '@holdfast/fault-server'
import { pino } from 'pino'
import { expect, it, onTestFinished } from 'vitest'
import { monitorWithWebhook } from '../../docs/snippets/alerts-by-webhook.ts'
import { worker } from '../../docs/snippets/logs-with-pino.ts'
import { exportPolicies } from '../../docs/snippets/metrics-with-prometheus.ts'
import { newRegistry } from '../../docs/snippets/prometheus-registry.ts'

type Line = Readonly<Record<string, unknown>>

const destination = () => {
  const lines: Line[] = []
  return { lines, write: (line: string): void => void lines.push(JSON.parse(line) as Line) }
}

const serve = async (script: readonly Answer[]) => {
  const server = await createFaultServer({ script, journal: { bodies: true } })
  onTestFinished(() => server.close())
  return server
}

const until = async (condition: () => boolean): Promise<void> => {
  const endMs = performance.now() + 5_000
  while (!condition()) {
    if (performance.now() > endMs) throw new Error('it did not happen within 5 s')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

it('pino: one line for a failure, with the request it was for, and one for each change of state', async () => {
  onTestFinished(() => {
    useRequestContext(undefined)
  })
  const server = await serve([respond(401, { body: 'token=S3CR3T' })])
  const log = destination()
  const work = worker(server.url, log)
  expect(await Promise.all([work('r-1', '/a?token=S3CR3T'), work('r-2', '/b')])).toEqual([undefined, undefined])
  expect(log.lines.map(({ 'request.id': id, 'error.type': type, level }) => [id, type, level]).toSorted()).toEqual([
    ['r-1', 'authentication', 50],
    ['r-2', 'authentication', 50],
  ])
  getPolicy('shop')?.forceOpen('maintenance, token=S3CR3T')
  const changes = log.lines.filter(({ type }) => type === 'breaker-changed')
  expect(changes.map(({ to, level }) => [to, level])).toEqual([['forced-open', 40]])
  expect(JSON.stringify(log.lines)).not.toContain('S3CR3T')
})

it('Prometheus: calls, retries and open circuits of every policy, on its own scrape page', async () => {
  const registry = newRegistry()
  const stop = exportPolicies(registry)
  const server = await serve([respond(503), json({})])
  const policy = standardPolicy({ name: 'scraped', retry: { baseMs: 1 } })
  await (await wrapFetch(policy)(server.url)).text()
  policy.forceOpen('maintenance')
  await wrapFetch(policy)(server.url).catch(() => undefined)
  stop()
  await wrapFetch(policy)(server.url).catch(() => undefined)
  policy.close()
  const page = await registry.metrics()
  const lines = page.split('\n')
  expect(lines).toContain('holdfast_call_duration_seconds_count{policy="scraped",outcome="success"} 1')
  expect(lines).toContain('holdfast_call_duration_seconds_count{policy="scraped",outcome="rejection"} 1')
  expect(lines).toContain('holdfast_retries_total{policy="scraped",reason="http-503"} 1')
  expect(lines).toContain(`holdfast_circuit_open{policy="scraped",key="${server.url}"} 1`)
})

it('webhook: an incident is told once, though the chat fails at first', async () => {
  const chat = await serve([respond(500), json({ ok: true })])
  const log = destination()
  const monitor = monitorWithWebhook(chat.url, pino({}, log))
  for (let call = 0; call < 50; call += 1) monitor.success({ upstream: 'shop' })
  for (let call = 0; call < 50; call += 1) monitor.error(new Error(`token=S3CR3T ${call}`), { upstream: 'shop' })
  // The rules are looked at once a second.
  await new Promise((resolve) => setTimeout(resolve, 1_050))
  monitor.error(new Error('once more'), { upstream: 'shop' })
  await until(() => chat.journal.entries.filter(({ status }) => status === 200).length === 2)
  expect(chat.journal.entries.map(({ status }) => status)).toContain(500)
  const told = chat.journal.entries
    .filter(({ status }) => status === 200)
    .map(({ body = '' }) => JSON.parse(body) as Line)
  expect(told.map(({ kind }) => kind).toSorted()).toEqual(['burn-fast', 'burn-slow'])
  expect(told[0]?.['text']).toMatch(/^ALERT shop: \d+ of \d+ calls failed/)
  expect(JSON.stringify(told)).not.toContain('S3CR3T')
  expect(log.lines).toEqual([])
})
