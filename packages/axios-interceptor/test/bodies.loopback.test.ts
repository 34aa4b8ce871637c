import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { callReport } from '@holdfast/core'
import { json, respond } from '@holdfast/fault-server'
import FormDataPackage from 'form-data'
import type { AxiosProgressEvent } from 'axios'
import { describe, expect, it } from 'vitest'
import { failure, quickPolicy, serve, until } from './support.ts'
import { CLIENTS, VERSIONS } from './axios-versions.ts'

const flaky = [respond(503), json({ value: 1 })] as const

const form = (): FormData => {
  const data = new FormData()
  data.set('title', 'Käse')
  data.set('file', new Blob(['bytes'], { type: 'text/plain' }), 'a.txt')
  return data
}

const replayable: Readonly<Record<string, () => unknown>> = {
  'a JSON object': () => ({ a: [1, 2] }),
  'a string': () => 'plain Käse',
  'a Buffer': () => Buffer.from([0, 1, 2, 250]),
  'a Uint8Array': () => new Uint8Array([1, 2, 3]),
  'an ArrayBuffer': () => new Uint8Array([4, 5]).buffer,
  URLSearchParams: () => new URLSearchParams({ a: 'b c' }),
  'a Blob': () => new Blob(['blob']),
  FormData: form,
  nothing: () => undefined,
}

// Each attempt of the http adapter makes up a new multipart boundary.
const withoutBoundary = (body: string | undefined): string =>
  String(body).replace(/-{2,}[\w.-]*boundary-?[\w-]+|-{2,}formdata-[\w-]+/g, '#')

describe.each(CLIENTS)('bodies on $label', (client) => {
  it.each(Object.entries(replayable))('case 43: %s is sent whole by every attempt', async (name, make) => {
    const server = await serve({ script: [json({})] })
    const headers = name === 'a string' || name === 'a Blob' ? { 'Content-Type': 'text/plain' } : {}
    await client.stock({ baseURL: server.url, headers }).put('/', make())
    server.use(flaky)
    await client.attached({ baseURL: server.url, headers }, quickPolicy()).put('/', make())
    const [stock, first, second] = server.journal.entries
    for (const entry of [first, second]) {
      expect(entry?.headers['content-length']).toBe(stock?.headers['content-length'])
      if (name === 'FormData') expect(withoutBoundary(entry?.body)).toBe(withoutBoundary(stock?.body))
      else
        expect([entry?.bodySha256, entry?.headers['content-type']]).toEqual([
          stock?.bodySha256,
          stock?.headers['content-type'],
        ])
    }
    expect(first?.bodyBytes).toBe(stock?.bodyBytes)
  })

  it('case 41: a stream that can be read once is sent once, whole, and the report says why', async () => {
    const server = await serve({ script: flaky })
    const api = client.attached({ baseURL: server.url }, quickPolicy())
    for (const make of [() => Readable.from(['abc', 'def']), () => createReadStream(new URL(import.meta.url))]) {
      server.use(flaky)
      server.journal.clear()
      const error = await failure(api.put('/', make()))
      expect([error.response?.status, callReport(error)?.stoppedBy, server.journal.count()]).toEqual([503, 'body', 1])
      expect(server.journal.entries[0]?.bodyBytes).toBeGreaterThan(5)
    }
  })

  it('case 45: progress callbacks start anew with each attempt', async () => {
    const server = await serve({ script: flaky })
    const events: AxiosProgressEvent[] = []
    const api = client.attached({ baseURL: server.url }, quickPolicy())
    await api.put('/', 'x'.repeat(1_000), { onUploadProgress: (event) => events.push(event) })
    await until(() => events.filter(({ loaded }) => loaded === 1_000).length >= 2)
    expect(server.journal.count()).toBe(2)
  })
})

describe.each(VERSIONS)('multipart bodies of the form-data package on $label', (client) => {
  it('case 42: such a form is sent once, whole, and never hangs', async () => {
    const server = await serve({ script: flaky })
    const data = new FormDataPackage()
    data.append('title', 'x')
    data.append('file', Buffer.from('bytes'), 'a.txt')
    const api = client.attached({ baseURL: server.url }, quickPolicy())
    const error = await failure(api.put('/', data))
    expect([error.response?.status, callReport(error)?.stoppedBy, server.journal.count()]).toEqual([503, 'body', 1])
    expect(server.journal.entries[0]?.body).toContain('bytes')
  })

  it('case 42: postForm, which makes one in Node, is sent once, whole', async () => {
    const server = await serve({ script: flaky })
    const api = client.attached({ baseURL: server.url }, quickPolicy())
    const error = await failure(api.postForm('/', { title: 'x' }, { resilience: { idempotent: true } }))
    expect([error.response?.status, server.journal.count()]).toEqual([503, 1])
    expect(server.journal.entries[0]?.body).toContain('name="title"')
  })
})
