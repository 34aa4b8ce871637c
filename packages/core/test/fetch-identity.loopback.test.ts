import { createFaultServer, json, respond, text, type FaultServer } from '@holdfast/fault-server'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { isHoldfastError, standardPolicy, wrapFetch } from '../src/index.ts'

const servers: FaultServer[] = []
const serve = async (...script: Parameters<typeof createFaultServer>[0]['script'] & object): Promise<FaultServer> => {
  const server = await createFaultServer({ script, journal: { bodies: true, headers: ['idempotency-key', 'x-own'] } })
  servers.push(server)
  return server
}
const policy = () => standardPolicy({ name: 'identity', retry: { baseMs: 1, throttledBaseMs: 1 } })

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

describe('the shape of fetch', () => {
  test('case 71: name, length, errors for no argument and for an invalid signal', async () => {
    const wrapped = wrapFetch(policy())
    expect([wrapped.name, wrapped.length]).toEqual(['fetch', 1])
    await expect((wrapped as () => Promise<Response>)()).rejects.toBeInstanceOf(TypeError)
    // Browsers tell no argument from `undefined`, which they send to "/undefined".
    const base = vi.fn(() => Promise.resolve(new Response()))
    await (wrapFetch(policy(), base) as () => Promise<Response>)()
    expect(base.mock.lastCall).toEqual([])
    await expect(wrapped('http://127.0.0.1:1/', { signal: 'soon' as unknown as AbortSignal })).rejects.toBeInstanceOf(
      TypeError,
    )
  })

  test('a look at the body uses nothing up', async () => {
    const base = new Response('whole')
    const native = base.body
    const response = await wrapFetch(policy(), () => Promise.resolve(base))('https://api.example/')
    expect(response.body).not.toBeNull()
    expect(native?.locked).toBe(false)
    expect(response.bodyUsed).toBe(false)
    expect(await response.text()).toBe('whole')
    expect(response.bodyUsed).toBe(true)
  })

  test.each(['text', 'json', 'arrayBuffer', 'blob', 'bytes'] as const)(
    'a body whose reader is taken is not given to %s as well, and stays under its limits',
    async (reader) => {
      const { url } = await serve(text('whole'), text('whole'))
      const refusal = async (send: typeof fetch): Promise<unknown> => {
        const response = await send(url)
        const taken = response.body?.getReader()
        const error: unknown = await response[reader]().catch((caught: unknown) => caught)
        expect(new TextDecoder().decode((await taken?.read())?.value)).toBe('whole')
        return error
      }
      const stock = (await refusal(fetch)) as Error
      expect(stock).toBeInstanceOf(TypeError)
      expect(await refusal(wrapFetch(policy()))).toMatchObject({ name: stock.name, message: stock.message })
    },
  )

  test('the stream of a call that is aborted already is cancelled with the reason, as without us', async () => {
    for (const send of [fetch, wrapFetch(policy())]) {
      const cancelled: unknown[] = []
      const body = new ReadableStream({ cancel: (reason) => void cancelled.push(reason) })
      const reason = new Error('never mind')
      const init = { method: 'POST', body, duplex: 'half', signal: AbortSignal.abort(reason) } as const
      await expect(send('http://127.0.0.1:1/', init)).rejects.toBe(reason)
      expect(cancelled).toEqual([reason])
    }
  })

  test('case 72: string, URL and Request, and init over Request', async () => {
    const { url, journal } = await serve(text('ok'))
    const wrapped = wrapFetch(policy())
    await (await wrapped(`${url}/string`)).text()
    await (await wrapped(new URL(`${url}/url`))).text()
    await (
      await wrapped(new Request(`${url}/request`, { method: 'PUT', body: 'x' }), {
        method: 'DELETE',
        headers: { 'x-own': '1' },
      })
    ).text()
    expect(journal.entries.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /string',
      'GET /url',
      'DELETE /request',
    ])
    expect(journal.entries[2]).toMatchObject({ headers: { 'x-own': '1' }, body: 'x' })
  })

  test("case 81: the platform's own response", async () => {
    const { url } = await serve(respond(302, { headers: { location: '/there' } }), json({ a: 1 }))
    const response = await wrapFetch(policy())(`${url}/here`)
    expect(response).toBeInstanceOf(Response)
    expect([response.url, response.redirected, response.type]).toEqual([`${url}/there`, true, 'basic'])
    expect(Object.keys(response)).toEqual([])
    expect(await response.json()).toEqual({ a: 1 })
    expect(response.bodyUsed).toBe(true)
  })

  test('readers that the base put on its response are called', async () => {
    const wrapped = wrapFetch(policy(), () => {
      const response = new Response('{"a":1}')
      response.json = () => Promise.resolve({ decorated: true })
      return Promise.resolve(response)
    })
    expect(await (await wrapped('http://a.example/')).json()).toEqual({ decorated: true })
  })

  test('case 83: a manual redirect is untouched', async () => {
    const { url, journal } = await serve(respond(302, { headers: { location: '/there' } }))
    const response = await wrapFetch(policy())(url, { redirect: 'manual' })
    expect(response.status).toBe(302)
    expect(journal.count()).toBe(1)
  })

  test('case 84: programming errors are sent nowhere and not retried', async () => {
    const base = vi.fn(globalThis.fetch)
    const wrapped = wrapFetch(policy(), base)
    await expect(wrapped('nowhere')).rejects.toBeInstanceOf(TypeError)
    await expect(wrapped('http://127.0.0.1:1/', { headers: { 'bad name': 'x' } })).rejects.toBeInstanceOf(TypeError)
    await expect(wrapped('gopher://127.0.0.1/')).rejects.toBeInstanceOf(TypeError)
    expect(base.mock.calls.length).toBeLessThanOrEqual(3)
  })

  test('case 85: unknown init keys reach every attempt and a frozen init is left alone', async () => {
    const base = vi.fn<typeof fetch>(() => Promise.resolve(new Response(null, { status: 503 })))
    const init = Object.freeze({
      dispatcher: { own: true },
      resilience: Object.freeze({ priority: 'critical' as const }),
    })
    await wrapFetch(policy(), base as typeof fetch)('http://a.example/', init)
    expect(base).toHaveBeenCalledTimes(3)
    for (const [, given] of base.mock.calls) {
      expect(given).toMatchObject({ dispatcher: { own: true } })
      expect(given).not.toHaveProperty('resilience')
    }
  })

  test('cases 86 and 87: a base that throws rejects, and the global is looked up at the time of the call', async () => {
    const thrower = wrapFetch(policy(), () => {
      throw new RangeError('sync')
    })
    await expect(thrower('http://a.example/')).rejects.toBeInstanceOf(RangeError)
    const wrapped = wrapFetch(policy())
    const late = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('late'))
    expect(await (await wrapped('http://a.example/')).text()).toBe('late')
    late.mockRestore()
  })

  test('resilience: false sends past the policy', async () => {
    const { url, journal } = await serve(respond(503))
    const own = policy()
    own.forceOpen('maintenance')
    expect((await wrapFetch(own)(url, { resilience: false })).status).toBe(503)
    await expect(wrapFetch(own)(url)).rejects.toSatisfy(isHoldfastError)
    expect(journal.count()).toBe(1)
  })
})

