import { callReport, defineStrategy, HoldfastError, isHoldfastError } from '@holdfast/core'
import { respond, stall, text } from '@holdfast/fault-server'
import type { BeforeErrorState, Options } from 'ky'
import { describe, expect, it, vi } from 'vitest'
import { kyHooks } from '../src/index.ts'
import { attached, COPIES, failure, KY_2, quickPolicy, serve } from './support.ts'

describe.each(COPIES)('ky $version', (copy) => {
  it('case 66: options of a call reach the policy by the typed key and through context, and stay off the wire', async () => {
    const { url, journal } = await serve(respond(503))
    const inner = vi.fn((...given: Parameters<typeof fetch>) => fetch(...given))
    const api = attached(copy, quickPolicy({ maxRetries: 4 }), { fetch: inner })
    const resilience = { retry: { maxRetries: 1 } }
    for (const options of [{ resilience }, { context: { resilience } }] satisfies Options[]) {
      journal.clear()
      await failure(api.get(url, options))
      expect(journal.count()).toBe(2)
    }
    journal.clear()
    // The typed key is nearer to the call than the context it may share with others.
    await failure(api.get(url, { context: { resilience }, resilience: { retry: false } }))
    expect(journal.count()).toBe(1)
    for (const [, init] of inner.mock.calls) expect(init).not.toHaveProperty('resilience')
  })

  it('case 66: defaults of the instance and options of the call add up', async () => {
    const { url, journal } = await serve(respond(503))
    const api = attached(copy, quickPolicy(), { resilience: { retry: { maxRetries: 3 }, key: 'tenant' } })
    const error = await failure(api.get(url, { resilience: { priority: 'background' } }))
    expect([journal.count(), callReport(error)?.key]).toEqual([4, 'tenant'])
  })

  it('case 66: unknown init keys reach every attempt', async () => {
    const inner = vi.fn(() => Promise.resolve(new Response(null, { status: 503 })))
    const extra = { next: { revalidate: 5 } } as Options
    await failure(
      attached(copy, quickPolicy(), { fetch: inner as unknown as typeof fetch }).get('http://a.example/', extra),
    )
    expect(inner).toHaveBeenCalledTimes(3)
    for (const given of inner.mock.calls as unknown[][]) expect(given[1]).toMatchObject({ next: { revalidate: 5 } })
  })

  it('resilience: false sends as stock ky does, with its retries and its timeout', async () => {
    const { url, journal } = await serve(respond(503), text('ok'))
    const policy = quickPolicy()
    const attempts = vi.fn()
    policy.on('attempt-ended', attempts)
    const api = attached(copy, policy, { retry: { limit: 1, delay: () => 1 } })
    expect(await api.get(url, { resilience: false }).text()).toBe('ok')
    expect([journal.count(), attempts.mock.calls.length]).toEqual([2, 0])
    const { url: silent } = await serve(stall())
    const error = await failure(api.get(silent, { resilience: false, timeout: 150 }))
    expect(error).toBeInstanceOf(copy.TimeoutError)
    expect(error.cause).toBeUndefined()
  })

  it('an unknown option of the policy is refused by name, and nothing is sent', async () => {
    const { url, journal } = await serve(text('ok'))
    const error = await failure(attached(copy, quickPolicy()).get(url, { resilience: { retries: 3 } as object }))
    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).toContain('unknown option "retries"')
    expect(journal.count()).toBe(0)
  })

  it('case 68: concurrent calls share no state of ours', async () => {
    const { url, journal } = await serve(respond(503))
    const api = attached(copy, quickPolicy())
    const errors = await Promise.all(
      [0, 1, 2, 3, 4].map((maxRetries) =>
        failure(api.get(`${url}/${maxRetries}`, { resilience: { retry: { maxRetries }, key: `k${maxRetries}` } })),
      ),
    )
    expect(errors.map((error) => callReport(error)?.attempts.length)).toEqual([1, 2, 3, 4, 5])
    expect(errors.map((error) => callReport(error)?.key)).toEqual(['k0', 'k1', 'k2', 'k3', 'k4'])
    expect(journal.count()).toBe(15)
  })

  it('our refusals reach the caller as they are', async () => {
    const { url, journal } = await serve(text('ok'))
    const refuse = defineStrategy('refuse', () => () => () => {
      throw new HoldfastError('killed', { policy: 'test', key: 'k' })
    })
    const error = await failure(attached(copy, quickPolicy({ extra: [refuse({})] })).get(url))
    expect(error).toMatchObject({ name: 'HoldfastError', code: 'killed' })
    expect(journal.count()).toBe(0)
  })
})

describe('hooks of ky 2', () => {
  it('case 67: init hooks keep their order, see each other and throw synchronously', () => {
    const order: string[] = []
    const note = (name: string) => (options: Options) => {
      order.push(`${name} ${typeof options.fetch}`)
    }
    const api = KY_2.ky
      .create({ hooks: { init: [note('before')] } })
      .extend(kyHooks(quickPolicy()))
      .extend({ hooks: { init: [note('after')] } })
    const failing = api.extend({
      hooks: {
        init: [
          () => {
            throw new RangeError('mine')
          },
        ],
      },
    })
    expect(() => failing.get('http://a.example/')).toThrow(RangeError)
    expect(order).toEqual(['before undefined', 'after function'])
  })

  it('case 69: beforeError gets our errors with request and options, and may replace them', async () => {
    const { url } = await serve(text('ok'))
    const { circuitBreaker, createPolicy, retry } = await import('@holdfast/core')
    const policy = createPolicy({ name: 'open', strategies: [retry(), circuitBreaker()] })
    policy.forceOpen('maintenance')
    const beforeError = vi.fn(({ error }: BeforeErrorState) => new Error('replaced', { cause: error }))
    const api = attached(KY_2, policy, { hooks: { beforeError: [beforeError] }, context: { tenant: 'a' } })
    const error = await failure(api.get(`${url}/items`))
    const [state] = beforeError.mock.calls[0] ?? []
    expect(state?.request.url).toBe(`${url}/items`)
    expect(state?.options.context).toEqual({ tenant: 'a' })
    expect(isHoldfastError(state?.error) && state.error.code).toBe('circuit-open')
    expect(error.message).toBe('replaced')
    policy.close()
  })

  it('an init hook that changes the timeout later is heard', async () => {
    const { url } = await serve(stall())
    const api = attached(KY_2, quickPolicy({ maxRetries: 0 })).extend({
      hooks: {
        init: [
          (options) => {
            options.timeout = 120
          },
        ],
      },
    })
    const error = await failure(api.get(url))
    expect(callReport(error)?.attempts).toMatchObject([{ code: 'attempt-timeout' }])
  })
})

describe('case 70: what ky 1 is given', () => {
  it.each(COPIES.filter(({ major }) => major === 1))('is a fetch and shouldRetry, on $version', async (copy) => {
    const { url } = await serve(respond(503), text('ok'))
    const seen: Options[] = []
    const hooks = { beforeRequest: [(_request: Request, options: Options) => void seen.push(options)] }
    const api = attached(copy, quickPolicy(), { timeout: 4_000, retry: 5, hooks } as unknown as Options)
    expect(await api.get(url).text()).toBe('ok')
    expect(seen).toHaveLength(1)
    expect(seen[0]).toMatchObject({ timeout: 4_000, retry: { limit: 5 } })
  })
})
