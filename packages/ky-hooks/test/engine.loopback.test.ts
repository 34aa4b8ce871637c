import { AsyncLocalStorage } from 'node:async_hooks'
import {
  callReport,
  circuitBreaker,
  concurrency,
  createPolicy,
  defineStrategy,
  Outcome,
  rateLimit,
  retry,
  retryBudget,
  wrapFetch,
  type Policy,
} from '@holdfast/core'
import { json, respond, stall, text } from '@holdfast/fault-server'
import type { Hooks, KyInstance, Options } from 'ky'
import { describe, expect, it } from 'vitest'
import { attached, COPIES, failure, KY_2, pause, quickPolicy, serve, until, type KyCopy } from './support.ts'

const factsOf = (policy: Policy, strategy: string): Readonly<Record<string, unknown>> | undefined =>
  Object.values(policy.health().keys)[0]?.[strategy]

describe.each(COPIES)('ky $version', (copy) => {
  it('case 93: a permit comes back on every path', async () => {
    const { url, journal } = await serve(text('ok'))
    const policy = quickPolicy({ maxRetries: 1, extra: [concurrency({ limit: 1, maxQueued: 5 })] })
    const api = attached(copy, policy)
    const { url: silent } = await serve(stall())
    const { url: broken } = await serve(respond(500, { body: 'broken' }))
    const key = { resilience: { key: 'one' } }
    const throwing: Hooks = {
      afterResponse: [
        () => {
          throw new Error('hook')
        },
      ],
    }
    // ky 1.13 leaves the body unread in these two; then the deadline gives the permit back.
    const withHooks: (() => PromiseLike<unknown>)[] = [
      () => failure(api.get(url, { ...key, hooks: throwing })),
      () => api.get(url, { ...key, hooks: { afterResponse: [() => new Response('other')] } }).text(),
    ]
    const paths: (() => PromiseLike<unknown>)[] = [
      () => api.get(url, key).text(),
      () => failure(api.get(broken, key)),
      () => failure(api.get(silent, { resilience: { key: 'one', attemptTimeout: { afterMs: 60 } } })),
      () => failure(api.get(silent, { resilience: { key: 'one', deadline: { afterMs: 60 } } })),
      () => failure(api.get(silent, { ...key, signal: AbortSignal.timeout(60) })),
      async () => (await api.get(url, key)).body?.cancel(),
      () => api.get(url, { ...key, onDownloadProgress: () => undefined }).text(),
      ...(copy.version === '1.13.0' ? [] : withHooks),
    ]
    const startedMs = performance.now()
    for (const run of paths) await run()
    // The one permit is free: a call gets it at once.
    expect(await api.get(url, { resilience: { key: 'one', deadline: { afterMs: 3_000 } } }).text()).toBe('ok')
    expect(journal.count()).toBeGreaterThanOrEqual(4)
    // Nothing waited for the deadline to give a permit back.
    expect(performance.now() - startedMs).toBeLessThan(5_000)
    expect(factsOf(policy, 'concurrency')).toMatchObject({ inFlight: 0 })
  })

  it('case 94: a call that waited goes on in the context of its caller', async () => {
    const { url } = await serve(text('ok', { delayMs: 30 }))
    const context = new AsyncLocalStorage<string>()
    const seen: (string | undefined)[] = []
    const inner: typeof fetch = (...given) => {
      seen.push(context.getStore())
      return fetch(...given)
    }
    const api = attached(copy, quickPolicy({ extra: [concurrency({ limit: 1, maxQueued: 5 })] }), { fetch: inner })
    await Promise.all(['a', 'b', 'c'].map((name) => context.run(name, async () => api.get(url).text())))
    expect(seen).toEqual(['a', 'b', 'c'])
  })

  it('case 96: one idempotency key for all attempts of a call; the key of the caller is kept', async () => {
    const { url, journal } = await serve(
      respond(503),
      respond(503),
      json({ ok: true }),
      respond(503),
      json({ ok: true }),
    )
    const api = attached(copy, quickPolicy({ idempotencyKey: 'auto' }))
    await api.post(url, { json: { order: 1 } }).json()
    await api.post(url, { json: { order: 2 }, headers: { 'Idempotency-Key': 'mine' } }).json()
    const keys = journal.entries.map(({ headers }) => headers['idempotency-key'])
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
    expect(keys).toEqual([keys[0], keys[0], keys[0], 'mine', 'mine'])
    expect(journal.entries.map(({ body }) => body).slice(0, 3)).toEqual(Array(3).fill('{"order":1}'))
  })

  it.skipIf(copy.version === '1.13.0')('case 96: ky.retry() goes on with the same key', async () => {
    const { url, journal } = await serve(respond(401), respond(503), json({ ok: true }))
    const isRefused = (response: Response): unknown =>
      response.status === 401 ? copy.ky.retry({ delay: 0 }) : undefined
    const afterResponse =
      copy.major === 2
        ? ({ response }: { response: Response }) => isRefused(response)
        : (_request: Request, _options: unknown, response: Response) => isRefused(response)
    const hooks = { afterResponse: [afterResponse] } as unknown as Hooks
    await attached(copy, quickPolicy({ idempotencyKey: 'auto' }), { hooks }).post(url, { json: 1 })
    const keys = journal.entries.map(({ headers }) => headers['idempotency-key'])
    expect(keys).toHaveLength(3)
    expect(new Set(keys).size).toBe(1)
  })

  it('case 97: Retry-After within the deadline is waited for; beyond it the call ends at once', async () => {
    const { url, journal } = await serve(respond(503, { headers: { 'retry-after': '1' } }), text('ok'))
    expect(await attached(copy, quickPolicy()).get(url).text()).toBe('ok')
    const [first, second] = journal.entries
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(995)
    const { url: busy, journal: journalOfBusy } = await serve(respond(503, { headers: { 'retry-after': '30' } }))
    const startedMs = performance.now()
    const error = await failure(attached(copy, quickPolicy()).get(busy))
    expect(performance.now() - startedMs).toBeLessThan(2_000)
    expect([error.response.status, callReport(error)?.stoppedBy]).toEqual([503, 'retry-after'])
    expect(journalOfBusy.count()).toBe(1)
  })

  it('case 98: breaker and budget count attempts, and an abort of the caller counts for nothing', async () => {
    const { url } = await serve(respond(503))
    const strategies = [retryBudget({ capacity: 100 }), retry({ maxRetries: 2, baseMs: 1 }), circuitBreaker()] as const
    const policy = createPolicy({ name: `votes-${copy.version}`, strategies })
    const api = attached(copy, policy)
    await failure(api.get(url))
    expect(factsOf(policy, 'circuitBreaker')).toMatchObject({ state: 'closed', failuresInARow: 3 })
    const { url: silent, journal } = await serve(stall())
    const controller = new AbortController()
    const pending = failure(api.get(silent, { signal: controller.signal, resilience: { key: new URL(url).origin } }))
    await until(() => journal.count() === 1)
    controller.abort()
    await pending
    expect(factsOf(policy, 'circuitBreaker')).toMatchObject({ state: 'closed', failuresInARow: 3 })
    policy.close()
  })

  it('case 99: a fallback has the shape of a result of ky', async () => {
    const { url } = await serve(respond(503))
    const fallback = defineStrategy('fallback', () => (next) => async (call) => {
      const outcome = await next(call)
      return outcome.isSuccess ? outcome : new Outcome(call, 'value', Response.json({ stale: true }))
    })
    const policy = createPolicy({ name: `fallback-${copy.version}`, strategies: [fallback({}), retry({ baseMs: 1 })] })
    const api = attached(copy, policy)
    expect(await api.get(url).json()).toEqual({ stale: true })
    expect((await api.get(url)).ok).toBe(true)
    policy.close()
  })

  it('case 102: what is told of an attempt holds no body, header, query or token', async () => {
    const { url } = await serve(respond(503, { body: 'secret-answer' }), stall())
    const policy = quickPolicy({ maxRetries: 1, attemptMs: 150 })
    const events: unknown[] = []
    for (const name of ['attempt-ended', 'call-ended', 'retry-scheduled', 'retry-stopped'] as const) {
      policy.on(name, (event) => events.push(event))
    }
    const options: Options = { headers: { authorization: 'secret-token' }, body: 'secret-body' }
    const error = await failure(attached(copy, policy).put(`${url}?token=secret-query`, options))
    const report = callReport(error)
    expect(events.length).toBeGreaterThan(3)
    expect(JSON.stringify([events, report]) + String(report?.explain())).not.toContain('secret')
  })
})

