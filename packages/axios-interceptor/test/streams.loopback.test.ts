import { Agent } from 'node:http'
import { getEventListeners } from 'node:events'
import { text as readText } from 'node:stream/consumers'
import type { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { defineStrategy, isHoldfastError, type Policy } from '@holdfast/core'
import { drip, halfBody, json, respond, text } from '@holdfast/fault-server'
import { AxiosError, isCancel, type AxiosResponse } from 'axios'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ADAPTERS, failure, pause, quickPolicy, serve, until, withPolicy, type QuickOptions } from './support.ts'

type Body = Readable & ReadableStream<Uint8Array>

const LONG = text('x'.repeat(40))
const steady = drip(LONG, { chunkBytes: 1, everyMs: 10 })
const endless = drip(text('x'.repeat(100_000)), { chunkBytes: 1, everyMs: 10 })
const stalled = halfBody(LONG, { ending: 'stall' })

/** Reports on `released` when nothing of the attempt is left on the wire, as a concurrency limit does. */
const watched = (options: QuickOptions = {}): { policy: Policy; released: number[] } => {
  const released: number[] = []
  const watch = defineStrategy('watch', () => (next) => async (call) => {
    const outcome = await next(call)
    outcome.attempt?.onRelease(() => released.push(call.sent))
    return outcome
  })
  return { policy: quickPolicy({ ...options, extra: [watch({})] }), released }
}

const limitOf = (error: AxiosError): unknown => [
  error.code,
  isCancel(error),
  isHoldfastError(error.cause) && error.cause.code,
]

