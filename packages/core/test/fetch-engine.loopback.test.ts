import { AsyncLocalStorage } from 'node:async_hooks'
import { createFaultServer, halfBody, json, reset, respond, stall, type FaultServer } from '@holdfast/fault-server'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  attemptTimeout,
  callReport,
  circuitBreaker,
  concurrency,
  createPolicy,
  deadline,
  defineStrategy,
  isHoldfastError,
  Outcome,
  retry,
  retryBudget,
  standardPolicy,
  wrapFetch,
  type Policy,
  type PolicyEventName,
  type ResilientInit,
  type StandardStrategies,
  type Strategy,
} from '../src/index.ts'
import { createTestClock } from '../src/testing/index.ts'

type Init = ResilientInit<StandardStrategies>

const servers: FaultServer[] = []
const serve = async (...script: Parameters<typeof createFaultServer>[0]['script'] & object): Promise<FaultServer> => {
  const server = await createFaultServer({ script })
  servers.push(server)
  return server
}
let policies = 0
const engine = (...extra: readonly Strategy[]): Policy<StandardStrategies> => {
  policies += 1
  const strategies = [
    deadline({ afterMs: 30_000 }),
    retryBudget(),
    retry({ maxRetries: 2, baseMs: 1, throttledBaseMs: 1 }),
    ...extra,
  ]
  return createPolicy({ name: `fetch-engine-${policies}`, strategies }) as unknown as Policy<StandardStrategies>
}
const until = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5))
}
const settled = (call: Promise<Response>): Promise<unknown> =>
  call.then((response) => response.text()).catch((error: unknown) => error)

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

describe('what is taken is given back', () => {
  const abortedAfter = (delayMs: number): AbortSignal => {
    const controller = new AbortController()
    setTimeout(() => {
      controller.abort()
    }, delayMs)
    return controller.signal
  }
  const endings: Readonly<Record<string, readonly [script: Parameters<FaultServer['use']>[0], init?: () => Init]>> = {
    'a success': [json({})],
    'an error status': [respond(404)],
    'retries used up': [respond(503)],
    'a reset': [reset()],
    'a body cut short': [halfBody(json({ text: 'x'.repeat(2_000) }))],
    'the attempt timeout': [stall(), () => ({ resilience: { attemptTimeout: { afterMs: 60 }, retry: false } })],
    'the deadline': [stall(), () => ({ resilience: { deadline: { afterMs: 80 } } })],
    'an abort in flight': [stall(), () => ({ signal: abortedAfter(50) })],
    'an abort in backoff': [
      respond(503),
      () => ({ signal: abortedAfter(50), resilience: { retry: { backoff: () => 400 } } }),
    ],
    'a signal aborted before': [json({}), () => ({ signal: AbortSignal.abort('no') })],
    'what the caller did wrong': [json({}), () => ({ body: 'a GET with a body' })],
  }

  test.each(Object.entries(endings))('case 93: after %s', async (_how, [script, init]) => {
    const server = await serve(json({}))
    const policy = engine(concurrency({ limit: 1, maxQueued: 0 }), attemptTimeout({ afterMs: 5_000 }))
    const wrapped = wrapFetch(policy)
    server.use(script)
    await settled(wrapped(server.url, init?.()))
    server.use(json({ next: true }))
    expect(await (await wrapped(server.url)).json()).toEqual({ next: true })
  })

  test('case 93: the budget has its tokens back for a retry that was aborted before it was sent', async () => {
    const server = await serve(respond(503))
    const policy = engine()
    const wrapped = wrapFetch(policy)
    const tokens = (): unknown => policy.health().keys[server.url]?.['retryBudget']?.['tokens']
    await settled(wrapped(server.url, { resilience: { retry: { maxRetries: 0 } } }))
    const before = tokens()
    expect(before).toBeTypeOf('number')
    await settled(wrapped(server.url, { signal: abortedAfter(60), resilience: { retry: { backoff: () => 2_000 } } }))
    expect(tokens()).toBeGreaterThanOrEqual(before as number)
    expect(server.journal.count()).toBe(2)
  })
})