describe('case 103: a plug-in made wrong fails the same checks', () => {
  const attemptsOf503 = async (make: (policy: Policy) => KyInstance): Promise<number> => {
    const { url, journal } = await serve(respond(503))
    await failure(make(quickPolicy({ maxRetries: 2 })).get(url, { retry: { limit: 2, delay: () => 1 } }))
    return journal.count()
  }
  const survivesSlowness = async (make: (policy: Policy) => KyInstance): Promise<boolean> => {
    const { url } = await serve(respond(503, { delayMs: 200 }), respond(503, { delayMs: 200 }), text('ok'))
    return (
      (await make(quickPolicy())
        .get(url, { timeout: 300, retry: 0 })
        .text()
        .catch(() => 'failed')) === 'ok'
    )
  }
  const naive = (copy: KyCopy) => (policy: Policy) => copy.ky.create({ fetch: wrapFetch(policy) })

  it.each(COPIES)('$version', async (copy) => {
    const right = (policy: Policy): KyInstance => attached(copy, policy)
    expect([await attemptsOf503(right), await survivesSlowness(right)]).toEqual([3, true])
    expect([await attemptsOf503(naive(copy)), await survivesSlowness(naive(copy))]).toEqual([9, false])
  })
})

it('one policy under ky and fetch has one limit', async () => {
  const { url, journal } = await serve(text('ok'))
  const policy = createPolicy({ name: 'shared', strategies: [rateLimit({ permits: 2, perMs: 60_000, maxQueued: 0 })] })
  await attached(KY_2, policy).get(url)
  await wrapFetch(policy)(url)
  expect(await failure(attached(KY_2, policy).get(url))).toMatchObject({ code: 'queue-full' })
  expect(journal.count()).toBe(2)
  await pause(0)
  policy.close()
})
