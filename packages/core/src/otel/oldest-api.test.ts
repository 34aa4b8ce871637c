import type * as CurrentApi from '@opentelemetry/api'
import { SpanKind, trace } from '@opentelemetry/api-1.9'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterAll, expect, it, vi } from 'vitest'
import { createEngine } from '../../test/engine.ts'
import { retry } from '../strategies/retry.ts'
import { countResends } from './count-resends.ts'
import { telemetry } from './telemetry.ts'

// Ours gets the oldest API of the peer range; the SDK keeps the one it needs.
vi.mock('@opentelemetry/api', () => import('@opentelemetry/api-1.9'))

class Reader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

const exporter = new InMemorySpanExporter()
const reader = new Reader()

const sdkApi = () => vi.importActual<typeof CurrentApi>('@opentelemetry/api')

afterAll(async () => {
  const api = await sdkApi()
  for (const part of [api.trace, api.metrics, api.context]) part.disable()
})

it('works with API 1.9 beside an SDK that brings a newer one', async () => {
  const engine = createEngine([telemetry(), retry()], [503, 200])
  const api = await sdkApi()
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  api.trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }))
  api.metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
  const send = engine.transport.send.bind(engine.transport)
  engine.transport.send = (attempt) => {
    const span = trace.getTracer('http').startSpan(`attempt ${attempt.attempt}`, { kind: SpanKind.CLIENT })
    countResends(span)
    span.end()
    return send(attempt)
  }
  await engine.outcome()
  const spans = exporter.getFinishedSpans()
  expect(spans.map(({ name, attributes }) => [name, attributes['http.request.resend_count']])).toEqual([
    ['attempt 1', undefined],
    ['attempt 2', 1],
    ['GET test', undefined],
  ])
  expect(spans[1]?.parentSpanContext?.spanId).toBe(spans[2]?.spanContext().spanId)
  const { resourceMetrics } = await reader.collect()
  const names = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics.map(({ descriptor }) => descriptor.name))
  expect(names).toContain('holdfast.call.retries')
  expect(trace).not.toBe(api.trace)
})