describe('work that waits', () => {
  test('case 94: goes on in the async context of its caller', async () => {
    const server = await serve(respond(200, { delayMs: 5 }))
    const callers = new AsyncLocalStorage<string>()
    const seen: (readonly [path: string, caller: string | undefined])[] = []
    const base: typeof fetch = (input, init) => {
      seen.push([new URL(input as string).pathname, callers.getStore()])
      return globalThis.fetch(input, init)
    }
    const wrapped = wrapFetch(engine(concurrency({ limit: 1, maxQueued: 10 })), base)
    await Promise.all(
      ['/a', '/b', '/c', '/d'].map((name) => callers.run(name, () => settled(wrapped(`${server.url}${name}`)))),
    )
    expect(seen).toEqual([
      ['/a', '/a'],
      ['/b', '/b'],
      ['/c', '/c'],
      ['/d', '/d'],
    ])
  })

  test('case 97: a wait the server asks for is kept within the deadline, and ends the call at once beyond it', async () => {
    const clock = createTestClock()
    const policy = engine().fork({ clock })
    const delays: number[] = []
    policy.on('retry-scheduled', ({ delayMs }) => {
      delays.push(delayMs)
      void clock.advance(delayMs)
    })
    const wait = (seconds: number) => respond(503, { headers: { 'retry-after': String(seconds) } })
    const server = await serve(wait(7), json({ value: 1 }))
    const wrapped = wrapFetch(policy)
    expect(await (await wrapped(server.url)).json()).toEqual({ value: 1 })
    expect(delays).toHaveLength(1)
    expect(delays[0]).toBeGreaterThanOrEqual(7_000)
    server.use(wait(40))
    const response = await wrapped(server.url)
    expect([response.status, delays.length, callReport(response)?.stoppedBy]).toEqual([503, 1, 'retry-after'])
  })
})

describe('what counts', () => {
  test('case 98: the dead rule counts attempts, and aborts of callers count for nothing', async () => {
    const server = await serve(stall())
    const wrapped = wrapFetch(engine(circuitBreaker({ deadFailures: 3, deadForMs: 0, sickRule: false })))
    for (let call = 1; call <= 5; call += 1) {
      const controller = new AbortController()
      const ending = settled(wrapped(server.url, { signal: controller.signal }))
      await until(() => server.journal.count() === call)
      controller.abort()
      await ending
    }
    server.use(respond(503))
    // Three attempts of one call are enough for this rule.
    expect((await wrapped(server.url)).status).toBe(503)
    await expect(wrapped(server.url)).rejects.toSatisfy(
      (error: unknown) => isHoldfastError(error) && error.code === 'circuit-open',
    )
    expect(server.journal.count()).toBe(5 + 3)
  })

  test('case 98: the sick rule counts distinct calls', async () => {
    const server = await serve(respond(500))
    const breaker = { deadFailures: 1_000, minimumCalls: 4, failureRatio: 0.5 }
    const wrapped = wrapFetch(engine(circuitBreaker(breaker)))
    for (let call = 1; call <= 3; call += 1) expect((await wrapped(server.url)).status, `call ${call}`).toBe(500)
    expect(server.journal.count()).toBe(9)
    // The ninth failed attempt was the third failed call; the first attempt of the fourth call is one too many.
    expect((await wrapped(server.url)).status).toBe(500)
    expect(server.journal.count()).toBe(10)
    await expect(wrapped(server.url)).rejects.toSatisfy(isHoldfastError)
    expect(server.journal.count()).toBe(10)
  })

  test('case 98: the budget counts attempts', async () => {
    const server = await serve(respond(500))
    const wrapped = wrapFetch(engine())
    let calls = 0
    while (calls < 50) {
      const before = server.journal.count()
      await settled(wrapped(server.url))
      calls += 1
      if (server.journal.count() - before === 1) break
    }
    // A hundred tokens, ten a retry, two retries a call.
    expect(calls).toBe(6)
  })
})