describe.each(ADAPTERS)('streamed responses on the %s adapter', (adapter) => {
  it('case 44: a stream is handed over unread, and its end releases the attempt', async () => {
    const server = await serve({ script: [respond(503, { body: 'down' }), steady] })
    const { policy, released } = watched({ attemptMs: 150 })
    const { signal } = new AbortController()
    const api = withPolicy({ baseURL: server.url, adapter, responseType: 'stream' }, policy)
    const { data } = await api.get<Body>('/', { signal })
    if (adapter === 'http') expect([data.readableFlowing, data.listenerCount('data')]).toEqual([null, 0])
    expect(released).toEqual([1])
    // The attempt timeout of 150 ms stops at the headers; the body takes 400 ms.
    expect(await readText(data)).toBe('x'.repeat(40))
    await until(() => released.length === 2)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('case 44: an abort after the headers ends the stream and the connection', async () => {
    const server = await serve({ script: [endless] })
    const controller = new AbortController()
    const { policy, released } = watched()
    const api = withPolicy({ baseURL: server.url, adapter, responseType: 'stream' }, policy)
    const { data } = await api.get<Body>('/', { signal: controller.signal })
    const reading = failure(readText(data))
    await pause(40)
    controller.abort()
    expect(isCancel(await reading) || (await reading).name).toBeTruthy()
    await until(() => server.connections.open === 0 && released.length === 1)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  it('case 44: a silent server ends the stream after bodyIdleMs, as a timeout', async () => {
    const server = await serve({ script: [stalled] })
    const { policy, released } = watched({ bodyIdleMs: 120 })
    const { data } = await withPolicy({ baseURL: server.url, adapter, responseType: 'stream' }, policy).get<Body>('/')
    const startedMs = performance.now()
    const error = await failure(readText(data))
    expect(performance.now() - startedMs).toBeLessThan(2_000)
    expect(error).toBeInstanceOf(AxiosError)
    expect(limitOf(error)).toEqual(['ETIMEDOUT', false, 'attempt-timeout'])
    await until(() => server.connections.open === 0 && released.length === 1)
  })

  it('case 44: the deadline ends a stream that never does', async () => {
    const server = await serve({ script: [endless] })
    const { data } = await withPolicy(
      { baseURL: server.url, adapter, responseType: 'stream' },
      quickPolicy({ deadlineMs: 200, attemptMs: 100 }),
    ).get<Body>('/')
    expect(limitOf(await failure(readText(data)))).toEqual(['ETIMEDOUT', false, 'deadline-exceeded'])
    await until(() => server.connections.open === 0)
  })

  it("case 44: body: 'unbounded' takes the stream out of both limits", async () => {
    const server = await serve({ script: [drip(LONG, { chunkBytes: 10, everyMs: 100 })] })
    const api = withPolicy(
      { baseURL: server.url, adapter, responseType: 'stream' },
      quickPolicy({ deadlineMs: 150, attemptMs: 100, bodyIdleMs: 40 }),
    )
    const { data } = await api.get<Body>('/', { resilience: { body: 'unbounded' } })
    expect(await readText(data)).toHaveLength(40)
  })

  it('case 44: a reader that takes its time is not taken for a silent server', async () => {
    const size = 4_000_000
    const server = await serve({ script: [respond(200, { body: 'x'.repeat(size) })] })
    const { data } = await withPolicy(
      { baseURL: server.url, adapter, responseType: 'stream' },
      quickPolicy({ bodyIdleMs: 60 }),
    ).get<Body>('/')
    let bytes = 0
    for await (const chunk of data as AsyncIterable<Uint8Array>) {
      if (bytes === 0) await pause(250)
      bytes += chunk.length
    }
    expect(bytes).toBe(size)
  })

  it('case 44: a compressed stream is read as without a policy', async () => {
    const body = gzipSync('y'.repeat(5_000))
    const server = await serve({ script: [respond(200, { headers: { 'content-encoding': 'gzip' }, body })] })
    const { policy, released } = watched()
    const { data } = await withPolicy({ baseURL: server.url, adapter, responseType: 'stream' }, policy).get<Body>('/')
    expect(await readText(data)).toBe('y'.repeat(5_000))
    await until(() => released.length === 1)
  })

  it('case 44: the stream of a final error can be read, and stays under deadline and signal', async () => {
    const server = await serve({ script: [json({ why: 'no' }, { status: 404 })] })
    const api = withPolicy(
      { baseURL: server.url, adapter, responseType: 'stream' },
      quickPolicy({ deadlineMs: 300, attemptMs: 100 }),
    )
    const error = await failure(api.get('/'))
    expect(await readText((error.response as AxiosResponse<Body>).data)).toBe('{"why":"no"}')
    server.use({ ...stalled, status: 404 })
    const slow = await failure(api.get('/'))
    expect(limitOf(await failure(readText((slow.response as AxiosResponse<Body>).data)))).toEqual([
      'ETIMEDOUT',
      false,
      'deadline-exceeded',
    ])
    const controller = new AbortController()
    const aborted = await failure(api.get('/', { signal: controller.signal }))
    const reading = failure(readText((aborted.response as AxiosResponse<Body>).data))
    controller.abort()
    expect(isCancel(await reading)).toBe(true)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    // The fetch adapter of 1.21 lets go of its signal when it rejects, so a silent connection stays until the server ends it.
    if (adapter === 'http') await until(() => server.journal.count((entry) => entry.clientLeft) === 2)
  })

  it('a stream nobody reads is closed at the deadline without ending the process', async () => {
    const uncaught: unknown[] = []
    const listen = (error: unknown): void => {
      uncaught.push(error)
    }
    process.on('uncaughtException', listen)
    onTestFinished(() => {
      process.off('uncaughtException', listen)
    })
    const server = await serve({ script: [endless] })
    await withPolicy(
      { baseURL: server.url, adapter, responseType: 'stream' },
      quickPolicy({ deadlineMs: 120, attemptMs: 100 }),
    ).get('/', { maxContentLength: 1e9 })
    await until(() => server.connections.open === 0)
    await pause(20)
    expect(uncaught).toEqual([])
  })
})

describe('discarded streams', () => {
  const agent = (): Agent => {
    const made = new Agent({ keepAlive: true, maxSockets: 1 })
    onTestFinished(() => {
      made.destroy()
    })
    return made
  }
  const run = async (first: Parameters<typeof serve>[0]['script']) => {
    const server = await serve({ script: [...(first ?? []), json({})] })
    const api = withPolicy({ baseURL: server.url, responseType: 'stream', httpAgent: agent() }, quickPolicy())
    const { data } = await api.get<Readable>('/')
    await readText(data)
    return { total: server.connections.total, hits: server.journal.count() }
  }

  it('case 44: a small one is drained, so that its only socket is used again', async () => {
    expect(await run([respond(503, { body: 'x'.repeat(100_000) }), respond(503, { body: 'down' })])).toEqual({
      total: 1,
      hits: 3,
    })
  })

  it('case 44: one above 512 kB is destroyed, announced or not', async () => {
    const body = 'x'.repeat(8_000_000)
    expect(await run([respond(503, { body }), respond(503, { body, framing: 'chunked' })])).toEqual({
      total: 3,
      hits: 3,
    })
  })

  it('case 44: a slow one is destroyed after a quarter of a second', async () => {
    const startedMs = performance.now()
    expect(await run([{ ...stalled, status: 503 }])).toEqual({ total: 2, hits: 2 })
    expect(performance.now() - startedMs).toBeLessThan(1_000)
  })

  it('case 44: on the fetch adapter a discarded stream does not hold the call up', async () => {
    const server = await serve({
      script: [
        { ...stalled, status: 503 },
        respond(503, { body: 'x'.repeat(900_000), framing: 'chunked' }),
        json({ value: 1 }),
      ],
    })
    const api = withPolicy({ baseURL: server.url, adapter: 'fetch', responseType: 'stream' }, quickPolicy())
    const { data } = await api.get<Body>('/')
    expect(await readText(data)).toBe('{"value":1}')
  })
})
