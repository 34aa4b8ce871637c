import { json, respond } from '@holdfast/fault-server'
import MockAdapter from 'axios-mock-adapter'
import type { AxiosAdapter } from 'axios'
import { describe, expect, it } from 'vitest'
import { failure, quickPolicy, serve } from './support.ts'
import { VERSIONS } from './axios-versions.ts'

const flaky = [respond(503), respond(503), json({ value: 1 })] as const

const counting = (adapter: AxiosAdapter) => {
  const counter = { calls: 0, adapter: undefined as unknown as AxiosAdapter }
  counter.adapter = (config) => {
    counter.calls += 1
    return adapter(config)
  }
  return counter
}

describe.each(VERSIONS)('adapters on $label', (client) => {
  it.each(['http', 'fetch', ['xhr', 'http'], ['nothing-here'], undefined])(
    'case 15: adapter %j of the instance is resolved at call time',
    async (adapter) => {
      const server = await serve({ script: flaky })
      const api = client.attached(
        adapter === undefined ? { baseURL: server.url } : { baseURL: server.url, adapter: adapter as 'http' },
        quickPolicy(),
      )
      const isUnknown = String(adapter) === 'nothing-here' || (adapter === 'fetch' && !client.isFrom(7))
      if (isUnknown) {
        const error = await failure(api.get('/'))
        expect([error.message, server.journal.count()]).toEqual([`Unknown adapter '${String(adapter)}'`, 0])
      } else expect((await api.get<unknown>('/')).data).toEqual({ value: 1 })
    },
  )

  it('case 15: an adapter function of the request is used for every attempt', async () => {
    const server = await serve({ script: flaky })
    const counter = counting(client.axios.getAdapter('http'))
    await client.attached({ baseURL: server.url }, quickPolicy()).get('/', { adapter: counter.adapter })
    expect(counter.calls).toBe(3)
  })

  it('case 16: an adapter set by another interceptor is used for every attempt', async () => {
    const server = await serve({ script: flaky })
    const counter = counting(client.axios.getAdapter('http'))
    const api = client.attached({ baseURL: server.url }, quickPolicy())
    api.interceptors.request.use((config) => ({ ...config, adapter: counter.adapter }))
    await api.get('/')
    expect(counter.calls).toBe(3)
  })

  it('case 16: an interceptor that runs after ours and sets an adapter sends without the policy', async () => {
    const server = await serve({ script: flaky })
    const counter = counting(client.axios.getAdapter('http'))
    const api = client.stock({ baseURL: server.url })
    api.interceptors.request.use((config) => ({ ...config, adapter: counter.adapter }))
    client.attach(api, quickPolicy())
    await failure(api.get('/'))
    expect(counter.calls).toBe(1)
  })

  it('case 17: defaults.adapter replaced after attach is used', async () => {
    const api = client.attached({}, quickPolicy())
    const counter = counting((config) =>
      Promise.resolve({ data: 'x', status: 200, statusText: '', headers: {}, config }),
    )
    api.defaults.adapter = counter.adapter
    expect((await api.get<unknown>('http://localhost/')).data).toBe('x')
    expect(counter.calls).toBe(1)
  })

  it.each(['before', 'after'])(
    'case 18: axios-mock-adapter made %s attach answers, and its history counts attempts',
    async (order) => {
      const api = client.stock()
      if (order === 'after') client.attach(api, quickPolicy())
      const mock = new MockAdapter(api as never)
      if (order === 'before') client.attach(api, quickPolicy())
      mock.onGet('/a').networkErrorOnce().onGet('/a').replyOnce(503).onGet('/a').reply(200, { value: 1 })
      expect((await api.get<unknown>('/a')).data).toEqual({ value: 1 })
      expect(mock.history['get']).toHaveLength(3)
      mock.restore()
      const server = await serve({ script: flaky })
      expect((await api.get<unknown>(server.url)).data).toEqual({ value: 1 })
    },
  )

  it('case 18: passThrough of axios-mock-adapter reaches the server under the policy', async () => {
    const server = await serve({ script: flaky })
    const api = client.attached({ baseURL: server.url }, quickPolicy())
    new MockAdapter(api as never, { onNoMatch: 'passthrough' })
    expect((await api.get<unknown>('/')).data).toEqual({ value: 1 })
    expect(server.journal.count()).toBe(3)
  })

  it('case 33: an AxiosError without code or response counts as a failed transport', async () => {
    let calls = 0
    const api = client.attached({}, quickPolicy())
    await api.get('http://localhost/', {
      adapter: (config) => {
        calls += 1
        if (calls < 3) return Promise.reject(new client.axios.AxiosError('it did not work', undefined, config))
        return Promise.resolve({ data: '', status: 200, statusText: '', headers: {}, config })
      },
    })
    expect(calls).toBe(3)
  })
})