describe('what the caller gets and who hears of it', () => {
  test("case 99: a fallback answers with the client's own kind of result", async () => {
    const server = await serve(respond(503))
    const fallback = defineStrategy('fallback', (_env, options: { readonly response: () => Response }) => (next) => {
      return async (call) => {
        const outcome = await next(call)
        return outcome.isSuccess ? outcome : new Outcome(call, 'value', options.response())
      }
    })
    const policy = createPolicy({
      name: 'with-fallback',
      strategies: [fallback({ response: () => Response.json({ stale: true }) }), retry({ baseMs: 1 })] as const,
    })
    const response = await wrapFetch(policy)(server.url)
    expect(response).toBeInstanceOf(Response)
    expect([response.status, await response.json(), server.journal.count()]).toEqual([200, { stale: true }, 3])
  })

  test('case 102: reports and events name no header, body, query or credential', async () => {
    const server = await serve(respond(503, { body: 'SECRET-answer' }))
    const policy = standardPolicy({ name: 'discreet', retry: { baseMs: 1 } })
    const heard: unknown[] = []
    const names: readonly PolicyEventName[] = ['call-ended', 'attempt-ended', 'retry-scheduled', 'retry-stopped']
    for (const name of names) policy.on(name, (event) => heard.push(event))
    const clone = vi.spyOn(Response.prototype, 'clone')
    const response = await wrapFetch(policy)(`${server.url}/SECRET-path?token=SECRET-query`, {
      method: 'PUT',
      body: 'SECRET-body',
      headers: { authorization: 'Bearer SECRET-header' },
    })
    const report = callReport(response)
    const said = JSON.stringify([heard, report, report?.explain()])
    expect(heard.length).toBeGreaterThanOrEqual(6)
    expect(said).toContain(server.url)
    expect(said).not.toContain('SECRET')
    // One for each small answer that would be handed over if its retry were refused; none to look inside.
    expect(clone).toHaveBeenCalledTimes(2)
    clone.mockRestore()
    policy.close()
  })

  test('case 89: no AbortSignal.any and no AbortSignal.timeout on the way', async () => {
    const server = await serve(respond(503), json({}))
    const any = vi.spyOn(AbortSignal, 'any')
    const timeout = vi.spyOn(AbortSignal, 'timeout')
    const wrapped = wrapFetch(engine(attemptTimeout({ afterMs: 1_000 })))
    await settled(wrapped(server.url, { signal: new AbortController().signal }))
    await settled(wrapped(new Request(server.url, { signal: new AbortController().signal })))
    expect([any.mock.calls.length, timeout.mock.calls.length, server.journal.count()]).toEqual([0, 0, 3])
    any.mockRestore()
    timeout.mockRestore()
  })
})

describe('a retry that is refused', () => {
  const refusal = (): Strategy =>
    defineStrategy('refusal', () => (next) => (call) => {
      if (call.attempt === 1) return next(call)
      return Promise.resolve(new Outcome(call, 'rejection', { code: 'circuit-open' }))
    })({})

  test('ends in the last real answer, whole, when that was small', async () => {
    const body = { error: 'x'.repeat(10_000) }
    const server = await serve(
      respond(503, { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    )
    const response = await wrapFetch(engine(refusal()))(`${server.url}/items`)
    expect([response.status, response.url]).toEqual([503, `${server.url}/items`])
    expect(await response.json()).toEqual(body)
    expect(callReport(response)?.stoppedBy).toBe('rejection')
    expect(server.journal.count()).toBe(1)
  })

  test('ends in the refusal when the answer cannot be cloned', async () => {
    const body = new Response('x').body
    const odd = { status: 503, headers: new Headers({ 'content-length': '1' }), body } as unknown as Response
    await expect(wrapFetch(engine(refusal()), async () => odd)('https://a.example/')).rejects.toMatchObject({
      code: 'circuit-open',
    })
  })

  test('ends in the refusal when it was large, and frees the connection', async () => {
    const server = await serve(respond(503, { body: 'x'.repeat(100_000) }))
    await expect(wrapFetch(engine(refusal()))(`${server.url}/items`)).rejects.toMatchObject({ code: 'circuit-open' })
  })
})
