import { json, reset, respond } from '@holdfast/fault-server'
import { describe, expect, it } from 'vitest'
import { failure, quickPolicy, serve } from './support.ts'
import { CLIENTS, VERSIONS } from './axios-versions.ts'

const flaky = [respond(503), reset(), json({ value: 1 })] as const

describe.each(CLIENTS)('once-ness on $label', (client) => {
  it('case 1: request interceptors of others run once, before and after attach, whatever the attempts', async () => {
    const server = await serve({ script: flaky })
    const instance = client.stock({ baseURL: server.url })
    const seen: string[] = []
    instance.interceptors.request.use((config) => {
      seen.push('before')
      config.url = `/v1${String(config.url)}`
      return config
    })
    client.attach(instance, quickPolicy())
    instance.interceptors.request.use((config) => {
      seen.push('after')
      config.headers.set('X-Sign', `${String(config.headers.get('X-Sign') ?? '')}S`)
      config.params = { ...(config.params as object), seq: [seen.length] }
      return config
    })
    const { data } = await instance.get<unknown>('/listings')
    expect(data).toEqual({ value: 1 })
    expect(seen).toEqual(['after', 'before'])
    expect(server.journal.entries.map((entry) => [entry.path, entry.query, entry.headers['x-sign']])).toEqual(
      Array(3).fill(['/v1/listings', 'seq%5B%5D=1', 'S']),
    )
  })

  it('case 2: response interceptors before and after attach run once, on the final outcome only', async () => {
    const server = await serve({ script: flaky })
    const instance = client.stock({ baseURL: server.url })
    const seen: unknown[] = []
    const watch = (name: string): void => {
      instance.interceptors.response.use(
        (response) => {
          seen.push([name, response.status])
          return response
        },
        (error: unknown) => {
          seen.push([name, 'error'])
          throw error as Error
        },
      )
    }
    watch('before')
    client.attach(instance, quickPolicy())
    watch('after')
    instance.interceptors.response.use((response) => response.data as never)
    expect(await instance.get<unknown>('/')).toEqual({ value: 1 })
    server.use(respond(503))
    await failure(instance.get('/'))
    expect(seen).toEqual([
      ['before', 200],
      ['after', 200],
      ['before', 'error'],
      ['after', 'error'],
    ])
  })

  it('cases 3 and 4: transformRequest and transformResponse run once', async () => {
    const server = await serve({ script: flaky })
    let requests = 0
    let responses = 0
    const api = client.attached({ baseURL: server.url }, quickPolicy())
    const { data } = await api.put<string>('/', 'x', {
      transformRequest: (body: string) => {
        requests += 1
        return `<${body}>`
      },
      transformResponse: (body: string) => {
        responses += 1
        return `[${body}]`
      },
    })
    expect([requests, responses, data]).toEqual([1, 1, '[{"value":1}]'])
    expect(server.journal.entries.map((entry) => entry.body)).toEqual(['<x>', '<x>', '<x>'])
  })

  it('case 4: transformResponse runs once on the final error', async () => {
    const server = await serve({ script: [json({ why: 'down' }, { status: 503 })] })
    let runs = 0
    const api = client.attached({ baseURL: server.url }, quickPolicy())
    const error = await failure(
      api.get('/', {
        transformResponse: (body: string) => {
          runs += 1
          return JSON.parse(body) as unknown
        },
      }),
    )
    expect([runs, error.response?.data, server.journal.count()]).toEqual([1, { why: 'down' }, 3])
  })

  it('case 5: all attempts have the same method, URL, parameters, headers and bytes', async () => {
    const server = await serve({ script: flaky })
    const api = client.attached(
      { baseURL: `${server.url}/v3/`, headers: { Authorization: 'Bearer t', 'X-Count': 7 } },
      quickPolicy(),
    )
    await api.put('/shops', { title: 'Käse', tags: ['a', 'b'] }, { params: { q: 'a b', n: [1, 2] } })
    const [first, ...others] = server.journal.entries.map(({ method, path, query, headers, body, bodySha256 }) => ({
      method,
      path,
      query,
      headers,
      body,
      bodySha256,
    }))
    expect(others).toEqual([first, first])
    expect(first).toMatchObject({
      path: '/v3/shops',
      body: '{"title":"Käse","tags":["a","b"]}',
      headers: { authorization: 'Bearer t', 'x-count': '7' },
    })
  })

  it('case 5: basic auth and its removed header are the same in every attempt', async () => {
    const server = await serve({ script: flaky })
    const api = client.attached({ baseURL: server.url }, quickPolicy())
    await api.get('/', { auth: { username: 'u', password: 'p' }, headers: { Authorization: 'Bearer old' } })
    expect(new Set(server.journal.entries.map((entry) => entry.headers['authorization']))).toEqual(
      new Set(['Basic dTpw']),
    )
  })
})

describe.each(VERSIONS)('once-ness of the dispatch on $label', (client) => {
  it('case 11: the adapter is called in the same tick when all interceptors are synchronous', async () => {
    let calls = 0
    const api = client.attached(
      {
        adapter: (config) => {
          calls += 1
          return Promise.resolve({ data: null, status: 200, statusText: 'OK', headers: {}, config })
        },
      },
      quickPolicy(),
    )
    const call = api.get('http://localhost/')
    expect(calls).toBe(1)
    await call
    expect(calls).toBe(1)
  })

  it.each([true, false])('case 12: works with legacyInterceptorReqResOrdering %s', async (isLegacy) => {
    const server = await serve({ script: flaky })
    // Older versions know one order only and refuse the option, with and without a policy.
    const isKnown = client.isFrom(14)
    const options = { transitional: { legacyInterceptorReqResOrdering: isLegacy } }
    const instance = client.stock({ baseURL: server.url, ...(isKnown ? options : {}) })
    const seen: number[] = []
    instance.interceptors.request.use((config) => {
      seen.push(1)
      return config
    })
    client.attach(instance, quickPolicy())
    instance.interceptors.request.use((config) => {
      seen.push(2)
      return config
    })
    expect((await instance.get('/')).status).toBe(200)
    expect(seen).toEqual(isLegacy || !isKnown ? [2, 1] : [1, 2])
    expect(server.journal.count()).toBe(3)
    if (!isKnown) {
      for (const api of [instance, client.stock({ baseURL: server.url })]) {
        // 1.6 throws it before there is a promise.
        const error = await failure((async () => api.get('/', options))())
        expect(error.code).toBe('ERR_BAD_OPTION')
      }
    }
  })
})
