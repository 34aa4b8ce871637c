import { createRequire } from 'node:module'
import { attach } from '@holdfast/axios-interceptor'
import { attemptTimeout, createPolicy, deadline, retry, wrapFetch, type Policy } from '@holdfast/core'
import { redactUrl } from '@holdfast/core/logging'
import { countResends, telemetry, type TelemetryOptions } from '@holdfast/core/otel'
import { createFaultServer, json, reset, respond } from '@holdfast/fault-server'
import { kyHooks } from '@holdfast/ky-hooks'
import { context, metrics, SpanKind, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace'
import axios from 'axios'
import ky from 'ky'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'

class Reader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

const makePolicy = (options: Partial<TelemetryOptions> = {}) =>
  createPolicy({
    name: 'traced',
    strategies: [
      telemetry(options),
      deadline({ afterMs: 5_000 }),
      retry({ baseMs: 1 }),
      attemptTimeout({ afterMs: 2_000 }),
    ],
  })

// Policies and clients are made before the SDK starts, as modules that load first do.
const retried = makePolicy()
const always = makePolicy({ span: 'always' })

const CLIENTS: Readonly<Record<string, (policy: Policy, url: string) => Promise<unknown>>> = {
  'axios, http adapter': (policy, url) => {
    const api = axios.create({ adapter: 'http' })
    attach(api, policy)
    return api.get(url)
  },
  'axios, fetch adapter': (policy, url) => {
    const api = axios.create({ adapter: 'fetch' })
    attach(api, policy)
    return api.get(url)
  },
  fetch: async (policy, url) => (await wrapFetch(policy)(url)).text(),
  ky: (policy, url) => ky.create().extend(kyHooks(policy)).get(url).text(),
}

const exporter = new InMemorySpanExporter()
const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
const reader = new Reader()
const instrumentations = [
  new HttpInstrumentation({ disableIncomingRequestInstrumentation: true, requestHook: countResends }),
  new UndiciInstrumentation({
    requestHook(span, request) {
      countResends(span)
      // The instrumentation puts the query as it is into the span.
      span.setAttribute('url.full', redactUrl(request.origin + request.path))
      span.setAttribute('url.query', '')
    },
  }),
]

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  trace.setGlobalTracerProvider(tracerProvider)
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
  for (const instrumentation of instrumentations) {
    instrumentation.setTracerProvider(tracerProvider)
    instrumentation.enable()
  }
  // The instrumentation patches `http` when somebody requires it, as the first line of a real program does.
  createRequire(import.meta.url)('node:http')
})

afterAll(async () => {
  for (const instrumentation of instrumentations) instrumentation.disable()
  context.disable()
  trace.disable()
  metrics.disable()
  await tracerProvider.shutdown()
})

beforeEach(() => {
  exporter.reset()
})

const until = async (condition: () => boolean): Promise<void> => {
  const endMs = performance.now() + 2_000
  while (!condition()) {
    if (performance.now() > endMs) throw new Error('the spans did not come within 2 s')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const failing = async (): Promise<string> => {
  const server = await createFaultServer({ script: [respond(503), reset(), json({})] })
  onTestFinished(() => server.close())
  return `${server.url}/items?api_key=hunter2`
}

/** One call under the span of a caller; its spans by what they are. */
const traceOf = async (run: (url: string) => Promise<unknown>, url: string) => {
  const caller = trace.getTracer('app').startSpan('caller')
  await context.with(trace.setSpan(context.active(), caller), () => run(url))
  caller.end()
  const kindOf = (kind: SpanKind): readonly ReadableSpan[] =>
    exporter.getFinishedSpans().filter((span) => span.kind === kind && span.name !== 'caller')
  await until(() => kindOf(SpanKind.CLIENT).length === 3 && kindOf(SpanKind.INTERNAL).length > 0)
  return { caller, logical: kindOf(SpanKind.INTERNAL), attempts: kindOf(SpanKind.CLIENT) }
}

describe.each(Object.entries(CLIENTS))('one retried call through %s', (_label, run) => {
  it('has one logical span and one client span for each attempt, with resend counts', async () => {
    const { caller, logical, attempts } = await traceOf((url) => run(always, url), await failing())
    expect(logical).toHaveLength(1)
    const [call] = logical
    expect(call?.parentSpanContext?.spanId).toBe(caller.spanContext().spanId)
    expect(call?.attributes).toMatchObject({
      'policy.name': 'traced',
      'http.request.method': 'GET',
      'server.address': '127.0.0.1',
      'holdfast.attempts': 3,
      'holdfast.outcome': 'ok',
    })
    expect(attempts.map((span) => span.parentSpanContext?.spanId)).toEqual(Array(3).fill(call?.spanContext().spanId))
    expect(attempts.map(({ attributes }) => attributes['http.request.resend_count'])).toEqual([undefined, 1, 2])
    expect(attempts.map(({ attributes }) => attributes['http.response.status_code'])).toEqual([503, undefined, 200])
    const times = [call, ...attempts].map((span) => span!.startTime[0] * 1e3 + span!.startTime[1] / 1e6)
    expect(times.toSorted((left, right) => left - right)).toEqual(times)
  })

  it('has them by default as well: the first attempt beside the logical span and linked to it', async () => {
    const { caller, logical, attempts } = await traceOf((url) => run(retried, url), await failing())
    expect(logical).toHaveLength(1)
    const [call] = logical
    const [first, ...others] = attempts
    expect(call?.parentSpanContext?.spanId).toBe(caller.spanContext().spanId)
    expect(first?.parentSpanContext?.spanId).toBe(caller.spanContext().spanId)
    expect(call?.links.map((link) => link.context.spanId)).toEqual([first?.spanContext().spanId])
    expect(others.map((span) => span.parentSpanContext?.spanId)).toEqual(Array(2).fill(call?.spanContext().spanId))
    expect(attempts.map(({ attributes }) => attributes['http.request.resend_count'])).toEqual([undefined, 1, 2])
  })

  it('has no logical span by default when the first attempt is good', async () => {
    const server = await createFaultServer({ script: [json({})] })
    onTestFinished(() => server.close())
    await run(retried, server.url)
    await until(() => exporter.getFinishedSpans().length > 0)
    expect(exporter.getFinishedSpans().map(({ kind }) => kind)).toEqual([SpanKind.CLIENT])
  })
})

it('shows no query of a URL in any span made with the redacting hook', async () => {
  const run = CLIENTS['fetch'] as (policy: Policy, url: string) => Promise<unknown>
  const { logical, attempts } = await traceOf((url) => run(always, url), await failing())
  const shown = JSON.stringify(
    [...logical, ...attempts].map(({ name, attributes, events, links, status }) => [
      name,
      attributes,
      events,
      links,
      status,
    ]),
  )
  expect(shown).toContain('api_key=[redacted]')
  expect(shown).not.toContain('hunter2')
})

it('metrics arrive though the SDK started after the policies were made', async () => {
  const { resourceMetrics } = await reader.collect()
  const names = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics.map(({ descriptor }) => descriptor.name))
  expect(names).toEqual(
    expect.arrayContaining(['holdfast.call.duration', 'holdfast.call.retries', 'holdfast.retry.decisions']),
  )
})
