import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { context, logs, metrics, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import { MeterProvider, MetricReader, type MetricData } from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createEngine } from '../../test/engine.ts'
import { wrapFetch } from '../adapters/fetch.ts'
import { createPolicy } from '../policy.ts'
import { standardPolicy } from '../presets/standard.ts'
import { staleIfError } from '../stale/stale-if-error.ts'
import { memoryStaleStore } from '../stale/stale-store.ts'
import { circuitBreaker } from '../strategies/circuit-breaker.ts'
import { concurrency } from '../strategies/concurrency.ts'
import { deadline } from '../strategies/deadline.ts'
import { fallback } from '../strategies/fallback.ts'
import { rateLimit } from '../strategies/rate-limit.ts'
import { retry } from '../strategies/retry.ts'
import { retryBudget } from '../strategies/retry-budget.ts'
import { serverGate } from '../strategies/server-gate.ts'
import { scriptedFetch } from '../testing/scripted-fetch.ts'
import { createTestClock } from '../testing/test-clock.ts'
import { countResends } from './count-resends.ts'
import { telemetry } from './telemetry.ts'

class TestReader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

interface Sdk {
  readonly spans: () => readonly ReadableSpan[]
  readonly metric: (name: string) => Promise<readonly (readonly [attributes: object, value: unknown])[]>
  readonly metricNames: () => Promise<readonly string[]>
  readonly logs: () => ReturnType<InMemoryLogRecordExporter['getFinishedLogRecords']>
}

const startSdk = (): Sdk => {
  const exporter = new InMemorySpanExporter()
  const records = new InMemoryLogRecordExporter()
  const reader = new TestReader()
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }))
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
  logs.setGlobalLoggerProvider(
    new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter: records })] }),
  )
  const collect = async (): Promise<readonly MetricData[]> =>
    (await reader.collect()).resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
  return {
    spans: () => exporter.getFinishedSpans(),
    logs: () => records.getFinishedLogRecords(),
    metric: async (name) =>
      (await collect())
        .filter(({ descriptor }) => descriptor.name === name)
        .flatMap(({ dataPoints }) =>
          dataPoints.map(({ attributes, value }) => [
            attributes,
            typeof value === 'number' ? value : { count: value.count, sum: (value as { sum?: number }).sum },
          ]),
        ),
    metricNames: async () => (await collect()).map(({ descriptor }) => descriptor.name).toSorted(),
  }
}

afterEach(() => {
  trace.disable()
  metrics.disable()
  logs.disable()
  context.disable()
})

const SERVER = { 'policy.name': 'test', 'server.address': 'api.example', 'server.port': 443 }
const COMMON = { ...SERVER, 'http.request.method': 'GET' }

