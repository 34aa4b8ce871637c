import { json, reset, respond } from '@holdfast/fault-server'
import type { AxiosError, AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import { describe, expect, it } from 'vitest'
import { failure, quickPolicy, serve } from './support.ts'
import { CLIENTS } from './axios-versions.ts'

const flaky = [respond(503), reset(), json({ value: 1 })] as const

/** Everything a later interceptor or a catch block can see of a config. */
const shapeOf = (config: object) => ({
  keys: Reflect.ownKeys(config).filter((key) => key !== 'signal'),
  prototype: Object.getPrototypeOf(config) as unknown,
  headersPrototype: Object.getPrototypeOf((config as InternalAxiosRequestConfig).headers) as unknown,
  headers: (config as InternalAxiosRequestConfig).headers.toJSON(),
  adapter: (config as InternalAxiosRequestConfig).adapter,
})

describe.each(CLIENTS)('identity on $label', (client) => {
  it.each([1, 3])('cases 6, 8, 9, 10: after %d attempts the config is as stock leaves it', async (attempts) => {
    const server = await serve({ script: [json({})] })
    const stock = await client.stock({ baseURL: server.url }).post('/', { a: 1 })
    server.use(attempts === 1 ? [json({})] : [respond(503), respond(503), json({})])
    const api = client.stock({ baseURL: server.url })
    let last: unknown
    api.interceptors.request.use((config) => {
      last = config
      return config
    })
    client.attach(api, quickPolicy())
    const response = await api.post('/', { a: 1 }, { resilience: { idempotent: true } })
    expect(response.config).toBe(last)
    expect(response.config.resilience).toEqual({ idempotent: true })
    delete response.config.resilience
    expect(shapeOf(response.config)).toEqual(shapeOf(stock.config))
    expect('signal' in response.config).toBe('signal' in stock.config)
    expect(server.journal.count()).toBe(1 + attempts)
  })

  it('cases 7 and 30: an exhausted call throws what stock throws, with one config object', async () => {
    const server = await serve({ script: [json({ why: 'down' }, { status: 503 })] })
    const stock = await failure(client.stock({ baseURL: server.url }).get('/'))
    const error = await failure(client.attached({ baseURL: server.url }, quickPolicy()).get('/'))
    expect(error).toBeInstanceOf(client.axios.AxiosError)
    expect(error.config).toBeDefined()
    expect(error.config).toBe(error.response?.config)
    expect([error.name, error.code, error.message, error.status, error.response?.status, error.response?.data]).toEqual(
      [stock.name, stock.code, stock.message, stock.status, stock.response?.status, stock.response?.data],
    )
    expect(shapeOf(error.config as object)).toEqual(shapeOf(stock.config as object))
  })

  it('case 7: a reset that stays keeps the code of stock and the config of the caller', async () => {
    const server = await serve({ script: [reset()] })
    const stock = await failure(client.stock({ baseURL: server.url }).get('/'))
    let last: unknown
    const api = client.stock({ baseURL: server.url })
    api.interceptors.request.use((config) => {
      last = config
      return config
    })
    client.attach(api, quickPolicy())
    const error = await failure(api.get('/'))
    expect([error.name, error.code]).toEqual([stock.name, stock.code])
    expect(error.config).toBe(last)
    expect(server.journal.count()).toBe(1 + 3)
  })

  it('case 8: the headers of the response config equal those sent', async () => {
    const server = await serve({ script: flaky })
    const api = client.attached({ baseURL: server.url, adapter: 'http' }, quickPolicy())
    const { config } = await api.put('/', { a: 1 })
    expect(config.headers).toBeInstanceOf(client.axios.AxiosHeaders)
    const sent = server.journal.entries.at(-1)?.headers
    expect([config.headers.get('User-Agent'), config.headers.get('Content-Length')]).toEqual([
      sent?.['user-agent'],
      sent?.['content-length'],
    ])
  })

  it("case 10: the caller's signal is back in its place", async () => {
    const server = await serve({ script: flaky })
    const { signal } = new AbortController()
    const api = client.attached({ baseURL: server.url }, quickPolicy())
    expect((await api.get('/', { signal })).config.signal).toBe(signal)
  })

  it('case 10: a pre-aborted call leaves no function of ours in its config', async () => {
    const server = await serve({ script: flaky })
    const api = client.attached({ baseURL: server.url }, quickPolicy())
    const error = await failure(api.get('/', { signal: AbortSignal.abort() }))
    expect([error.code, error.config?.adapter, server.journal.count()]).toEqual(['ERR_CANCELED', client.adapter, 0])
  })

  it('case 13: toJSON and JSON.stringify work and show nothing of the policy', async () => {
    const server = await serve({ script: [respond(503)] })
    const stock = await failure(client.stock({ baseURL: server.url }).get('/'))
    const error = await failure(client.attached({ baseURL: server.url }, quickPolicy()).get('/'))
    const without = (value: AxiosError): unknown => JSON.parse(JSON.stringify({ ...value.toJSON(), stack: undefined }))
    expect(without(error)).toEqual(without(stock))
  })

  it('case 14: re-issuing error.config on another instance carries no policy', async () => {
    const server = await serve({ script: [respond(503)] })
    const error = await failure(client.attached({ baseURL: server.url }, quickPolicy()).get('/'))
    expect(server.journal.count()).toBe(3)
    await failure(client.stock().request(error.config as InternalAxiosRequestConfig))
    expect(server.journal.count()).toBe(4)
  })

  it('case 21: an auth refresh with instance(error.config) runs under one policy and sends the new token', async () => {
    const server = await serve({ script: [respond(401), respond(503), json({ ok: true })] })
    const api = client.attached({ baseURL: server.url, headers: { Authorization: 'Bearer old' } }, quickPolicy())
    api.interceptors.response.use(undefined, (error: AxiosError): Promise<AxiosResponse> => {
      if (error.response?.status !== 401 || error.config === undefined) return Promise.reject(error)
      error.config.headers.set('Authorization', 'Bearer new')
      return api.request(error.config)
    })
    expect((await api.get<unknown>('/')).data).toEqual({ ok: true })
    expect(server.journal.entries.map((entry) => entry.headers['authorization'])).toEqual([
      'Bearer old',
      'Bearer new',
      'Bearer new',
    ])
  })

  it('case 9: a class instance returned by an interceptor is sent like in stock', async () => {
    class Custom {
      readonly custom = true
    }
    const server = await serve({ script: flaky })
    const api = client.stock({ baseURL: server.url })
    api.interceptors.request.use((config) => Object.assign(new Custom(), config) as InternalAxiosRequestConfig)
    client.attach(api, quickPolicy())
    api.interceptors.request.use((config) => ({ ...config }))
    expect((await api.get<unknown>('/')).data).toEqual({ value: 1 })
    expect(server.journal.count()).toBe(3)
  })
})
