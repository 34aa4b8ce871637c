import { getEventListeners } from 'node:events'
import { text as readText } from 'node:stream/consumers'
import type { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { defineStrategy, isHoldfastError, type Policy } from '@holdfast/core'
import { drip, halfBody, json, respond, text, type FaultServer } from '@holdfast/fault-server'
import { isCancel, type AxiosError, type AxiosResponse } from 'axios'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { failure, pause, quickPolicy, serve, until, type QuickOptions } from './support.ts'
import { CLIENTS } from './axios-versions.ts'
import { fetchClosesAborted } from './runtime-fetch.ts'

type Body = Readable & ReadableStream<Uint8Array>

const LONG = text('x'.repeat(40))
const steady = drip(LONG, { chunkBytes: 1, everyMs: 20 })
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

let isFetchClosing = true
beforeAll(async () => {
  isFetchClosing = await fetchClosesAborted()
})

describe.each(CLIENTS)('streamed responses on $label', (client) => {
  const connectionsClose = async (server: FaultServer): Promise<void> => {
    if (client.adapter === 'http' || isFetchClosing) await until(() => server.connections.open === 0)
  }

  it('case 44: a stream is handed over unread, and its end releases the attempt', async () => {
    const server = await serve({ script: [respond(503, { body: 'down' }), steady] })
    const { policy, released } = watched({ attemptMs: 400 })
    const { signal } = new AbortController()
    const api = client.attached({ baseURL: server.url, responseType: 'stream' }, policy)
    const { data } = await api.get<Body>('/', { signal })
    if (client.adapter === 'http') expect([data.readableFlowing, data.listenerCount('data')]).toEqual([null, 0])
    expect(released).toEqual([1])
    // The attempt timeout of 400 ms stops at the headers; the body takes 800 ms.
    expect(await readText(data)).toBe('x'.repeat(40))
    await until(() => released.length === 2)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('case 44: an abort after the headers ends the stream and the connection', async () => {
    const server = await serve({ script: [endless] })
    const controller = new AbortController()
    const { policy, released } = watched()
    const api = client.attached({ baseURL: server.url, responseType: 'stream' }, policy)
    const { data } = await api.get<Body>('/', { signal: controller.signal })
    const reading = failure(readText(data))
    await pause(40)
    controller.abort()
    expect(isCancel(await reading) || (await reading).name).toBeTruthy()
    await until(() => released.length === 1)
    await connectionsClose(server)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  it('case 44: a silent server ends the stream after bodyIdleMs, as a timeout', async () => {
    const server = await serve({ script: [stalled] })
    const { policy, released } = watched({ bodyIdleMs: 120 })
    const { data } = await client.attached({ baseURL: server.url, responseType: 'stream' }, policy).get<Body>('/')
    const startedMs = performance.now()
    const error = await failure(readText(data))
    expect(performance.now() - startedMs).toBeLessThan(2_000)
    expect(error).toBeInstanceOf(client.axios.AxiosError)
    expect(limitOf(error)).toEqual(['ETIMEDOUT', false, 'attempt-timeout'])
    await until(() => released.length === 1)
    await connectionsClose(server)
  })

  it('case 44: the deadline ends a stream that never does', async () => {
    const server = await serve({ script: [endless] })
    const { data } = await client
      .attached({ baseURL: server.url, responseType: 'stream' }, quickPolicy({ deadlineMs: 500, attemptMs: 400 }))
      .get<Body>('/')
    expect(limitOf(await failure(readText(data)))).toEqual(['ETIMEDOUT', false, 'deadline-exceeded'])
    await connectionsClose(server)
  })

  it("case 44: body: 'unbounded' takes the stream out of both limits", async () => {
    const server = await serve({ script: [drip(LONG, { chunkBytes: 10, everyMs: 200 })] })
    const api = client.attached(
      { baseURL: server.url, responseType: 'stream' },
      quickPolicy({ deadlineMs: 400, attemptMs: 400, bodyIdleMs: 40 }),
    )
    const { data } = await api.get<Body>('/', { resilience: { body: 'unbounded' } })
    expect(await readText(data)).toHaveLength(40)
  })

  it('case 44: a reader that takes its time is not taken for a silent server', async () => {
    const size = 4_000_000
    const server = await serve({ script: [respond(200, { body: 'x'.repeat(size) })] })
    const { data } = await client
      .attached({ baseURL: server.url, responseType: 'stream' }, quickPolicy({ bodyIdleMs: 60 }))
      .get<Body>('/')
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
    const { data } = await client.attached({ baseURL: server.url, responseType: 'stream' }, policy).get<Body>('/')
    expect(await readText(data)).toBe('y'.repeat(5_000))
    await until(() => released.length === 1)
  })

  it('case 44: the stream of a final error can be read, and stays under deadline and signal', async () => {
    const server = await serve({ script: [json({ why: 'no' }, { status: 404 })] })
    const api = client.attached(
      { baseURL: server.url, responseType: 'stream' },
      quickPolicy({ deadlineMs: 500, attemptMs: 400 }),
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
    if (client.adapter === 'http') await until(() => server.journal.count((entry) => entry.clientLeft) === 2)
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
    await client
      .attached({ baseURL: server.url, responseType: 'stream' }, quickPolicy({ deadlineMs: 400, attemptMs: 400 }))
      .get('/', { maxContentLength: 1e9 })
    await connectionsClose(server)
    await pause(20)
    expect(uncaught).toEqual([])
  })
})