describe('metrics', () => {
  it('arrive though the SDK starts after the policy was made and used', async () => {
    const engine = createEngine([telemetry(), retry()], [200])
    await engine.outcome()
    const sdk = startSdk()
    await engine.outcome()
    await engine.outcome()
    expect(await sdk.metric('holdfast.call.duration')).toEqual([
      [
        { ...COMMON, outcome: 'ok' },
        { count: 2, sum: 0 },
      ],
    ])
  })

  it('follow a provider that takes the place of another', async () => {
    const engine = createEngine([telemetry()], [200])
    const first = startSdk()
    await engine.outcome()
    metrics.disable()
    trace.disable()
    logs.disable()
    context.disable()
    const second = startSdk()
    await engine.outcome()
    for (const sdk of [first, second])
      expect(await sdk.metric('holdfast.call.attempts')).toEqual([[COMMON, { count: 1, sum: 1 }]])
  })

  it('tell attempts, retries, delays and decisions of a call', async () => {
    const sdk = startSdk()
    const engine = createEngine([telemetry(), deadline(), retry({ maxRetries: 1 })], [503, { status: 503, afterMs: 7 }])
    await engine.outcome()
    expect(await sdk.metric('holdfast.call.duration')).toEqual([
      [
        { ...COMMON, outcome: 'error', 'error.type': '503' },
        { count: 1, sum: 0.057 },
      ],
    ])
    expect(await sdk.metric('holdfast.call.attempts')).toEqual([[COMMON, { count: 1, sum: 2 }]])
    expect(await sdk.metric('holdfast.call.retries')).toEqual([[COMMON, { count: 1, sum: 1 }]])
    expect(await sdk.metric('holdfast.call.retry_delay')).toEqual([[COMMON, { count: 1, sum: 0.05 }]])
    expect(await sdk.metric('holdfast.retry.decisions')).toEqual([
      [{ ...COMMON, decision: 'retry', reason: 'http-503' }, 1],
      [{ ...COMMON, decision: 'stop', reason: 'attempts' }, 1],
    ])
    expect(await sdk.metric('http.client.request.duration')).toEqual([])
  })

  it('count what was sent again because it never left', async () => {
    const sdk = startSdk()
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
    const engine = createEngine([telemetry(), retry()], [refused, 200])
    await engine.outcome({ method: 'POST' })
    const common = { ...COMMON, 'http.request.method': 'POST' }
    expect(await sdk.metric('holdfast.call.transparent_retries')).toEqual([[common, { count: 1, sum: 1 }]])
    expect(await sdk.metric('holdfast.call.retries')).toEqual([])
  })

  it('record each attempt on demand, as an instrumentation would', async () => {
    const sdk = startSdk()
    const reset = Object.assign(new Error('read'), { code: 'ECONNRESET' })
    const engine = createEngine([telemetry({ httpMetrics: true }), retry()], [503, reset, 200])
    await engine.outcome()
    expect(await sdk.metric('http.client.request.duration')).toEqual([
      [
        { ...COMMON, 'http.response.status_code': 503, 'error.type': '503' },
        { count: 1, sum: 0 },
      ],
      [
        { ...COMMON, 'error.type': 'connection-reset' },
        { count: 1, sum: 0 },
      ],
      [
        { ...COMMON, 'http.response.status_code': 200 },
        { count: 1, sum: 0 },
      ],
    ])
  })

  it('show the state of every strategy', async () => {
    const sdk = startSdk()
    const headers = { ratelimit: '"burst";r=7;t=60', 'ratelimit-policy': '"burst";q=10;w=90' }
    const engine = createEngine(
      [
        telemetry(),
        retryBudget(),
        retry({ maxRetries: 0 }),
        circuitBreaker(),
        rateLimit({ permits: 5, perMs: 1_000, daily: 1_000 }),
        concurrency({ limit: 3 }),
      ],
      [{ status: 200, headers }],
    )
    await engine.outcome()
    engine.policy.forceOpen('maintenance')
    await engine.outcome()
    const states = (await sdk.metric('holdfast.circuit_breaker.state')).filter(([, value]) => value === 1)
    expect(states).toEqual([[{ ...SERVER, state: 'forced_open' }, 1]])
    expect(await sdk.metric('holdfast.circuit_breaker.transitions')).toEqual([
      [{ ...SERVER, from: 'closed', to: 'forced_open', cause: 'manual' }, 1],
    ])
    expect(await sdk.metric('holdfast.circuit_breaker.rejections')).toEqual([[COMMON, 1]])
    expect(await sdk.metric('holdfast.call.rejections')).toEqual([[{ ...COMMON, code: 'circuit-open' }, 1]])
    expect(await sdk.metric('holdfast.retry_budget.tokens')).toEqual([[SERVER, 100]])
    expect(await sdk.metric('holdfast.concurrency.limit')).toEqual([[SERVER, 3]])
    expect(await sdk.metric('holdfast.concurrency.inflight')).toEqual([[SERVER, 0]])
    expect(await sdk.metric('holdfast.rate_limit.remaining')).toEqual([
      [{ ...SERVER, policy: 'daily' }, 999],
      [{ ...SERVER, policy: 'burst' }, 7],
    ])
    expect(await sdk.metric('holdfast.rate_limit.reset')).toEqual([[{ ...SERVER, policy: 'burst' }, 60]])
  })

  it('tell how long a stage held a call back', async () => {
    const sdk = startSdk()
    const engine = createEngine([telemetry(), concurrency({ limit: 1 })], [{ status: 200, afterMs: 20 }])
    await Promise.all([engine.outcome(), engine.outcome()])
    expect(await sdk.metric('holdfast.queue.duration')).toEqual([
      [
        { ...COMMON, stage: 'concurrency' },
        { count: 1, sum: 0.02 },
      ],
    ])
  })

  it('name every way to end', async () => {
    const sdk = startSdk()
    const engine = createEngine([telemetry(), fallback({ answer: () => ({}) }), retry({ maxRetries: 0 })], [503, 404])
    await engine.outcome()
    await engine.outcome()
    const caller = new AbortController()
    caller.abort()
    await engine.outcome({ signal: caller.signal })
    const ends = (await sdk.metric('holdfast.call.duration')).map(([attributes]) => {
      const { outcome, 'error.type': type } = attributes as Record<string, string>
      return [outcome, type]
    })
    expect(ends).toEqual([
      ['fallback', undefined],
      ['error', '404'],
      ['aborted', 'caller-aborted'],
    ])
  })

  it('fold servers beyond a hundred and odd methods', async () => {
    const sdk = startSdk()
    const engine = createEngine([telemetry()], [200])
    for (let index = 0; index < 110; index += 1) await engine.outcome({ url: `https://h${index}.example/` })
    await engine.outcome({ method: 'X-SECRET' })
    const points = await sdk.metric('holdfast.call.attempts')
    expect(points).toHaveLength(102)
    expect(points).toContainEqual([
      { 'policy.name': 'test', 'server.address': '_OTHER', 'http.request.method': 'GET' },
      { count: 10, sum: 10 },
    ])
    expect(JSON.stringify(points)).not.toContain('X-SECRET')
  })

  it('count answers given from a stored copy', async () => {
    const sdk = startSdk()
    const clock = createTestClock()
    const policy = createPolicy({
      name: 'test',
      clock,
      strategies: [telemetry(), staleIfError({ store: memoryStaleStore() })],
    })
    const get = wrapFetch(policy, scriptedFetch(clock, [{ status: 200, body: 'first' }, 503]))
    expect(await (await get('https://api.example/items')).text()).toBe('first')
    await vi.waitFor(async () => expect(await (await get('https://api.example/items')).text()).toBe('first'))
    expect(await sdk.metric('holdfast.stale.served')).toEqual([[COMMON, 1]])
  })

  it('count results that came too late, and transitions by cause', async () => {
    const sdk = startSdk()
    const { events } = createEngine([telemetry()], [200]).policy
    const key = 'https://api.example'
    events.emit('stale-result-ignored', { key, reason: 'epoch' })
    events.emit('breaker-changed', {
      key,
      from: 'half-open',
      to: 'open',
      reason: 'probe-failed',
      openMs: 5,
      note: undefined,
    })
    expect(await sdk.metric('holdfast.circuit_breaker.stale_results')).toEqual([[{ ...SERVER, reason: 'epoch' }, 1]])
    expect(await sdk.metric('holdfast.circuit_breaker.transitions')).toEqual([
      [{ ...SERVER, from: 'half_open', to: 'open', cause: 'probe' }, 1],
    ])
  })

  it('keep no policy alive that nobody uses any more', async () => {
    const sdk = startSdk()
    const use = async (): Promise<WeakRef<object>> => {
      const { policy, outcome } = createEngine([telemetry(), retryBudget()], [200], { name: 'dropped' })
      await outcome()
      policy.close()
      return new WeakRef(policy)
    }
    const dropped = await use()
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    for (let round = 0; round < 10; round += 1) {
      await new Promise((resolve) => setImmediate(resolve))
      collect()
    }
    expect(dropped.deref()).toBeUndefined()
    expect(JSON.stringify(await sdk.metric('holdfast.retry_budget.tokens'))).not.toContain('dropped')
  })

  it('are left out on demand, and cost no call its result when the provider is broken', async () => {
    const sdk = startSdk()
    const quiet = createEngine([telemetry({ metrics: false, span: 'never' })], [200])
    expect(await quiet.outcome()).toMatchObject({ status: 200 })
    expect((await sdk.metricNames()).filter((name) => name.startsWith('holdfast.call'))).toEqual([])
    metrics.disable()
    metrics.setGlobalMeterProvider({
      getMeter: () => {
        throw new Error('broken')
      },
    })
    const engine = createEngine([telemetry()], [200])
    expect(await engine.outcome()).toMatchObject({ status: 200 })
  })
})

