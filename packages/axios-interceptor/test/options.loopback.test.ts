import { circuitBreaker, defineStrategy, isHoldfastError } from '@holdfast/core'
import { json, respond } from '@holdfast/fault-server'
import { describe, expect, it } from 'vitest'
import { failure, quickPolicy, serve } from './support.ts'
import type { AxiosResilience } from '../src/index.ts'
import { VERSIONS } from './axios-versions.ts'

describe.each(VERSIONS)('per-call options on $label', (client) => {
  it('case 48: resilience: false sends without the policy, on the call or on the instance', async () => {
    const server = await serve({ script: [respond(503)] })
    const api = client.attached({ baseURL: server.url }, quickPolicy())
    await failure(api.get('/', { resilience: false }))
    expect(server.journal.count()).toBe(1)
    const off = client.attached({ baseURL: server.url, resilience: false }, quickPolicy())
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
    const api = client.attached(
      { baseURL: server.url, resilience: { key: 'tenant-1', retry: { maxRetries: 1 } } },
      policy,
    )
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
    await failure(client.attached({ baseURL: server.url, resilience: { retry: { backoff } } }, quickPolicy()).get('/'))
    expect(retries).toEqual([1, 2])
  })

  it('case 48: an object of a class in the options is handed on, not copied', async () => {
    class AuditLog {
      readonly #lines: number[] = []
      add(attempt: number): void {
        this.#lines.push(attempt)
      }
      get lines(): readonly number[] {
        return this.#lines
      }
    }
    const audit = defineStrategy<'audit', object, { readonly log: AuditLog }>(
      'audit',
      () => (next) => async (call) => {
        const outcome = await next(call)
        call.options<{ log: AuditLog }>('audit')?.log.add(call.sent)
        return outcome
      },
      { prepare: (options) => options, checkCall() {} },
    )
    const server = await serve({ script: [respond(503)] })
    const ofInstance = new AuditLog()
    const ofCall = new AuditLog()
    const api = client.attached(
      { baseURL: server.url, resilience: { audit: { log: ofInstance } } as AxiosResilience },
      quickPolicy({ extra: [audit()] }),
    )
    await failure(api.get('/'))
    await failure(api.get('/', { resilience: { retry: { maxRetries: 1 }, audit: { log: ofCall } } as AxiosResilience }))
    // A copy would lack the private field, and `add` would throw.
    expect([ofInstance.lines, ofCall.lines]).toEqual([
      [1, 2, 3],
      [1, 2],
    ])
  })

  it('case 48: one policy under several instances shares its state', async () => {
    const server = await serve({ script: [respond(503)] })
    const policy = quickPolicy({ extra: [circuitBreaker({ deadFailures: 3, deadForMs: 0 })] })
    await failure(client.attached({ baseURL: server.url }, policy).get('/'))
    const error: unknown = await failure(client.attached({ baseURL: server.url }, policy).get('/'))
    expect([isHoldfastError(error) && error.code, server.journal.count()]).toEqual(['circuit-open', 3])
  })

  it('a bad option fails the call with an error that names it, and nothing is sent', async () => {
    const server = await serve({ script: [json({})] })
    const api = client.attached({ baseURL: server.url }, quickPolicy())
    expect((await failure(api.get('/', { resilience: { retries: 3 } as never }))).message).toMatch(
      /unknown option "retries"/,
    )
    expect(server.journal.count()).toBe(0)
  })

  it('an idempotency key of the call is sent with every attempt of a POST', async () => {
    const server = await serve({ script: [respond(500), respond(500), json({})] })
    const api = client.attached({ baseURL: server.url }, quickPolicy())
    await api.post('/', {}, { resilience: { idempotencyKey: 'order-9' } })
    expect(server.journal.entries.map((entry) => entry.headers['idempotency-key'])).toEqual([
      'order-9',
      'order-9',
      'order-9',
    ])
  })

  it('the policy stays out of an instance it was not attached to', async () => {
    const server = await serve({ script: [respond(503)] })
    client.attach(client.stock({ baseURL: server.url }), quickPolicy())
    await failure(client.stock({ baseURL: server.url }).get('/', { resilience: { retry: { maxRetries: 9 } } }))
    expect(server.journal.count()).toBe(1)
  })

  it('case 94: work after a wait goes on in the async context of the caller', async () => {
    const { AsyncLocalStorage } = await import('node:async_hooks')
    const storage = new AsyncLocalStorage<number>()
    const server = await serve({ script: [respond(503), respond(503), respond(503), json({})] })
    const seen: (number | undefined)[] = []
    const api = client.attached({ baseURL: server.url }, quickPolicy({ maxRetries: 5 }))
    const call = (id: number): Promise<unknown> =>
      storage.run(id, () =>
        api.get('/', {
          adapter: (config) => {
            seen.push(storage.getStore(), id)
            return client.stock().request({ url: server.url, validateStatus: config.validateStatus ?? null })
          },
        }),
      )
    await Promise.all([call(1), call(2)])
    expect(seen.filter((_, index) => index % 2 === 0)).toEqual(seen.filter((_, index) => index % 2 === 1))
    expect(seen.length).toBeGreaterThan(4)
  })
})
