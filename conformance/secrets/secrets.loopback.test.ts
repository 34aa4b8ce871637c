import { attach } from '@holdfast/axios-interceptor'
import { standardPolicy, wrapFetch, type Policy } from '@holdfast/core'
import { degradationHealth, degrade, memorySwitches, settleEach } from '@holdfast/core/degradation'
import { telemetry } from '@holdfast/core/otel'
import { responseToServiceError, toServiceError } from '@holdfast/core/service-errors'
import { memoryStaleStore, staleIfError } from '@holdfast/core/stale'
import { createFaultServer, reset, respond, stall, type Answer, type FaultServer } from '@holdfast/fault-server'
import { kyHooks } from '@holdfast/ky-hooks'
import { logs, metrics, trace } from '@opentelemetry/api'
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import axios from 'axios'
import ky from 'ky'
import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { listen } from './listen.ts'
import { openPage } from './live-page.ts'
import { createOutputs } from './outputs.ts'
import {
  answerBodies,
  answerHeaders,
  MARK,
  operatorNote,
  query,
  requestBody,
  requestHeaders,
  thrown,
} from './planted.ts'

class Reader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

const outputs = createOutputs()
const listening = listen(outputs)
const spans = new InMemorySpanExporter()
const records = new InMemoryLogRecordExporter()
const reader = new Reader()
let server: FaultServer

beforeAll(async () => {
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] }))
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
  logs.setGlobalLoggerProvider(
    new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter: records })] }),
  )
  server = await createFaultServer({ script: [respond(500)] })
})

afterAll(async () => {
  trace.disable()
  metrics.disable()
  logs.disable()
  await server.close()
})

type Client = (policy: Policy, url: string) => Promise<unknown>

const withAxios =
  (adapter: 'http' | 'fetch'): Client =>
  (policy, url) => {
    const api = axios.create({ adapter, headers: requestHeaders })
    attach(api, policy)
    return api.post(url, requestBody, { resilience: { idempotent: true } } as never)
  }

const bad = async (response: Response): Promise<never> => {
  throw await responseToServiceError(response, { upstream: 'shop' })
}

const CLIENTS: Readonly<Record<string, Client>> = {
  'axios, http adapter': withAxios('http'),
  'axios, fetch adapter': withAxios('fetch'),
  fetch: async (policy, url) => {
    const init = { method: 'PUT', headers: requestHeaders, body: JSON.stringify(requestBody) }
    const response = await wrapFetch(policy)(url, init)
    return response.ok ? response : bad(response)
  },
  ky: (policy, url) =>
    ky.create().extend(kyHooks(policy)).put(url, { headers: requestHeaders, json: requestBody }).text(),
}

const policyFor = (name: string, options: object = {}): Policy =>
  listening.watch(
    standardPolicy({
      name,
      telemetry: telemetry({ span: 'always', httpMetrics: true, logger: () => logs.getLogger('holdfast') }),
      retry: { baseMs: 1, throttledBaseMs: 1 },
      deadline: { afterMs: 300 },
      attemptTimeout: { afterMs: 100 },
      rateLimit: { permits: 1_000, perMs: 1_000 },
      ...options,
    }),
  )

const answers: readonly Answer[] = [
  ...answerBodies.flatMap(([type, body], index) =>
    // Each shape under what makes most of it; every status once.
    [422, 500, [400, 401, 403, 409, 429, 503][index] ?? 404].map((status) =>
      respond(status, { headers: { ...answerHeaders, 'content-type': type }, body }),
    ),
  ),
  reset(),
  stall(),
]

/** With user and password where the client sends such a URL at all. */
const urls = (): readonly string[] => [
  server.url + query,
  `${server.url.replace('://', `://app:${MARK}userinfo0123456789@`)}${query}`,
]

const attempt = async (run: () => Promise<unknown>): Promise<void> => {
  try {
    await run()
  } catch (error) {
    listening.failed(error)
  }
}

const EVENTS = [
  'attempt-ended',
  'breaker-changed',
  'call-ended',
  'call-rejected',
  'limit-changed',
  'listener-failed',
  'quota-observed',
  'retry-scheduled',
  'retry-stopped',
  'stale-served',
]
const LOOKED_AT = [
  'alert',
  'batch',
  'batch summary',
  'call report',
  'channel message',
  'degradation',
  'degradation health',
  'description',
  'error record',
  ...EVENTS.map((name) => `event ${name}`),
  'explained call',
  'fingerprint',
  'health',
  'holdfast error',
  'log line',
  'log record',
  'metric',
  'monitor summary',
  'page',
  'page event',
  'problem answer',
  'problem document',
  'service error',
  'slow call',
  'snapshot',
  'span',
  'stale answer',
  'user message',
]

it('a secret that is shown would be found', () => {
  const shown = [
    `see ${requestHeaders['Authorization']}`,
    { headers: requestHeaders },
    { deep: [{ error: Object.assign(new Error('x'), { config: requestBody }) }] },
    Object.assign(new Error('x'), { config: requestBody }),
    new Error(operatorNote),
    { name: Buffer.from(`${MARK}x`).toString('base64') },
  ]
  const onAnError = inspect(toServiceError(Object.assign(new Error('x'), { config: requestBody })).cause)
  expect(onAnError).toContain(MARK)
  for (const value of shown) {
    const found = createOutputs()
    found.add('planted', value)
    expect(found.leaks, JSON.stringify(value)).not.toEqual([])
  }
})