describe('the span of a call', () => {
  it('exists for a call that was retried, begins with it and ends with it', async () => {
    const engine = createEngine([telemetry(), retry({ maxRetries: 1 })], [503, { status: 200, afterMs: 7 }, 200])
    const sdk = startSdk()
    await engine.outcome()
    await engine.outcome()
    expect(sdk.spans()).toHaveLength(1)
    const [span] = sdk.spans()
    expect(span).toMatchObject({
      name: 'GET test',
      kind: SpanKind.INTERNAL,
      status: { code: SpanStatusCode.UNSET },
      attributes: { ...COMMON, 'holdfast.attempts': 2, 'holdfast.outcome': 'ok' },
      events: [],
    })
    const ms = ([seconds, nanos]: readonly [number, number]): number => seconds * 1_000 + nanos / 1e6
    expect(ms(span!.endTime) - ms(span!.startTime)).toBe(57)
    expect(ms(span!.startTime)).toBe(Date.UTC(2026, 0, 1))
  })

  it('is the parent of second and later attempts, and linked to the first', async () => {
    const sdk = startSdk()
    const engine = createEngine([telemetry(), retry()], [503, 503, 200])
    const send = engine.transport.send.bind(engine.transport)
    // What an HTTP instrumentation does.
    engine.transport.send = (attempt) => {
      const span = trace.getTracer('http').startSpan(`attempt ${attempt.attempt}`, { kind: SpanKind.CLIENT })
      countResends(span)
      span.end()
      return send(attempt)
    }
    const caller = trace.getTracer('app').startSpan('caller')
    await context.with(trace.setSpan(ROOT_CONTEXT, caller), () => engine.outcome())
    caller.end()
    const byName = new Map(sdk.spans().map((span) => [span.name, span]))
    const idOf = (name: string): string | undefined => byName.get(name)?.spanContext().spanId
    const parents = [...byName].map(([name, span]) => [name, span.parentSpanContext?.spanId])
    expect(Object.fromEntries(parents)).toEqual({
      caller: undefined,
      'GET test': idOf('caller'),
      'attempt 1': idOf('caller'),
      'attempt 2': idOf('GET test'),
      'attempt 3': idOf('GET test'),
    })
    expect(byName.get('GET test')?.links.map((link) => link.context.spanId)).toEqual([idOf('attempt 1')])
    expect([1, 2, 3].map((n) => byName.get(`attempt ${n}`)?.attributes['http.request.resend_count'])).toEqual([
      undefined,
      1,
      2,
    ])
  })

  it('is there for every call on demand, as the parent of all attempts', async () => {
    const sdk = startSdk()
    const engine = createEngine([telemetry({ span: 'always' }), retry()], [503, 200])
    const active: (string | undefined)[] = []
    const send = engine.transport.send.bind(engine.transport)
    engine.transport.send = (attempt) => {
      active.push(trace.getActiveSpan()?.spanContext().spanId)
      return send(attempt)
    }
    await engine.outcome()
    await engine.outcome()
    const ids = sdk.spans().map((span) => span.spanContext().spanId)
    expect(active).toEqual([ids[0], ids[0], ids[1]])
  })

  it('tells a final failure by its type and records no exception', async () => {
    const sdk = startSdk()
    const engine = createEngine([telemetry({ span: 'always' }), retry({ maxRetries: 0 }), circuitBreaker()], [503])
    await engine.outcome()
    engine.policy.forceOpen('maintenance')
    await engine.outcome()
    engine.policy.reset()
    const caller = new AbortController()
    caller.abort()
    await engine.outcome({ signal: caller.signal })
    expect(
      sdk.spans().map(({ status, attributes, events }) => [status, attributes['holdfast.outcome'], events]),
    ).toEqual([
      [{ code: SpanStatusCode.ERROR, message: '503' }, 'error', []],
      [{ code: SpanStatusCode.ERROR, message: 'circuit-open' }, 'rejected', []],
      [{ code: SpanStatusCode.UNSET }, 'aborted', []],
    ])
    expect(sdk.spans()[0]?.attributes['holdfast.stop_reason']).toBe('attempts')
  })

  it('can be taken out of the context of an attempt', async () => {
    startSdk()
    const engine = createEngine([telemetry({ span: 'always' })], [200])
    const seen: boolean[] = []
    const send = engine.transport.send.bind(engine.transport)
    engine.transport.send = (attempt) => {
      const without = trace.deleteSpan(context.active())
      seen.push(trace.getSpan(context.active()) !== undefined, trace.getSpan(without) !== undefined)
      return send(attempt)
    }
    await engine.outcome()
    expect(seen).toEqual([true, false])
  })

  it('does not leak into what the caller does next, and a call may switch it off', async () => {
    const sdk = startSdk()
    const engine = createEngine([telemetry({ span: 'always' })], [200])
    await engine.outcome()
    expect(trace.getActiveSpan()).toBeUndefined()
    await engine.outcome({ resilience: { telemetry: false } })
    expect(sdk.spans()).toHaveLength(1)
  })

  it('names a plain function by its policy', async () => {
    const sdk = startSdk()
    const engine = createEngine([telemetry({ span: 'always' })], [200])
    await engine.policy.execute(() => 1)
    expect(sdk.spans()[0]).toMatchObject({ name: 'call test', attributes: { 'policy.name': 'test' } })
  })
})

