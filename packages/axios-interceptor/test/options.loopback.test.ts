import { json, respond } from '@holdfast/fault-server'
import { describe, expect, it } from 'vitest'
import { attach } from '../src/index.ts'
import { failure, quickPolicy, serve, stockAxios, withPolicy } from './support.ts'

describe('per-call options', () => {
  it('case 48: resilience: false sends without the policy, on the call or on the instance', async () => {
    const server = await serve({ script: [respond(503)] })
    const api = withPolicy({ baseURL: server.url }, quickPolicy())
    await failure(api.get('/', { resilience: false }))
    expect(server.journal.count()).toBe(1)
    const off = withPolicy({ baseURL: server.url, resilience: false }, quickPolicy())
    await failure(off.get('/'))
    expect(server.journal.count()).toBe(2)
    await failure(off.get('/', { resilience: {} }))
    expect(server.journal.count()).toBe(5)
  })

  it("case 48: a call's options merge over those of the instance", async () => {
    const server = await serve({ script: [respond(503)] })
    const policy = quickPolicy({ maxRetries: 5 })
    const keys = new Set<string>()
    policy.on('call-ended', (event) => keys.add(event.key))
    const api = withPolicy({ baseURL: server.url, resilience: { key: 'tenant-1', retry: { maxRetries: 1 } } }, policy)
    await failure(api.get('/'))
    expect(server.journal.count()).toBe(2)
    await failure(api.get('/', { resilience: { retry: { maxRetries: 2 } } }))
    expect(server.journal.count()).toBe(5)
    await failure(api.get('/', { resilience: { retry: false } }))
    expect([server.journal.count(), [...keys]]).toEqual([6, ['tenant-1']])
  })

  it('case 48: functions in the options keep their identity', async () => {
    const server = await serve({ script: [respond(503)] })
    const retries: number[] = []
    const backoff = (retry: number): number => {
      retries.push(retry)
      return 1
    }
    await failure(withPolicy({ baseURL: server.url, resilience: { retry: { backoff } } }, quickPolicy()).get('/'))
    expect(retries).toEqual([1, 2])
  })

  it('a bad option fails the call with an error that names it, and nothing is sent', async () => {
    const server = await serve({ script: [json({})] })
    const api = withPolicy({ baseURL: server.url }, quickPolicy())
    expect((await failure(api.get('/', { resilience: { retries: 3 } as never }))).message).toMatch(
      /unknown option "retries"/,
    )
    expect(server.journal.count()).toBe(0)
  })

  it('an idempotency key of the call is sent with every attempt of a POST', async () => {
    const server = await serve({ script: [respond(500), respond(500), json({})] })
    const api = withPolicy({ baseURL: server.url }, quickPolicy())
    await api.post('/', {}, { resilience: { idempotencyKey: 'order-9' } })
    expect(server.journal.entries.map((entry) => entry.headers['idempotency-key'])).toEqual([
      'order-9',
      'order-9',
      'order-9',
    ])
  })

  it('the policy stays out of an instance it was not attached to', async () => {
    const server = await serve({ script: [respond(503)] })
    attach(stockAxios({ baseURL: server.url }), quickPolicy())
    await failure(stockAxios({ baseURL: server.url }).get('/', { resilience: { retry: { maxRetries: 9 } } }))
    expect(server.journal.count()).toBe(1)
  })

  it('case 94: work after a wait goes on in the async context of the caller', async () => {
    const { AsyncLocalStorage } = await import('node:async_hooks')
    const storage = new AsyncLocalStorage<number>()
    const server = await serve({ script: [respond(503), respond(503), respond(503), json({})] })
    const seen: (number | undefined)[] = []
    const api = withPolicy({ baseURL: server.url }, quickPolicy({ maxRetries: 5 }))
    const call = (id: number): Promise<unknown> =>
      storage.run(id, () =>
        api.get('/', {
          adapter: (config) => {
            seen.push(storage.getStore(), id)
            return stockAxios().request({ url: server.url, validateStatus: config.validateStatus ?? null })
          },
        }),
      )
    await Promise.all([call(1), call(2)])
    expect(seen.filter((_, index) => index % 2 === 0)).toEqual(seen.filter((_, index) => index % 2 === 1))
    expect(seen.length).toBeGreaterThan(4)
  })
})