it.each(Object.entries(CLIENTS))(
  '%s shows no planted secret in anything of ours',
  async (label, client) => {
    for (const [index, answer] of answers.entries()) {
      const policy = policyFor(`${label.replaceAll(/\W+/g, '-')}-${index}`)
      server.use([answer])
      for (const url of urls()) await attempt(() => client(policy, url))
      listening.look(policy)
      policy.close()
    }
    const policy = policyFor(`${label.replaceAll(/\W+/g, '-')}-refusing`)
    policy.forceOpen(operatorNote)
    await attempt(() => client(policy, urls()[0] as string))
    policy.on('call-ended', () => {
      throw Object.assign(new Error(`listener with token=${MARK}listener`), { config: { headers: requestHeaders } })
    })
    policy.reset()
    server.use([respond(200, { headers: answerHeaders, body: '{}' })])
    await attempt(() => client(policy, urls()[0] as string))
    policy.forceOpen(operatorNote)
    listening.look(policy)
    await server.refuseConnections()
    policy.reset()
    await attempt(() => client(policy, urls()[0] as string))
    await server.acceptConnections()
    policy.close()
    expect(outputs.leaks).toEqual([])
  },
  60_000,
)

it('nor does the live page', async () => {
  const policy = policyFor('shown')
  const killSwitches = memorySwitches()
  killSwitches.kill('tips', 'wrong prices')
  const { page, sent } = await openPage(policy, listening.monitor, killSwitches, async () => {
    for (const answer of answers) {
      server.use([answer])
      for (const client of Object.values(CLIENTS)) await attempt(() => client(policy, urls()[0] as string))
    }
    policy.forceOpen(operatorNote)
    await attempt(() => CLIENTS['ky']!(policy, urls()[0] as string))
  })
  policy.close()
  expect(sent).toContain('shown')
  expect(sent).toContain('forced-open')
  outputs.add('page', page)
  for (const event of sent.split('\n\n')) outputs.add('page event', event)
  expect(outputs.leaks).toEqual([])
}, 60_000)

it('nor does an answer that stands in for an error, nor the store it comes from', async () => {
  const store = memoryStaleStore()
  const kept: unknown[] = []
  const set = store.set.bind(store)
  store.set = (...given) => {
    kept.push(given)
    return set(...given)
  }
  const policy = policyFor('stale', { retry: false, staleIfError: staleIfError({ store, key: 'credentials' }) })
  const cookie = { 'set-cookie': answerHeaders['set-cookie'] ?? '', 'cache-control': 'max-age=60' }
  server.use([respond(200, { headers: cookie, body: 'fine' }), respond(503, { headers: answerHeaders })])
  const get = wrapFetch(policy)
  await get(server.url + query, { headers: requestHeaders })
  await vi.waitFor(() => {
    expect(kept).not.toEqual([])
  })
  const response = await get(server.url + query, { headers: requestHeaders })
  expect([await response.text(), response.headers.has('cache-status')]).toEqual(['fine', true])
  outputs.add('stale answer', [...response.headers])
  for (const record of kept) outputs.add('stale answer', record)
  listening.look(policy)
  policy.close()
  expect(outputs.leaks).toEqual([])
})

it('nor do functions, fallbacks, batches and kill switches', async () => {
  const policy = policyFor('functions', {
    fallback: {
      answer: () => {
        throw new Error(`fallback with token=${MARK}fallback`)
      },
    },
  })
  for (const failure of thrown()) {
    listening.failed(failure)
    await attempt(() => policy.execute(() => Promise.reject(failure)))
    const told = (event: unknown): void => {
      outputs.add('degradation', event)
    }
    await degrade(() => Promise.reject(failure), { service: 'tips', fallback: [], onDegraded: told, alert: told })
    const batch = await settleEach([{ id: 1 }, { id: 2 }], () => Promise.reject(failure), { idOf: ({ id }) => `${id}` })
    outputs.add('batch summary', batch.summary())
    outputs.add('batch', batch)
  }
  const killSwitches = memorySwitches()
  killSwitches.kill('tips', operatorNote)
  const told = (event: unknown): void => {
    outputs.add('degradation', event)
  }
  await degrade(() => 1, { service: 'tips', fallback: 0, killSwitches, onDegraded: told })
  outputs.add('degradation health', degradationHealth())
  listening.look(policy)
  policy.close()
  expect(outputs.leaks).toEqual([])
})

it('nor do spans, metrics, log records and summaries; and all of them were looked at', async () => {
  for (const { name, attributes, events, links, status } of spans.getFinishedSpans())
    outputs.add('span', { name, attributes, events, links, status })
  for (const { eventName, body, attributes } of records.getFinishedLogRecords())
    outputs.add('log record', { eventName, body, attributes })
  const { resourceMetrics } = await reader.collect()
  for (const { metrics: collected } of resourceMetrics.scopeMetrics)
    for (const { descriptor, dataPoints } of collected) outputs.add('metric', { descriptor, dataPoints })
  listening.stop()
  expect(outputs.leaks).toEqual([])
  expect(Object.keys(outputs.counts)).toEqual(expect.arrayContaining(LOOKED_AT))
})