describe('log events', () => {
  it('carry a name, a level and no words of others', async () => {
    const sdk = startSdk()
    const engine = createEngine(
      [
        telemetry({ logger: () => logs.getLogger('holdfast') }),
        deadline({ afterMs: 1_000 }),
        retryBudget({ capacity: 15 }),
        retry({ maxRetries: 1 }),
        circuitBreaker(),
        serverGate(),
      ],
      [503],
    )
    engine.policy.forceOpen('maintenance hunter2')
    engine.policy.reset()
    await engine.outcome()
    const written = sdk.logs().map(({ eventName, severityText, attributes }) => [eventName, severityText, attributes])
    expect(written).toContainEqual([
      'holdfast.retry.scheduled',
      'DEBUG',
      { ...SERVER, attempt: 2, 'delay.duration_ms': 50, reason: 'http-503' },
    ])
    expect(written).toContainEqual([
      'holdfast.retry.stopped',
      'WARN',
      { ...SERVER, attempts: 2, reason: 'attempts', failure: 'http-503' },
    ])
    expect(JSON.stringify(written)).not.toContain('hunter2')
  })

  it('exist for every change of state, by the names of the specification', async () => {
    const sdk = startSdk()
    const { events } = createEngine([telemetry({ logger: () => logs.getLogger('holdfast') })], [200]).policy
    const key = 'https://api.example'
    events.emit('breaker-changed', { key, from: 'closed', to: 'open', reason: 'dead', openMs: 2_000, note: undefined })
    events.emit('breaker-changed', { key, from: 'open', to: 'closed', reason: 'manual', openMs: undefined, note: 'x' })
    events.emit('budget-exhausted', { key, tokens: 0, reason: 'spent' })
    events.emit('budget-restored', { key, tokens: 50, reason: 'refilled' })
    events.emit('throttle-engaged', { key, probability: 0.4, reason: 'overload' })
    events.emit('throttle-released', { key, probability: 0, reason: 'recovered' })
    events.emit('quota-observed', { key, quotas: [], reason: 'headers' })
    events.emit('gate-closed', { key, forMs: 500, reason: 'pushback' })
    events.emit('call-rejected', { key, code: 'deadline-exceeded', retryAfterMs: undefined, reason: 'words' })
    events.emit('call-rejected', { key, code: 'circuit-open', retryAfterMs: undefined, reason: undefined })
    events.emit('nested-retry', { key, client: 'axios', reason: 'axios-retry' })
    expect(sdk.logs().map(({ eventName, severityText }) => `${severityText} ${eventName?.slice(9)}`)).toEqual([
      'WARN circuit_breaker.state_change',
      'INFO circuit_breaker.state_change',
      'WARN retry_budget.exhausted',
      'INFO retry_budget.restored',
      'WARN throttle.engaged',
      'INFO throttle.released',
      'INFO rate_limit.observed',
      'INFO gate.closed',
      'WARN deadline.exceeded',
      'WARN config.nested_retry',
    ])
  })

  it('are at most a hundred a minute of one name, and tell how many were left out', async () => {
    const sdk = startSdk()
    const engine = createEngine(
      [telemetry({ logger: () => logs.getLogger('holdfast') }), retry({ maxRetries: 0 })],
      [503],
    )
    for (let index = 0; index < 130; index += 1) await engine.outcome()
    expect(sdk.logs()).toHaveLength(100)
    await engine.clock.advance(60_000)
    await engine.outcome()
    expect(sdk.logs().at(-1)?.attributes['holdfast.suppressed']).toBe(30)
  })
})

describe('telemetry', () => {
  it('stands outermost in the standard policy', () => {
    const policy = standardPolicy({ name: 'reported', telemetry: telemetry() })
    expect(policy.describe()[0]?.name).toBe('telemetry')
    policy.close()
  })

  it.each([
    [() => telemetry({ span: 'sometimes' as never }), 'option "span" must be'],
    [() => telemetry({ spans: 'always' } as never), 'unknown option "spans"'],
    [() => standardPolicy({ name: 'x', telemetry: retry() as never }), 'option "telemetry" must be telemetry()'],
    [() => createEngine([retry(), telemetry()], [200]), '"telemetry" must be listed before "retry"'],
  ])('%s is refused', (make, message) => {
    expect(make).toThrow(message)
  })
})
