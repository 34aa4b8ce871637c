import { callReport, circuitBreaker, concurrency, isHoldfastError, type PolicyEventName } from '@holdfast/core'
import { createTestClock } from '@holdfast/core/testing'
import { halfBody, json, reset, respond, stall } from '@holdfast/fault-server'
import type { AxiosRequestConfig } from 'axios'
import { describe, expect, it } from 'vitest'
import { CLIENTS } from './axios-versions.ts'
import { failure, pause, quickPolicy, serve, until } from './support.ts'

const EVENTS: readonly PolicyEventName[] = ['call-ended', 'retry-scheduled', 'retry-stopped', 'breaker-changed']

const fail = (): never => {
  throw new Error('broken on purpose')
}

describe.each(CLIENTS)('the engine under $label', (client) => {
  it('case 93: whatever ends a call, its only slot is free for the next one', async () => {
    const server = await serve({ script: [json({})] })
    const policy = quickPolicy({ extra: [concurrency({ limit: 1, maxQueued: 0 })], attemptMs: 200, deadlineMs: 500 })
    const api = client.attached({ baseURL: server.url }, policy)
    const aborted = (afterMs: number): AxiosRequestConfig => {
      const controller = new AbortController()
      setTimeout(() => {
        controller.abort()
      }, afterMs)
      return { signal: controller.signal }
    }
    const endings: Readonly<
      Record<string, readonly [script: Parameters<typeof server.use>[0], config?: () => AxiosRequestConfig]>
    > = {
      'an error status': [respond(404)],
      'retries used up': [[respond(503)]],
      'a reset': [reset()],
      'a body cut short': [halfBody(json({ text: 'x'.repeat(2_000) }))],
      'the attempt timeout': [stall(), () => ({ resilience: { retry: false } })],
      'the deadline': [stall(), () => ({ resilience: { retry: { maxRetries: 9 } } })],
      'an abort in flight': [stall(), () => aborted(50)],
      'an abort in backoff': [respond(503), () => ({ ...aborted(50), resilience: { retry: { backoff: () => 400 } } })],
      'a cancelled token': [
        stall(),
        () => ({ cancelToken: new client.axios.CancelToken((cancel) => setTimeout(cancel, 50)) }),
      ],
      'an adapter that throws': [json({}), () => ({ adapter: fail })],
      'a transform of the response that throws': [json({}), () => ({ transformResponse: fail })],
      'an interceptor of the caller that throws': [json({})],
    }
    const next = async (where: string): Promise<void> => {
      server.use(json({}))
      expect(
        (await api.get('/', { resilience: { attemptTimeout: false, deadline: false } })).status,
        `after ${where}`,
      ).toBe(200)
    }
    for (const [where, [script, config]] of Object.entries(endings)) {
      const id = where.includes('interceptor') ? api.interceptors.request.use(fail) : undefined
      server.use(script)
      // 1.6 and 1.7 let an interceptor throw before there is a promise.
      await failure((async () => api.get('/', config?.()))())
      if (id !== undefined) api.interceptors.request.eject(id)
      await next(where)
    }
  })

  it('case 97: a wait the server asks for is kept within the deadline, and ends the call at once beyond it', async () => {
    const clock = createTestClock()
    const policy = quickPolicy({ deadlineMs: 30_000 }).fork({ clock })
    const delays: number[] = []
    policy.on('retry-scheduled', ({ delayMs }) => {
      delays.push(delayMs)
      void clock.advance(delayMs)
    })
    const wait = (seconds: number) => respond(503, { headers: { 'retry-after': String(seconds) } })
    const server = await serve({ script: [wait(7), json({ value: 1 })] })
    const api = client.attached({ baseURL: server.url }, policy)
    expect((await api.get<unknown>('/')).data).toEqual({ value: 1 })
    expect([delays.length, delays.every((ms) => ms >= 7_000)]).toEqual([1, true])
    server.use([wait(40), json({})])
    const error = await failure(api.get('/'))
    expect([error.response?.status, delays.length, callReport(error)?.stoppedBy]).toEqual([503, 1, 'retry-after'])
  })

  it('case 98: failed attempts open the circuit, but not the aborts of callers', async () => {
    const server = await serve({ script: [stall()] })
    const policy = quickPolicy({ extra: [circuitBreaker({ deadFailures: 3, deadForMs: 0, sickRule: false })] })
    const api = client.attached({ baseURL: server.url }, policy)
    for (let call = 1; call <= 5; call += 1) {
      const controller = new AbortController()
      const ending = failure(api.get('/', { signal: controller.signal }))
      await until(() => server.journal.count() === call)
      controller.abort()
      expect((await ending).code).toBe('ERR_CANCELED')
    }
    server.use(respond(503))
    expect((await failure(api.get('/'))).response?.status).toBe(503)
    const error: unknown = await failure(api.get('/'))
    expect([isHoldfastError(error) && error.code, server.journal.count()]).toEqual(['circuit-open', 5 + 3])
  })

  it('case 102: reports and events name no header, body, query or credential', async () => {
    const server = await serve({ script: [respond(503, { body: 'SECRET-answer' })] })
    const policy = quickPolicy()
    const heard: unknown[] = []
    for (const name of EVENTS) policy.on(name, (event) => heard.push(event))
    const error = await failure(
      client
        .attached({ baseURL: server.url }, policy)
        .put(
          '/orders/SECRET-path?token=SECRET-query',
          { card: 'SECRET-body' },
          { params: { key: 'SECRET-params' }, headers: { Authorization: 'Bearer SECRET-header' } },
        ),
    )
    await pause(0)
    const report = callReport(error)
    const said = JSON.stringify([heard, report, report?.explain()])
    expect(heard.length).toBeGreaterThanOrEqual(3)
    expect(said).toContain(server.url)
    expect(said).not.toContain('SECRET')
  })
})
