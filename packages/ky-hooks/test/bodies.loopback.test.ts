import { json, respond, text } from '@holdfast/fault-server'
import type { Options } from 'ky'
import { describe, expect, it, vi } from 'vitest'
import { attached, COPIES, failure, quickPolicy, serve } from './support.ts'

const form = (): FormData => {
  const data = new FormData()
  data.set('field', 'value')
  data.set('file', new Blob(['content'], { type: 'text/plain' }), 'a.txt')
  return data
}

const BODIES: readonly (readonly [kind: string, options: () => Options])[] = [
  ['json', () => ({ json: { order: 42 } })],
  ['text', () => ({ body: 'plain' })],
  ['URLSearchParams', () => ({ body: new URLSearchParams({ a: '1', b: 'two' }) })],
  ['FormData', () => ({ body: form() })],
  ['bytes', () => ({ body: new TextEncoder().encode('bytes') })],
  ['Blob', () => ({ body: new Blob(['blob'], { type: 'text/plain' }) })],
]

// Undici makes up a new boundary for each Request it builds.
const withoutBoundary = (value: string | undefined): string | undefined => value?.replaceAll(/-{4}formdata-[\w-]+/g, '')

describe.each(COPIES)('ky $version', (copy) => {
  it.each(BODIES)('case 62: %s goes out again, the same and with its length', async (_kind, options) => {
    const { url, journal } = await serve(respond(503), respond(503), json({ ok: true }))
    const api = attached(copy, quickPolicy())
    expect(await api.put(url, options()).json()).toEqual({ ok: true })
    const sent = journal.entries.map(({ body, headers }) => ({
      body: withoutBoundary(body),
      type: withoutBoundary(headers['content-type']),
      length: headers['content-length'],
      encoding: headers['transfer-encoding'],
    }))
    expect(sent).toHaveLength(3)
    expect(sent[1]).toEqual(sent[0])
    expect(sent[2]).toEqual(sent[0])
    expect(sent[0]?.body).not.toBe('')
    expect(sent[0]?.length).toBeDefined()
    journal.clear()
    await copy.ky.put(url, options())
    const [stock] = journal.entries
    expect(withoutBoundary(stock?.body)).toBe(sent[0]?.body)
    expect(stock?.headers['content-length']).toBe(sent[0]?.length)
  })

  it('case 62: search parameters stay the same in every attempt', async () => {
    const { url, journal } = await serve(respond(503), text('ok'))
    await attached(copy, quickPolicy(), { searchParams: { page: '1' } }).get(url, { searchParams: { size: 2 } })
    expect(journal.entries.map(({ query }) => query)).toEqual(['page=1&size=2', 'page=1&size=2'])
  })

  it('case 62: a Request goes out again with method, headers and body, and is used as in stock ky', async () => {
    const { url, journal } = await serve(respond(503), text('ok'))
    const input = new Request(url, { method: 'PUT', body: 'request', headers: { authorization: 'Bearer 1' } })
    await attached(copy, quickPolicy())(input)
    expect(journal.entries.map(({ method, body, headers }) => [method, body, headers['authorization']])).toEqual([
      ['PUT', 'request', 'Bearer 1'],
      ['PUT', 'request', 'Bearer 1'],
    ])
    const other = new Request(url, { method: 'PUT', body: 'request' })
    await copy.ky(other)
    expect(input.bodyUsed).toBe(other.bodyUsed)
  })

  it('case 63: a ReadableStream is sent once, and the outcome is that of the one attempt', async () => {
    const { url, journal } = await serve(respond(503), text('ok'))
    const body = new Blob(['stream']).stream()
    const error = await failure(attached(copy, quickPolicy()).put(url, { body }))
    expect(error.response.status).toBe(503)
    expect(journal.entries.map((entry) => entry.body)).toEqual(['stream'])
  })

  it('a POST is sent again only with an idempotency key', async () => {
    const { url, journal } = await serve(respond(503), json({ ok: true }))
    const api = attached(copy, quickPolicy())
    expect((await failure(api.post(url, { json: { order: 1 } }))).response.status).toBe(503)
    expect(journal.count()).toBe(1)
  })

  it('case 61: throwHttpErrors: false resolves with the last answer', async () => {
    const { url, journal } = await serve(respond(503), respond(503), json({ last: true }, { status: 503 }))
    const response = await attached(copy, quickPolicy(), { throwHttpErrors: false }).get(url)
    expect([response.status, await response.json(), journal.count()]).toEqual([503, { last: true }, 3])
  })

  it.skipIf(copy.version === '1.13.0')('case 61: throwHttpErrors may be a function', async () => {
    const { url } = await serve(respond(404))
    const api = attached(copy, quickPolicy(), { throwHttpErrors: (status) => status !== 404 })
    expect((await api.get(url)).status).toBe(404)
    const { url: broken } = await serve(respond(500))
    expect((await failure(api.get(broken))).response.status).toBe(500)
  })

  it('case 65: onDownloadProgress tells of the final response alone', async () => {
    const { url, journal } = await serve(respond(503, { body: 'busy'.repeat(100) }), text('ok'.repeat(50)))
    const seen: { percent: number; transferredBytes: number; totalBytes: number }[] = []
    const onDownloadProgress: Options['onDownloadProgress'] = (progress) => seen.push(progress)
    expect(await attached(copy, quickPolicy()).get(url, { onDownloadProgress }).text()).toBe('ok'.repeat(50))
    expect(journal.count()).toBe(2)
    expect(seen.at(-1)).toEqual({ percent: 1, transferredBytes: 100, totalBytes: 100 })
    expect(seen.every(({ totalBytes }) => totalBytes === 100)).toBe(true)
  })

  it('case 65: onUploadProgress comes to its end, and every attempt sends the whole body', async () => {
    const { url, journal } = await serve(respond(503), text('ok'))
    const onUploadProgress = vi.fn<NonNullable<Options['onUploadProgress']>>()
    const body = 'u'.repeat(5_000)
    expect(await attached(copy, quickPolicy()).put(url, { body, onUploadProgress }).text()).toBe('ok')
    expect(journal.entries.map((entry) => entry.body)).toEqual([body, body])
    expect(onUploadProgress.mock.calls.at(-1)?.[0]).toMatchObject({ percent: 1, transferredBytes: 5_000 })
  })
})
