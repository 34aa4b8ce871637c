import { isHoldfastError } from '@holdfast/core'
import { drip, json, respond, stall, text } from '@holdfast/fault-server'
import { isCancel, type AxiosError } from 'axios'
import { describe, expect, it } from 'vitest'
import { failure, quickPolicy, serve, until } from './support.ts'
import { CLIENTS } from './axios-versions.ts'
import { fetchClosesAborted } from './runtime-fetch.ts'

const slowBody = drip(text('x'.repeat(20)), { chunkBytes: 1, everyMs: 50 })

describe.each(CLIENTS)('time limits on $label', (client) => {
  it('case 35: the attempt timeout covers the body, and the attempt is retried', async () => {
    const server = await serve({ script: [slowBody, text('done')] })
    const api = client.attached({ baseURL: server.url }, quickPolicy({ attemptMs: 400 }))
    expect((await api.get<unknown>('/')).data).toBe('done')
    expect(server.journal.count()).toBe(2)
    // The connection of the attempt that was cut is gone.
    if (client.adapter === 'http' || (await fetchClosesAborted())) await until(() => server.connections.open === 1)
  })

  it('case 35: an attempt timeout that stays is an AxiosError with the limit as its cause', async () => {
    const server = await serve({ script: [stall()] })
    const api = client.attached({ baseURL: server.url }, quickPolicy({ attemptMs: 150, maxRetries: 1 }))
    const error = await failure(api.get('/', { timeout: 5_000 }))
    expect(error).toBeInstanceOf(client.axios.AxiosError)
    expect([error.name, error.code, isCancel(error), error.response, error.config?.url]).toEqual([
      'AxiosError',
      'ETIMEDOUT',
      false,
      undefined,
      '/',
    ])
    expect(error.request).toBeDefined()
    const limit: unknown = error.cause
    expect(isHoldfastError(limit) && [limit.code, (limit.cause as AxiosError).code]).toEqual([
      'attempt-timeout',
      'ERR_CANCELED',
    ])
    expect(Object.keys(error)).not.toContain('cause')
    expect(error.message).toContain('attempt-timeout')
    expect(server.journal.count()).toBe(2)
  })

  it('case 36: the deadline ends the call in time, on the wire as well', async () => {
    const server = await serve({ script: [stall()] })
    const api = client.attached(
      { baseURL: server.url },
      quickPolicy({ deadlineMs: 150, attemptMs: 150, maxRetries: 5 }),
    )
    const startedMs = performance.now()
    const error = await failure(api.get('/'))
    expect(performance.now() - startedMs).toBeLessThan(2_000)
    expect([error.code, isCancel(error), (error.cause as { code?: string } | undefined)?.code]).toEqual([
      'ETIMEDOUT',
      false,
      'deadline-exceeded',
    ])
    await until(() => server.journal.entries.every((entry) => entry.clientLeft))
  })

  it('case 47: with retries off, `timeout`, clarifyTimeoutError and timeoutErrorMessage are as in stock', async () => {
    const server = await serve({ script: [stall()] })
    const api = client.attached({ baseURL: server.url }, quickPolicy({ maxRetries: 0 }))
    const stock = client.stock({ baseURL: server.url })
    for (const options of [{}, { timeoutErrorMessage: 'too slow' }, { transitional: { clarifyTimeoutError: true } }]) {
      const [ours, theirs] = await Promise.all([
        failure(api.get('/', { ...options, timeout: 60 })),
        failure(stock.get('/', { ...options, timeout: 60 })),
      ])
      expect([ours.name, ours.code, ours.message, isCancel(ours)]).toEqual([
        theirs.name,
        theirs.code,
        theirs.message,
        isCancel(theirs),
      ])
    }
  })

  it("axios' own timeout is not retried unless asked for, by attach or by the call", async () => {
    const server = await serve({ script: [stall()] })
    const options = { baseURL: server.url, timeout: 120, timeoutErrorMessage: 'too slow' }
    const hits = async (call: Promise<unknown>): Promise<number> => {
      server.journal.clear()
      await failure(call)
      return server.journal.count()
    }
    const api = client.attached(options, quickPolicy())
    const eager = client.attached(options, quickPolicy(), { retryClientTimeout: true })
    expect(await hits(api.get('/'))).toBe(1)
    expect(await hits(eager.get('/'))).toBe(3)
    expect(await hits(api.get('/', { resilience: { retryClientTimeout: true } }))).toBe(3)
    expect(await hits(eager.get('/', { resilience: { retryClientTimeout: false, priority: 'background' } }))).toBe(1)
  })

  it('a call without limits and without signal leaves the config without a signal while it runs', async () => {
    const server = await serve({ script: [json({})] })
    let seen: unknown = 'unset'
    const api = client.attached({ baseURL: server.url }, quickPolicy())
    await api.get('/', {
      resilience: { deadline: false, attemptTimeout: false },
      adapter: (config) => {
        seen = config.signal
        return client
          .stock()
          .request({ url: server.url })
          .then((response) => ({ ...response, config }))
      },
    })
    expect(seen).toBeUndefined()
  })

  it('a HoldfastError of the deadline in front of the first attempt has the shape of a timeout, too', async () => {
    const server = await serve({ script: [respond(503, { headers: { 'retry-after': '2' } }), json({})] })
    const error = await failure(
      client.attached({ baseURL: server.url }, quickPolicy({ deadlineMs: 1_500, attemptMs: 1_000 })).get('/'),
    )
    // A wait that cannot end in time fails at once, with the server's own answer.
    expect([error.code, error.response?.status, server.journal.count()]).toEqual(['ERR_BAD_RESPONSE', 503, 1])
  })
})