describe('bodies', () => {
  test('case 73: a Request with a body is replayed, and used as without us', async () => {
    const { url, journal } = await serve(respond(503), respond(503), text('ok'))
    const request = new Request(url, { method: 'PUT', body: 'payload' })
    expect(await (await wrapFetch(policy())(request)).text()).toBe('ok')
    expect(request.bodyUsed).toBe(true)
    expect(journal.entries.map(({ body }) => body)).toEqual(['payload', 'payload', 'payload'])
  })

  test('case 74: a used Request fails as without us', async () => {
    const request = new Request('http://127.0.0.1:1/', { method: 'PUT', body: 'x' })
    await request.text()
    await expect(wrapFetch(policy())(request)).rejects.toBeInstanceOf(TypeError)
  })

  test.each([
    ['string', () => 'text'],
    ['bytes', () => new TextEncoder().encode('text')],
    ['URLSearchParams', () => new URLSearchParams({ a: 'text' })],
    ['Blob', () => new Blob(['text'])],
    [
      'FormData',
      () => {
        const form = new FormData()
        form.set('a', 'text')
        return form
      },
    ],
  ])('case 75: %s replays', async (_kind, body) => {
    const { url, journal } = await serve(respond(503), text('ok'))
    await (await wrapFetch(policy())(url, { method: 'PUT', body: body() })).text()
    expect(journal.entries).toHaveLength(2)
    for (const entry of journal.entries) expect(entry.body).toContain('text')
    expect(journal.entries[1]?.bodyBytes).toBe(journal.entries[0]?.bodyBytes)
  })

  test('case 76: a stream is sent once and its outcome returned', async () => {
    const { url, journal } = await serve(respond(503), text('ok'))
    const body = new Blob(['stream']).stream()
    const response = await wrapFetch(policy())(url, { method: 'PUT', body, duplex: 'half' } as RequestInit)
    expect(response.status).toBe(503)
    expect(journal.entries.map((entry) => entry.body)).toEqual(['stream'])
  })

  test('a POST that may have been processed is sent once; with a key again, with the same key and bytes', async () => {
    const { url, journal } = await serve({ kind: 'disconnect', at: 'after-reading', ending: 'reset' })
    const wrapped = wrapFetch(policy())
    await expect(wrapped(url, { method: 'POST', body: 'order' })).rejects.toBeInstanceOf(TypeError)
    expect(journal.count()).toBe(1)
    await expect(
      wrapped(url, { method: 'POST', body: 'order', resilience: { idempotencyKey: 'auto' } }),
    ).rejects.toBeInstanceOf(TypeError)
    await expect(
      wrapped(url, { method: 'POST', body: 'order', headers: { 'Idempotency-Key': 'mine' } }),
    ).rejects.toBeInstanceOf(TypeError)
    const sent = journal.entries.slice(1).map(({ headers, body }) => [headers['idempotency-key'], body])
    expect(sent).toHaveLength(6)
    expect(new Set(sent.slice(0, 3).map(String)).size).toBe(1)
    expect(sent[0]?.[0]).toMatch(/^[0-9a-f-]{36}$/)
    expect(sent.slice(3)).toEqual(Array(3).fill(['mine', 'order']))
  })

  test("case 96: with a header name of the policy's own, the caller's key is looked for under that name", async () => {
    const { url, journal } = await serve({ kind: 'disconnect', at: 'after-reading', ending: 'reset' })
    const named = standardPolicy({
      name: 'named',
      idempotencyKey: { key: 'auto', header: 'X-Own' },
      retry: { baseMs: 1, throttledBaseMs: 1 },
    })
    expect(named.idempotencyHeader).toBe('X-Own')
    const request = { method: 'POST', body: 'order', headers: { 'x-own': 'mine' } }
    await expect(wrapFetch(named)(url, request)).rejects.toBeInstanceOf(TypeError)
    await expect(wrapFetch(named)(new Request(url, request))).rejects.toBeInstanceOf(TypeError)
    expect(journal.entries.map(({ headers }) => headers['x-own'])).toEqual(Array(6).fill('mine'))
  })
})
