import { getEventListeners } from 'node:events'
import { createRequire } from 'node:module'
import { defineStrategy } from '@holdfast/core'
import { json, respond, stall, text, drip } from '@holdfast/fault-server'
import { isCancel, type AxiosAdapter, type AxiosError, type AxiosInstance } from 'axios'
import { describe, expect, it } from 'vitest'
import { failure, pause, quickPolicy, serve, until } from './support.ts'
import { CLIENTS } from './axios-versions.ts'

// The package has no types; its controller has the interface of the platform's.
const polyfill = createRequire(import.meta.url)('abortcontroller-polyfill/dist/cjs-ponyfill.js') as {
  AbortController: typeof AbortController
}

/** A stage that holds every call back, as a queue does, until its signal aborts. */
const holdBack = defineStrategy('holdBack', () => (next) => async (call) => {
  await new Promise((resolve) => {
    call.signal?.addEventListener('abort', resolve, { once: true })
  })
  return next(call)
})

describe.each(CLIENTS)('cancellation on $label', (client) => {
  it('case 37: an abort in flight ends the call and is never retried', async () => {
    const server = await serve({ script: [stall()] })
    const abortInFlight = async (api: AxiosInstance, controller: AbortController): Promise<AxiosError> => {
      server.journal.clear()
      const call = failure(api.get('/', { signal: controller.signal }))
      await until(() => server.journal.count() > 0)
      controller.abort()
      return call
    }
    const stock = await abortInFlight(client.stock({ baseURL: server.url }), new AbortController())
    const controller = new AbortController()
    const error = await abortInFlight(client.attached({ baseURL: server.url }, quickPolicy()), controller)
    // The fetch adapter of 1.7 gives it the prototype of AxiosError, the others that of CanceledError.
    expect(Object.getPrototypeOf(error)).toBe(Object.getPrototypeOf(stock))
    expect([error.code, error.message, isCancel(error)]).toEqual(['ERR_CANCELED', stock.message, true])
    expect(error.config?.signal).toBe(controller.signal)
    await until(() => server.journal.entries[0]?.clientLeft === true)
    await pause(30)
    expect(server.journal.count()).toBe(1)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  it('case 37: an abort during backoff ends the wait at once', async () => {
    const server = await serve({ script: [respond(503)] })
    const controller = new AbortController()
    const api = client.attached({ baseURL: server.url }, quickPolicy())
    const startedMs = performance.now()
    const call = failure(api.get('/', { signal: controller.signal, resilience: { retry: { backoff: () => 3_000 } } }))
    await until(() => server.journal.entries[0]?.settledAtMs !== null && server.journal.count() > 0)
    await pause(20)
    controller.abort()
    const error = await call
    expect(performance.now() - startedMs).toBeLessThan(1_000)
    expect([isCancel(error), error.code, error.config?.url, server.journal.count()]).toEqual([
      true,
      'ERR_CANCELED',
      '/',
      1,
    ])
  })

  it('case 37: an abort in a queue ends the wait, and nothing is sent', async () => {
    const server = await serve({ script: [json({})] })
    const controller = new AbortController()
    const api = client.attached({ baseURL: server.url }, quickPolicy({ extra: [holdBack({})] }))
    const call = failure(api.get('/', { signal: controller.signal }))
    await pause(10)
    controller.abort(new Error('the user left'))
    expect([isCancel(await call), server.journal.count()]).toEqual([true, 0])
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  it.each(['in flight', 'in backoff'])(
    'case 38: a cancelToken does the same %s and keeps its message',
    async (where) => {
      const server = await serve({ script: [where === 'in flight' ? stall() : respond(503)] })
      const source = client.axios.CancelToken.source()
      const api = client.attached({ baseURL: server.url }, quickPolicy())
      const call = failure(api.get('/', { cancelToken: source.token, resilience: { retry: { backoff: () => 3_000 } } }))
      await until(() => server.journal.count() > 0)
      await pause(20)
      source.cancel('no longer needed')
      const error = await call
      expect([isCancel(error), error.message, server.journal.count()]).toEqual([true, 'no longer needed', 1])
      expect((source.token as unknown as { _listeners?: unknown[] | null })._listeners ?? []).toEqual([])
    },
  )

  it('case 38: with a signal and a token, either ends the call', async () => {
    const server = await serve({ script: [stall()] })
    const api = client.attached({ baseURL: server.url }, quickPolicy())
    const controller = new AbortController()
    const { token } = client.axios.CancelToken.source()
    const call = failure(api.get('/', { signal: controller.signal, cancelToken: token }))
    await until(() => server.journal.count() > 0)
    controller.abort()
    expect(isCancel(await call)).toBe(true)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    expect((token as unknown as { _listeners?: unknown[] | null })._listeners ?? []).toEqual([])
  })

  it('case 38: a token that is not used has no listener left after a success', async () => {
    const server = await serve({ script: [respond(503), json({})] })
    const { token } = client.axios.CancelToken.source()
    await client.attached({ baseURL: server.url }, quickPolicy()).get('/', { cancelToken: token })
    await pause(5)
    expect((token as unknown as { _listeners?: unknown[] | null })._listeners ?? []).toEqual([])
  })

  it('case 37: whoever wraps the adapter behind the policy sees the cancellation, too', async () => {
    const server = await serve({ script: [respond(503)] })
    const seen: unknown[] = []
    const api = client.stock({ baseURL: server.url })
    api.interceptors.request.use((config) => {
      const inner = config.adapter as AxiosAdapter
      config.adapter = async (given) => {
        try {
          return await inner(given)
        } catch (error) {
          seen.push(error)
          throw error
        }
      }
      return config
    })
    client.attach(api, quickPolicy())
    const controller = new AbortController()
    const call = failure(api.get('/', { signal: controller.signal, resilience: { retry: { backoff: () => 3_000 } } }))
    await until(() => server.journal.count() > 0)
    await pause(20)
    controller.abort(new Error('gone'))
    expect(seen).toEqual([])
    expect([isCancel(await call), seen.map(isCancel)]).toEqual([true, [true]])
  })

  it('case 39: already aborted or cancelled, nothing reaches the wire', async () => {
    const server = await serve({ script: [json({})] })
    const api = client.attached({ baseURL: server.url }, quickPolicy())
    const source = client.axios.CancelToken.source()
    source.cancel('too late')
    const errors = [
      await failure(api.get('/', { signal: AbortSignal.abort() })),
      await failure(api.get('/', { cancelToken: source.token })),
    ]
    expect(errors.map((error) => [isCancel(error), error.message])).toEqual([
      [true, 'canceled'],
      [true, 'too late'],
    ])
    await pause(20)
    expect(server.journal.count()).toBe(0)
  })

  it('case 39: aborted by the transform of the request, just before the adapter, nothing reaches the wire', async () => {
    const server = await serve({ script: [json({})] })
    const controller = new AbortController()
    const api = client.attached({ baseURL: server.url }, quickPolicy())
    const error = await failure(
      api.post('/', 'x', {
        signal: controller.signal,
        transformRequest: (data: unknown) => {
          controller.abort()
          return data
        },
      }),
    )
    await pause(20)
    expect([isCancel(error), server.journal.count(), error.config?.adapter]).toEqual([true, 0, client.adapter])
  })

  it('case 40: a polyfilled signal works and has no listener left', async () => {
    const server = await serve({ script: [respond(503), json({}), stall()] })
    const listeners = (signal: unknown): unknown[] =>
      (signal as { listeners: Record<string, unknown[]> }).listeners['abort'] ?? []
    const api = client.attached({ baseURL: server.url }, quickPolicy())
    const controller = new polyfill.AbortController()
    expect((await api.get('/', { signal: controller.signal })).status).toBe(200)
    expect(listeners(controller.signal)).toEqual([])
    const call = failure(api.get('/', { signal: controller.signal }))
    await until(() => server.journal.count() > 2)
    controller.abort()
    expect(isCancel(await call)).toBe(true)
    expect(listeners(controller.signal)).toEqual([])
  })

  it('an abort while the body arrives cancels like in stock', async () => {
    const server = await serve({ script: [drip(text('x'.repeat(40)), { chunkBytes: 1, everyMs: 20 })] })
    const run = async (api: AxiosInstance) => {
      const controller = new AbortController()
      const call = failure(api.get('/', { signal: controller.signal }))
      await pause(120)
      controller.abort()
      const error = await call
      return [error.name, error.code, error.message]
    }
    expect(await run(client.attached({ baseURL: server.url }, quickPolicy()))).toEqual(
      await run(client.stock({ baseURL: server.url })),
    )
  })
})
