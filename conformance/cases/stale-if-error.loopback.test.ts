import { attach } from '@holdfast/axios-interceptor'
import { createPolicy, deadline, wrapFetch, type Policy } from '@holdfast/core'
import { memoryStaleStore, staleIfError, type MemoryStaleStore } from '@holdfast/core/stale'
import { createFaultServer, drip, hangUp, json, respond, stall, text, type FaultServer } from '@holdfast/fault-server'
import { kyHooks } from '@holdfast/ky-hooks'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { AXIOS_COPIES } from '../src/axios-copies.ts'
import { KY_COPIES } from '../src/ky-copies.ts'

const OLD = /^holdfast; fwd=stale; fwd-status=503; ttl=-\d+; detail="http-503"$/
const closing: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const serve = async (script: Parameters<typeof createFaultServer>[0]['script'] & object): Promise<FaultServer> => {
  const server = await createFaultServer({ script })
  closing.push(() => server.close())
  return server
}

const setUp = (options: Parameters<typeof staleIfError>[0] = {}): { policy: Policy; store: MemoryStaleStore } => {
  const store = memoryStaleStore()
  const strategies = [staleIfError({ store, ...options }), deadline({ afterMs: 2_000 })]
  const policy = createPolicy({ name: 'stale-loopback', strategies })
  closing.push(() => policy.close())
  return { policy: policy, store }
}

const stored = (store: MemoryStaleStore): Promise<void> =>
  vi.waitFor(
    () => {
      expect(store.size).toBeGreaterThan(0)
    },
    { interval: 2 },
  )

const answer = json({ price: 3 }, { headers: { 'cache-control': 'max-age=0', age: '5' } })

describe.each(AXIOS_COPIES)('$name', ({ axios, adapter }) => {
  test('a copy is an axios response, parsed and seen by interceptors as the answer was', async () => {
    const server = await serve([answer, respond(503), hangUp()])
    const { policy, store } = setUp({ key: () => 'shop-1' })
    const auth = { username: 'u', password: 'p' }
    const api = axios.create({ baseURL: server.url, adapter, proxy: false, auth, params: { page: 1 } })
    attach(api, policy, { axios })
    const seen: unknown[] = []
    api.interceptors.response.use((response) => {
      seen.push(response.data)
      return response
    })
    const first = await api.get('/prices')
    await stored(store)
    const second = await api.get('/prices')
    expect([second.data, second.status, second.config.url]).toEqual([first.data, 200, '/prices'])
    expect(String(second.headers['cache-status'])).toMatch(OLD)
    expect(Number(second.headers['age'])).toBeGreaterThanOrEqual(5)
    const third = await api.get('/prices')
    expect([third.data, String(third.headers['cache-status'])]).toEqual([
      { price: 3 },
      expect.stringMatching(/^holdfast; fwd=stale; ttl=-\d+; detail="connection-reset"$/),
    ])
    expect(seen).toEqual([{ price: 3 }, { price: 3 }, { price: 3 }])
    await expect(api.get('/prices', { params: { page: 2 } })).rejects.toThrow()
  })

  test('with credentials in `auth` or a header there is no copy unless a key says whose', async () => {
    const server = await serve([answer, answer, respond(503)])
    const { policy, store } = setUp()
    const api = axios.create({ baseURL: server.url, adapter, proxy: false })
    attach(api, policy, { axios })
    await api.get('/', { auth: { username: 'u', password: 'p' } })
    await api.get('/', { headers: { Authorization: 'Bearer x' } })
    await expect(api.get('/', { auth: { username: 'u', password: 'p' } })).rejects.toThrow('503')
    expect(store.size).toBe(0)
  })
})

describe.each(KY_COPIES)('$name', ({ ky, TimeoutError }) => {
  test("a copy is a Response, read by ky's own shortcuts", async () => {
    const server = await serve([answer, respond(503)])
    const { policy, store } = setUp()
    const api = ky.extend(kyHooks(policy, { TimeoutError }))
    expect(await api(`${server.url}/prices`).json()).toEqual({ price: 3 })
    await stored(store)
    const response = await api(`${server.url}/prices`)
    expect([await response.json(), response.headers.get('cache-status')]).toEqual([
      { price: 3 },
      expect.stringMatching(OLD),
    ])
  })
})

describe('fetch', () => {
  test('a compressed answer in chunks is stored as it is read, and served without the words of the wire', async () => {
    const body = 'price '.repeat(1_000)
    const compressed = respond(200, { headers: { 'content-encoding': 'gzip' }, body: gzipSync(body) })
    const server = await serve([drip(compressed, { chunkBytes: 16, everyMs: 1 }), respond(503)])
    const { policy, store } = setUp()
    const get = wrapFetch(policy)
    expect(await (await get(server.url)).text()).toBe(body)
    await stored(store)
    const response = await get(server.url)
    expect([response.headers.get('content-encoding'), response.url]).toEqual([null, `${server.url}/`])
    expect(await response.text()).toBe(body)
  })

  test('a caller who cancels the body frees the connection, and half an answer is not stored', async () => {
    const endless = drip(text('x'.repeat(100_000)), { chunkBytes: 10, everyMs: 5 })
    const server = await serve([endless, respond(503)])
    const { policy, store } = setUp()
    const get = wrapFetch(policy)
    const response = await get(server.url)
    await response.body?.cancel()
    await vi.waitFor(() => {
      expect(server.connections.open).toBe(0)
    })
    expect([store.size, (await get(server.url)).status]).toEqual([0, 503])
  })

  test('an answer too large to store goes to its caller whole, and one cut by the deadline breaks nothing', async () => {
    const large = text('x'.repeat(50_000))
    const server = await serve([large, drip(large, { chunkBytes: 2_000, everyMs: 20 }), stall()])
    const { policy, store } = setUp({ maxAnswerBytes: 1_000 })
    const get = wrapFetch(policy)
    expect(await (await get(server.url)).text()).toHaveLength(50_000)
    // Nobody reads while the deadline passes: the half that was given up must not turn its abort into a crash.
    const unread = await get(server.url, { resilience: { deadline: { afterMs: 150 } } })
    await new Promise((resolve) => setTimeout(resolve, 300))
    await expect(unread.text()).rejects.toMatchObject({ code: 'deadline-exceeded' })
    await expect(get(server.url, { resilience: { deadline: { afterMs: 50 } } })).rejects.toMatchObject({
      code: 'deadline-exceeded',
    })
    expect(store.size).toBe(0)
  })

  test('a deadline that passes without headers is an error like any other', async () => {
    const server = await serve([answer, stall()])
    const { policy, store } = setUp()
    const get = wrapFetch(policy)
    await get(server.url)
    await stored(store)
    const response = await get(server.url, { resilience: { deadline: { afterMs: 50 } } })
    expect(response.headers.get('cache-status')).toMatch(/^holdfast; fwd=stale; ttl=-\d+; detail="deadline-exceeded"$/)
  })
})
