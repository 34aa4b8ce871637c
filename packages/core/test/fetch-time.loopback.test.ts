import { createFaultServer, drip, respond, stall, text, type FaultServer } from '@holdfast/fault-server'
import { afterEach, describe, expect, test } from 'vitest'
import {
  callReport,
  createPolicy,
  deadline,
  defineStrategy,
  isHoldfastError,
  retry,
  standardPolicy,
  wrapFetch,
  type Attempt,
} from '../src/index.ts'

const servers: FaultServer[] = []
const serve = async (...script: Parameters<typeof createFaultServer>[0]['script'] & object): Promise<FaultServer> => {
  const server = await createFaultServer({ script })
  servers.push(server)
  return server
}
const policy = () => standardPolicy({ name: 'time', retry: { baseMs: 1 } })
const slowBody = drip(text('x'.repeat(40)), { chunkBytes: 1, everyMs: 25 })
const until = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5))
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

describe('aborts', () => {
  test('cases 77 and 78: the reason is the same object, and an aborted signal sends nothing', async () => {
    const { url, journal } = await serve(stall())
    const reason = { why: 'mine' }
    const wrapped = wrapFetch(policy())
    await expect(wrapped(url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(journal.count()).toBe(0)
    const controller = new AbortController()
    const pending = wrapped(url, { signal: controller.signal })
    await until(() => journal.count() === 1)
    controller.abort(reason)
    await expect(pending).rejects.toBe(reason)
    expect(journal.count()).toBe(1)
  })

  test("case 79: a Request's own signal counts, and null takes it away", async () => {
    const { url } = await serve(text('ok'))
    const request = new Request(url, { signal: AbortSignal.abort('gone') })
    await expect(wrapFetch(policy())(request)).rejects.toBe('gone')
    expect((await wrapFetch(policy())(request, { signal: null })).status).toBe(200)
  })

  test('an abort in the backoff ends it at once', async () => {
    const { url, journal } = await serve(respond(503, { headers: { 'retry-after': '20' } }))
    const controller = new AbortController()
    const pending = wrapFetch(policy())(url, { signal: controller.signal })
    await until(() => journal.count() === 1)
    await new Promise((resolve) => setTimeout(resolve, 20))
    controller.abort('enough')
    await expect(pending).rejects.toBe('enough')
    expect(journal.count()).toBe(1)
  })

  test('case 80: an abort after the headers errors the read, and the server sees it', async () => {
    const { url, journal } = await serve(slowBody)
    const controller = new AbortController()
    const response = await wrapFetch(policy())(url, { signal: controller.signal })
    const reading = response.text()
    controller.abort('stop')
    await expect(reading).rejects.toBe('stop')
    await until(() => journal.entries[0]?.clientLeft === true)
  })
})

describe('time', () => {
  test('an attempt that times out is tried again', async () => {
    const { url } = await serve(stall(), text('ok'))
    const response = await wrapFetch(policy())(url, { resilience: { attemptTimeout: { afterMs: 60 } } })
    expect(await response.text()).toBe('ok')
    expect(callReport(response)?.attempts.map(({ code }) => code)).toEqual(['attempt-timeout', undefined])
  })

  test('the deadline ends the call in time and the request on the wire', async () => {
    const { url, journal } = await serve(stall())
    const startedMs = performance.now()
    const error: unknown = await wrapFetch(policy())(url, { resilience: { deadline: { afterMs: 80 } } }).catch(
      (reason: unknown) => reason,
    )
    expect(isHoldfastError(error) && error.code).toBe('deadline-exceeded')
    expect(performance.now() - startedMs).toBeLessThan(2_000)
    await until(() => journal.entries[0]?.clientLeft === true)
  })

  test.each(['text', 'body'] as const)('the deadline bounds a dripping body read by %s', async (reader) => {
    const { url, journal } = await serve(slowBody)
    const response = await wrapFetch(policy())(url, { resilience: { deadline: { afterMs: 150 } } })
    const read = reader === 'text' ? response.text() : new Response(response.body).text()
    const error: unknown = await read.catch((reason: unknown) => reason)
    expect(isHoldfastError(error) && error.code).toBe('deadline-exceeded')
    await until(() => journal.entries[0]?.clientLeft === true)
  })

  test('a pause between chunks is bounded by the idle limit', async () => {
    const { url } = await serve(drip(text('abc'), { chunkBytes: 1, everyMs: 400 }))
    const response = await wrapFetch(policy())(url, { resilience: { attemptTimeout: { bodyIdleMs: 60 } } })
    const error: unknown = await response.text().catch((reason: unknown) => reason)
    expect(isHoldfastError(error) && error.code).toBe('attempt-timeout')
  })

  test('steady chunks are left alone by the idle limit', async () => {
    const { url } = await serve(drip(text('abcdef'), { chunkBytes: 1, everyMs: 30 }))
    const response = await wrapFetch(policy())(url, { resilience: { attemptTimeout: { bodyIdleMs: 120 } } })
    expect(await response.text()).toBe('abcdef')
  })

  test('case 91: an unbounded body is left alone by deadline and idle limit', async () => {
    const { url } = await serve(drip(text('abc'), { chunkBytes: 1, everyMs: 120 }))
    const response = await wrapFetch(policy())(url, {
      resilience: { body: 'unbounded', deadline: { afterMs: 100 }, attemptTimeout: { bodyIdleMs: 20, afterMs: 90 } },
    })
    expect(await response.text()).toBe('abc')
  })
})

describe('the end of an attempt', () => {
  const observed = (): { released: () => number; wrapped: ReturnType<typeof wrapFetch> } => {
    let released = 0
    const watch = defineStrategy('watch', (_env, _options: object) => (next) => async (call) => {
      const outcome = await next(call)
      const attempt: Attempt | undefined = outcome.attempt
      attempt?.onRelease(() => {
        released += 1
      })
      return outcome
    })
    const own = createPolicy({ name: 'watched', strategies: [deadline({ afterMs: 300 }), retry(), watch({})] })
    return { released: () => released, wrapped: wrapFetch(own) }
  }

  test.each<[string, (response: Response) => Promise<unknown>]>([
    ['text()', (response) => response.text()],
    ['json() that fails', (response) => response.json().catch(() => undefined)],
    ['a direct reader', (response) => new Response(response.body).text()],
    ['cancel()', async (response) => response.body?.cancel()],
    ['a clone and the original', (response) => Promise.all([response.clone().text(), response.text()])],
    [
      'a clone by text() and the original by its body',
      (response) => Promise.all([response.clone().text(), new Response(response.body).text()]),
    ],
    [
      'a clone, the original being cancelled',
      (response) => {
        const copy = response.clone()
        void response.body?.cancel()
        return copy.text()
      },
    ],
    [
      'cancel() of a clone and of the original',
      (response) => Promise.all([response.clone().body?.cancel(), response.body?.cancel()]),
    ],
    [
      'a clone after body was touched',
      (response) => {
        expect(response.body).toBeInstanceOf(ReadableStream)
        return Promise.all([response.clone().text(), response.text()])
      },
    ],
  ])('comes when the body is settled by %s', async (_how, consume) => {
    const { url } = await serve(text('not json'))
    const { wrapped, released } = observed()
    const response = await wrapped(url)
    expect(released()).toBe(0)
    await consume(response)
    expect(released()).toBe(1)
  })

  test('an abort reaches a clone whose original was cancelled', async () => {
    const { url, journal } = await serve(slowBody)
    const controller = new AbortController()
    const response = await wrapFetch(policy())(url, { signal: controller.signal })
    const reading = response.clone().text()
    void response.body?.cancel()
    controller.abort('stop')
    await expect(reading).rejects.toBe('stop')
    await until(() => journal.entries[0]?.clientLeft === true)
  })

  test('a deadline after a cancelled clone harms nobody, and the original says why it cannot be read', async () => {
    const { url } = await serve(text('x'.repeat(500_000)))
    const { wrapped, released } = observed()
    const response = await wrapped(url)
    void response.clone().body?.cancel()
    await until(() => released() === 1)
    // What the platform would have thrown unhandled comes in the next turns.
    await new Promise((resolve) => setTimeout(resolve, 20))
    await expect(response.text()).rejects.toSatisfy(isHoldfastError)
  })

  test('comes with the deadline when nobody reads', async () => {
    const { url } = await serve(slowBody)
    const { wrapped, released } = observed()
    const response = await wrapped(url)
    await until(() => released() === 1)
    await expect(response.text()).rejects.toSatisfy(isHoldfastError)
  })

  test('comes at once without a body', async () => {
    const { url } = await serve(respond(204))
    const { wrapped, released } = observed()
    await wrapped(url)
    expect(released()).toBe(1)
  })
})

describe('discarded answers', () => {
  test('case 82: small bodies keep their connection', async () => {
    const server = await serve(respond(503, { body: 'busy' }))
    const wrapped = wrapFetch(
      createPolicy({ name: 'drain', strategies: [retry({ maxRetries: 9, baseMs: 1, maxMs: 2 })] }),
    )
    await (await wrapped(server.url)).text()
    expect(server.connections.total).toBe(1)
  })

  test('case 82: a loop of 503s with 256 kB bodies neither wedges a pool of 8 nor opens more than 16 connections', async () => {
    const server = await serve(respond(503, { body: 'x'.repeat(256 * 1_024) }))
    const wrapped = wrapFetch(
      createPolicy({ name: 'pool', strategies: [retry({ maxRetries: 4, baseMs: 1, maxMs: 2 })] }),
    )
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let round = 0; round < 5; round += 1) await (await wrapped(server.url)).arrayBuffer()
      }),
    )
    expect(server.journal.count()).toBeGreaterThan(40)
    expect(server.connections.total).toBeGreaterThanOrEqual(1)
    expect(server.connections.total).toBeLessThanOrEqual(16)
  })

  test('case 88: one long-lived signal gathers no listeners', async () => {
    const { url } = await serve(text('ok'))
    const { signal } = new AbortController()
    let listeners = 0
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)]
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1
      add(...args)
    }
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1
      remove(...args)
    }
    const wrapped = wrapFetch(policy())
    for (let call = 0; call < 200; call += 1) await (await wrapped(url, { signal })).text()
    expect(listeners).toBe(0)
  })
})
