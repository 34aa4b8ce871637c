import { callReport, circuitBreaker, isHoldfastError } from '@holdfast/core'
import { halfBody, json, reset, respond, stall } from '@holdfast/fault-server'
import type { AxiosError, AxiosInstance, AxiosResponse } from 'axios'
import { describe, expect, it } from 'vitest'
import { failure, quickPolicy, serve } from './support.ts'
import { CLIENTS } from './axios-versions.ts'

describe.each(CLIENTS)('failures on $label', (client) => {
  it('case 29: a 503 that validateStatus accepts is retried, and the final one resolves', async () => {
    const server = await serve({
      script: [respond(503), respond(503), json({ value: 1 }), respond(503, { body: 'down' })],
    })
    const api = client.attached({ baseURL: server.url, validateStatus: () => true }, quickPolicy())
    expect((await api.get<unknown>('/')).data).toEqual({ value: 1 })
    expect(server.journal.count()).toBe(3)
    const last = await api.get<unknown>('/')
    expect([last.status, last.data, server.journal.count()]).toEqual([503, 'down', 6])
  })

  it('case 30: error.response.status still tells the caller what happened after the last attempt', async () => {
    const server = await serve({ script: [respond(503), json({ reason: 'gone' }, { status: 404 })] })
    const error = await failure(client.attached({ baseURL: server.url }, quickPolicy()).get('/'))
    expect([error.response?.status, error.response?.data, error.code]).toEqual([
      404,
      { reason: 'gone' },
      'ERR_BAD_REQUEST',
    ])
    expect(server.journal.count()).toBe(2)
  })

  it('case 30: the report of an error lists its attempts', async () => {
    const server = await serve({ script: [respond(503)] })
    const error = await failure(client.attached({ baseURL: server.url }, quickPolicy()).get('/'))
    const report = callReport(error)
    expect([report?.key, report?.stoppedBy, report?.attempts.map(({ status }) => status)]).toEqual([
      server.url,
      'attempts',
      [503, 503, 503],
    ])
  })

  it('case 31: a reset is retried', async () => {
    const server = await serve({ script: [reset('before-reading'), reset('while-headers'), json({})] })
    expect((await client.attached({ baseURL: server.url }, quickPolicy()).get('/')).status).toBe(200)
    expect(server.journal.count()).toBe(3)
  })

  it('case 31: a refused connection is retried for any method, because nothing was sent', async () => {
    const server = await serve({ script: [json({})] })
    const api = client.attached({ baseURL: server.url }, quickPolicy({ maxRetries: 3, baseMs: 200 }))
    await server.refuseConnections()
    const call = api.post('/', { a: 1 })
    await new Promise((resolve) => setTimeout(resolve, 20))
    await server.acceptConnections()
    expect((await call).status).toBe(200)
    expect(server.journal.count()).toBe(1)
  })

  it('case 32: a body cut short is retried although its status is 200', async () => {
    const cut = halfBody(json({ text: 'x'.repeat(2_000) }), { ending: 'reset' })
    const server = await serve({ script: [cut, halfBody(json({ text: 'y' })), json({ value: 1 })] })
    expect((await client.attached({ baseURL: server.url }, quickPolicy()).get<unknown>('/')).data).toEqual({
      value: 1,
    })
    expect(server.journal.count()).toBe(3)
  })

  it('case 34: what the request itself got wrong is never retried', async () => {
    const server = await serve({ script: [json({ long: 'x'.repeat(500) })] })
    const policy = quickPolicy()
    const attempts: (number | undefined)[] = []
    policy.on('call-ended', (event) => attempts.push(event.attempts))
    const fail = (text: string) => (): never => {
      throw new Error(text)
    }
    const wrongCalls: readonly ((api: AxiosInstance) => Promise<AxiosResponse>)[] = [
      (api) => api.get('http://[broken'),
      (api) => api.get('nonsense://host/', { baseURL: '' }),
      (api) => api.get('/', { maxContentLength: 10 }),
      (api) => api.post('/', 'x'.repeat(100), { maxBodyLength: 10, resilience: { idempotent: true } }),
      (api) => api.get('/', { transformRequest: fail('cannot encode') }),
      (api) => api.get('/', { transformResponse: fail('cannot decode') }),
    ]
    // Which of them is wrong depends on the version: the fetch adapter of 1.7 knows no size limits.
    const outcome = (call: Promise<AxiosResponse>): Promise<unknown> =>
      call.then(
        ({ status }) => status,
        (error: unknown) => {
          const { name, code, message } = error as AxiosError
          return [name, code, message]
        },
      )
    const hits = async (api: AxiosInstance): Promise<unknown> => {
      server.journal.clear()
      const outcomes = []
      for (const call of wrongCalls) outcomes.push(await outcome(call(api)))
      return [outcomes, server.journal.count()]
    }
    expect(await hits(client.attached({ baseURL: server.url }, policy))).toEqual(
      await hits(client.stock({ baseURL: server.url })),
    )
    // A transform of the request that throws comes before the policy.
    expect(attempts).toEqual([1, 1, 1, 1, 1])
  })

  it('case 34: a JSON body that cannot be parsed fails once, as in stock', async () => {
    const server = await serve({
      script: [respond(200, { headers: { 'content-type': 'application/json' }, body: '{"cut":' })],
    })
    const options = { responseType: 'json', transitional: { silentJSONParsing: false } } as const
    const stock = await failure(client.stock({ baseURL: server.url }).get('/', options))
    const error = await failure(client.attached({ baseURL: server.url }, quickPolicy()).get('/', options))
    expect([error.name, error.code, server.journal.count()]).toEqual([stock.name, stock.code, 2])
  })

  it('POST without a key is sent once after a reset that may have been processed', async () => {
    const server = await serve({ script: [reset('after-reading'), json({})] })
    const error = await failure(client.attached({ baseURL: server.url }, quickPolicy()).post('/orders', { sku: 1 }))
    expect(error).toBeInstanceOf(client.axios.AxiosError)
    expect(callReport(error)?.stoppedBy).toBe('method')
    expect(server.journal.count((entry) => entry.processed)).toBe(1)
    expect(server.journal.count()).toBe(1)
  })

  it('case 96: POST with a key is retried with the same key and the same bytes', async () => {
    const server = await serve({ script: [reset('after-reading'), respond(503), json({ id: 1 })] })
    const api = client.attached({ baseURL: server.url }, quickPolicy({ idempotencyKey: 'auto' }))
    expect((await api.post<unknown>('/orders', { sku: 1 })).data).toEqual({ id: 1 })
    const sent = server.journal.entries.map((entry) => [entry.headers['idempotency-key'], entry.body])
    expect(sent).toHaveLength(3)
    expect(sent[0]?.[0]).toMatch(/^[0-9a-f-]{36}$/)
    expect(new Set(sent.map(String)).size).toBe(1)
    await api.post('/orders', { sku: 1 })
    expect(server.journal.entries.at(-1)?.headers['idempotency-key']).not.toBe(sent[0]?.[0])
  })

  it("case 96: the caller's own Idempotency-Key is kept and unlocks the retry", async () => {
    const server = await serve({ script: [reset('after-reading'), json({})] })
    const api = client.attached({ baseURL: server.url }, quickPolicy({ idempotencyKey: 'auto' }))
    await api.post('/orders', { sku: 1 }, { headers: { 'idempotency-key': 'order-7' } })
    expect(server.journal.entries.map((entry) => entry.headers['idempotency-key'])).toEqual(['order-7', 'order-7'])
  })

  it("case 96: with a header name of the policy's own, the caller's key is looked for under that name", async () => {
    const server = await serve({ script: [reset('after-reading'), respond(503), json({})] })
    const sent = (name: string): unknown => server.journal.entries.map(({ headers }) => headers[name])
    const idempotencyKey = { key: 'auto', header: 'X-Request-Key' } as const
    const api = client.attached({ baseURL: server.url }, quickPolicy({ idempotencyKey }))
    await api.post('/orders', { sku: 1 }, { headers: { 'x-request-key': 'order-7' } })
    expect(sent('x-request-key')).toEqual(Array(3).fill('order-7'))
    expect(sent('idempotency-key')).toEqual(Array(3).fill(undefined))

    // A header this upstream does not know proves nothing about it.
    server.use([respond(503), json({})])
    server.journal.clear()
    const without = client.attached(
      { baseURL: server.url },
      quickPolicy({ idempotencyKey: { ...idempotencyKey, methods: ['PATCH'] } }),
    )
    await failure(without.post('/orders', { sku: 1 }, { headers: { 'Idempotency-Key': 'order-8' } }))
    expect(sent('idempotency-key')).toEqual(['order-8'])
  })

  it('a refusal of the policy is a HoldfastError, untouched, and nothing is sent', async () => {
    const server = await serve({ script: [json({})] })
    const policy = quickPolicy({ extra: [circuitBreaker()] })
    const api = client.attached({ baseURL: server.url }, policy)
    policy.forceOpen('maintenance')
    const error: unknown = await failure(api.get('/'))
    expect(isHoldfastError(error) && [error.code, error.key]).toEqual(['circuit-open', server.url])
    expect(error).not.toBeInstanceOf(client.axios.AxiosError)
    expect(server.journal.count()).toBe(0)
  })

  it('the key is the origin of the final URL, by the rules of axios', async () => {
    const server = await serve({ script: [json({})] })
    const policy = quickPolicy()
    const keys: string[] = []
    policy.on('call-ended', (event) => keys.push(event.key))
    const other = server.url.replace('127.0.0.1', 'localhost')
    const api = client.attached({ baseURL: `${server.url}/v3` }, policy)
    await api.get('/a')
    await api.get('', { params: { token: 'secret' } })
    await api.get(`${other}/b`).catch(() => undefined)
    expect(keys).toEqual([server.url, server.url, other])
  })

  it('a caller whose own time is up ends the call for good', async () => {
    const server = await serve({ script: [stall()] })
    const policy = quickPolicy()
    const api = client.attached({ baseURL: server.url }, policy)
    const error = await failure(api.get('/', { signal: AbortSignal.timeout(300) }))
    expect([error.code, server.journal.count()]).toEqual(['ERR_CANCELED', 1])
  })
})
