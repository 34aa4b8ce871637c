import { json, respond } from '@holdfast/fault-server'
import type { PolicyEvent } from '@holdfast/core'
import { setupCache } from 'axios-cache-interceptor'
import axiosRetry from 'axios-retry'
import type { AxiosStatic } from 'axios'
import { describe, expect, it, onTestFinished } from 'vitest'
import { failure, quickPolicy, serve, until } from './support.ts'
import { VERSIONS } from './axios-versions.ts'

const flaky = [respond(503), respond(503), json({ value: 1 })] as const

/** The warnings the process emits while the test runs. */
const warnings = (): Error[] => {
  const seen: Error[] = []
  const listen = (warning: Error): void => {
    seen.push(warning)
  }
  process.on('warning', listen)
  onTestFinished(() => {
    process.off('warning', listen)
  })
  return seen
}

describe.each(VERSIONS)('neighbours on $label', (client) => {
  it('case 20: a cache hit costs no run of the policy, and concurrent misses all get the final answer', async () => {
    const server = await serve({ script: flaky })
    const policy = quickPolicy()
    let runs = 0
    policy.on('call-ended', () => {
      runs += 1
    })
    const api = setupCache(client.stock({ baseURL: server.url }))
    client.attach(api, policy)
    const answers = await Promise.all([api.get('/'), api.get('/'), api.get('/')])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    await api.get('/')
    expect([runs, server.journal.count()]).toEqual([1, 3])
  })

  it('case 22: axios-retry on the same instance is reported once, as an event and as a warning', async () => {
    const server = await serve({ script: [respond(503)] })
    const policy = quickPolicy()
    const events: PolicyEvent<'nested-retry'>[] = []
    policy.on('nested-retry', (event) => events.push(event))
    const seen = warnings()
    const api = client.attached({ baseURL: server.url }, policy)
    axiosRetry(api, { retries: 2, retryDelay: () => 1 })
    await failure(api.get('/'))
    await failure(api.get('/'))
    await until(() => seen.length > 0)
    expect(server.journal.count()).toBe(2 * 3 * 3)
    expect(events).toEqual([
      { type: 'nested-retry', policy: policy.name, key: server.url, client: 'axios-retry', reason: 'client-retries' },
    ])
    expect(seen.map(({ name, message }) => [name, message])).toEqual([
      ['HoldfastWarning', expect.stringContaining('axios-retry')],
    ])
  })

  it('case 23: attached twice, a policy runs once and is reported once', async () => {
    const server = await serve({ script: [respond(503)] })
    const policy = quickPolicy()
    const reasons: string[] = []
    policy.on('nested-retry', (event) => reasons.push(event.reason))
    const seen = warnings()
    const api = client.stock({ baseURL: server.url })
    const first = client.attach(api, policy)
    expect(client.attach(api, policy)).toBe(first)
    client.attach(api, policy)
    await failure(api.get('/'))
    await until(() => seen.length > 0)
    expect([server.journal.count(), reasons, seen.length]).toEqual([3, ['attached-twice'], 1])
  })

  it('case 23: a second policy takes the place of the first', async () => {
    const server = await serve({ script: [respond(503)] })
    const api = client.attached({ baseURL: server.url }, quickPolicy({ maxRetries: 4 }))
    client.attach(api, quickPolicy({ maxRetries: 1 }))
    await failure(api.get('/'))
    expect(server.journal.count()).toBe(2)
  })

  it('case 23: a wrapped adapter met on another instance is unwrapped, not nested', async () => {
    const server = await serve({ script: [respond(503)] })
    const api = client.stock({ baseURL: server.url })
    const kept: { adapter?: unknown } = {}
    api.interceptors.request.use((config) => {
      kept.adapter = config.adapter
      return config
    })
    client.attach(api, quickPolicy())
    await failure(api.get('/'))
    expect(kept.adapter).toBeTypeOf('function')
    const other = client.attached({ baseURL: server.url, adapter: kept.adapter as 'http' }, quickPolicy())
    await failure(other.get('/'))
    expect(server.journal.count()).toBe(6)
  })

  it('case 24: detached, the instance is stock again, and calls under way finish under the policy', async () => {
    const server = await serve({ script: flaky })
    const api = client.stock({ baseURL: server.url })
    const attachment = client.attach(api, quickPolicy({ baseMs: 20 }))
    const call = api.get<unknown>('/')
    await until(() => server.journal.count() > 0)
    attachment.detach()
    attachment.detach()
    expect((await call).data).toEqual({ value: 1 })
    server.use(respond(503))
    await failure(api.get('/'))
    expect(server.journal.count()).toBe(4)
    client.attach(api, quickPolicy())
    await failure(api.get('/'))
    expect(server.journal.count()).toBe(7)
  })

  it("case 25: a stale detach after clear() never removes a stranger's interceptor", async () => {
    const server = await serve({ script: [json({})] })
    const api = client.stock({ baseURL: server.url })
    const attachment = client.attach(api, quickPolicy())
    api.interceptors.request.clear()
    let runs = 0
    api.interceptors.request.use((config) => {
      runs += 1
      return config
    })
    attachment.detach()
    await api.get('/')
    expect(runs).toBe(1)
  })

  it('case 27: children made by create() are not touched', async () => {
    const server = await serve({ script: [respond(503)] })
    const parent = client.attached({ baseURL: server.url }, quickPolicy())
    await failure((parent as unknown as AxiosStatic).create().get('/'))
    expect(server.journal.count()).toBe(1)
  })
})
