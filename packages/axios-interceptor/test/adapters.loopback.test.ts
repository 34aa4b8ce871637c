import { createServer } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json, redirect, respond } from '@holdfast/fault-server'
import MockAdapter from 'axios-mock-adapter'
import axios, { AxiosError, type AxiosAdapter } from 'axios'
import { describe, expect, it, onTestFinished } from 'vitest'
import { attach } from '../src/index.ts'
import { failure, quickPolicy, serve, stockAxios, withPolicy } from './support.ts'

const flaky = [respond(503), respond(503), json({ value: 1 })] as const

const counting = (adapter: AxiosAdapter) => {
  const counter = { calls: 0, adapter: undefined as unknown as AxiosAdapter }
  counter.adapter = (config) => {
    counter.calls += 1
    return adapter(config)
  }
  return counter
}

describe('adapters', () => {
  it.each(['http', 'fetch', ['xhr', 'http'], ['nothing-here'], undefined])(
    'case 15: adapter %j of the instance is resolved at call time',
    async (adapter) => {
      const server = await serve({ script: flaky })
      const api = withPolicy(
        adapter === undefined ? { baseURL: server.url } : { baseURL: server.url, adapter: adapter as 'http' },
        quickPolicy(),
      )
      if (Array.isArray(adapter) && adapter[0] === 'nothing-here') {
        const error = await failure(api.get('/'))
        expect([error.message, server.journal.count()]).toEqual(["Unknown adapter 'nothing-here'", 0])
      } else expect((await api.get<unknown>('/')).data).toEqual({ value: 1 })
    },
  )

  it('case 15: an adapter function of the request is used for every attempt', async () => {
    const server = await serve({ script: flaky })
    const counter = counting(axios.getAdapter('http'))
    await withPolicy({ baseURL: server.url }, quickPolicy()).get('/', { adapter: counter.adapter })
    expect(counter.calls).toBe(3)
  })

  it('case 16: an adapter set by another interceptor is used for every attempt', async () => {
    const server = await serve({ script: flaky })
    const counter = counting(axios.getAdapter('http'))
    const api = withPolicy({ baseURL: server.url }, quickPolicy())
    api.interceptors.request.use((config) => ({ ...config, adapter: counter.adapter }))
    await api.get('/')
    expect(counter.calls).toBe(3)
  })

  it('case 16: an interceptor that runs after ours and sets an adapter sends without the policy', async () => {
    const server = await serve({ script: flaky })
    const counter = counting(axios.getAdapter('http'))
    const api = stockAxios({ baseURL: server.url })
    api.interceptors.request.use((config) => ({ ...config, adapter: counter.adapter }))
    attach(api, quickPolicy())
    await failure(api.get('/'))
    expect(counter.calls).toBe(1)
  })

  it('case 17: defaults.adapter replaced after attach is used', async () => {
    const api = withPolicy({}, quickPolicy())
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
      const api = stockAxios()
      if (order === 'after') attach(api, quickPolicy())
      const mock = new MockAdapter(api as never)
      if (order === 'before') attach(api, quickPolicy())
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
    const api = withPolicy({ baseURL: server.url }, quickPolicy())
    new MockAdapter(api as never, { onNoMatch: 'passthrough' })
    expect((await api.get<unknown>('/')).data).toEqual({ value: 1 })
    expect(server.journal.count()).toBe(3)
  })

  it('case 28: socketPath, beforeRedirect, maxRate, lookup and custom keys reach every attempt', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
    const socketPath = join(folder, 'socket')
    let hits = 0
    const server = createServer((_request, response) => {
      hits += 1
      response.writeHead(hits === 1 ? 503 : 200).end()
    })
    await new Promise<void>((resolve) => server.listen(socketPath, resolve))
    onTestFinished(() => {
      server.close()
      rmSync(folder, { recursive: true })
    })
    expect(
      (await withPolicy({}, quickPolicy()).get('/', { socketPath, allowedSocketPaths: [socketPath] })).status,
    ).toBe(200)
    expect(hits).toBe(2)
  })

  it('cases 28 and 46: each attempt starts at the first URL and tells beforeRedirect', async () => {
    const server = await serve({ script: [redirect('/there'), respond(503), redirect('/there'), json({})] })
    const api = withPolicy({ baseURL: server.url }, quickPolicy())
    let redirects = 0
    let lookups = 0
    const seen: unknown[] = []
    await api.get('/here', {
      adapter: (config) => {
        seen.push((config as { custom?: unknown }).custom)
        return axios.getAdapter('http')(config)
      },
      beforeRedirect: () => {
        redirects += 1
      },
      lookup: (_host, _options, done) => {
        lookups += 1
        done(null, '127.0.0.1', 4)
      },
      maxRate: [1e6, 1e6],
      baseURL: server.url.replace('127.0.0.1', 'shop.test'),
      ...{ custom: 'kept' },
    })
    expect(server.journal.entries.map(({ path }) => path)).toEqual(['/here', '/there', '/here', '/there'])
    expect([redirects, seen]).toEqual([2, ['kept', 'kept']])
    expect(lookups).toBeGreaterThan(0)
  })

  it('case 28: env.fetch of the fetch adapter is called for every attempt', async () => {
    const server = await serve({ script: flaky })
    let calls = 0
    const env = {
      fetch: (...args: Parameters<typeof fetch>) => {
        calls += 1
        return fetch(...args)
      },
    }
    await withPolicy({ baseURL: server.url, adapter: 'fetch' }, quickPolicy()).get('/', { env })
    expect(calls).toBe(3)
  })

  it('case 33: an AxiosError without code or response counts as a failed transport', async () => {
    let calls = 0
    const api = withPolicy({}, quickPolicy())
    await api.get('http://localhost/', {
      adapter: (config) => {
        calls += 1
        if (calls < 3) return Promise.reject(new AxiosError('it did not work', undefined, config))
        return Promise.resolve({ data: '', status: 200, statusText: '', headers: {}, config })
      },
    })
    expect(calls).toBe(3)
  })
})
