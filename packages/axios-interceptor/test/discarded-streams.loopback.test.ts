import { Agent } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import type { Readable } from 'node:stream'
import { halfBody, json, respond, text } from '@holdfast/fault-server'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FETCH_CLIENTS, VERSIONS } from './axios-versions.ts'
import { quickPolicy, serve } from './support.ts'

const stalled = halfBody(text('x'.repeat(40)), { ending: 'stall' })

describe.each(VERSIONS)('discarded streams on $label', (client) => {
  const agent = (): Agent => {
    const made = new Agent({ keepAlive: true, maxSockets: 1 })
    onTestFinished(() => {
      made.destroy()
    })
    return made
  }
  const run = async (first: Parameters<typeof serve>[0]['script']) => {
    const server = await serve({ script: [...(first ?? []), json({})] })
    const api = client.attached({ baseURL: server.url, responseType: 'stream', httpAgent: agent() }, quickPolicy())
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
})

describe.each(FETCH_CLIENTS)('discarded streams on $label', (client) => {
  it('case 44: a discarded stream does not hold the call up', async () => {
    const server = await serve({
      script: [
        { ...stalled, status: 503 },
        respond(503, { body: 'x'.repeat(900_000), framing: 'chunked' }),
        json({ value: 1 }),
      ],
    })
    const api = client.attached({ baseURL: server.url, responseType: 'stream' }, quickPolicy())
    const { data } = await api.get<Readable>('/')
    expect(await readText(data)).toBe('{"value":1}')
  })
})
