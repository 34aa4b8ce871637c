import { createRequire } from 'node:module'
import { concurrency } from '@holdfast/core'
import { json, reset, respond } from '@holdfast/fault-server'
import { context, SpanKind, trace, type Span } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CLIENTS } from './axios-versions.ts'
import { quickPolicy, serve, until } from './support.ts'

const exporter = new InMemorySpanExporter()
const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
const instrumentations = [
  new HttpInstrumentation({ disableIncomingRequestInstrumentation: true }),
  new UndiciInstrumentation(),
]

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  trace.setGlobalTracerProvider(tracerProvider)
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
  await tracerProvider.shutdown()
})

beforeEach(() => {
  exporter.reset()
})

/** Runs `work` under a span of its own, as the handler of a server does. */
const underSpan = async (name: string, work: () => Promise<unknown>): Promise<Span> => {
  const span = trace.getTracer('caller').startSpan(name)
  await context.with(trace.setSpan(context.active(), span), work)
  span.end()
  return span
}

const clientSpans = (): ReadableSpan[] => exporter.getFinishedSpans().filter(({ kind }) => kind === SpanKind.CLIENT)
const parentOf = (span: ReadableSpan): string | undefined => span.parentSpanContext?.spanId

describe.each(CLIENTS)('OpenTelemetry on $label', (client) => {
  it('case 94: one client span for every attempt, each a child of the span of the caller', async () => {
    const server = await serve({ script: [respond(503), reset(), json({})] })
    const api = client.attached({ baseURL: server.url }, quickPolicy())
    const caller = await underSpan('caller', () => api.get('/'))
    await until(() => clientSpans().length === 3)
    expect(clientSpans().map(parentOf)).toEqual(Array(3).fill(caller.spanContext().spanId))
    expect(clientSpans().map(({ attributes }) => attributes['http.response.status_code'])).toEqual([
      503,
      undefined,
      200,
    ])
  })

  it('case 94: work that waited in a queue goes on under the span of its own caller', async () => {
    const server = await serve({ script: [respond(200, { delayMs: 10 })] })
    const api = client.attached(
      { baseURL: server.url },
      quickPolicy({ extra: [concurrency({ limit: 1, maxQueued: 10 })] }),
    )
    const callers = await Promise.all(['a', 'b', 'c', 'd'].map((name) => underSpan(name, () => api.get(`/${name}`))))
    await until(() => clientSpans().length === 4)
    const parents = clientSpans().map((span) => [String(span.attributes['url.full']).at(-1), parentOf(span)])
    expect(Object.fromEntries(parents)).toEqual(
      Object.fromEntries(callers.map((span, index) => ['abcd'[index], span.spanContext().spanId])),
    )
  })
})
