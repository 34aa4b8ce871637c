import { callReport, type Policy } from '@holdfast/core'
import { json, respond, text } from '@holdfast/fault-server'
import type { Hooks, KyInstance } from 'ky'
import { describe, expect, it, vi } from 'vitest'
import { kyHooks } from '../src/index.ts'
import { attached, COPIES, failure, KY_14, KY_2, quickPolicy, serve } from './support.ts'

const once = (policy: Policy): { attempts: () => number } => {
  let attempts = 0
  policy.on('attempt-ended', () => {
    attempts += 1
  })
  return { attempts: () => attempts }
}

describe.each(COPIES)('ky $version', (copy) => {
  const { ky, major } = copy

  it('case 50: a permanent 503 costs exactly the attempts of the policy and ends as an HTTPError with its response', async () => {
    const { url, journal } = await serve(json({ reason: 'down' }, { status: 503 }))
    const error = await failure(attached(copy, quickPolicy({ maxRetries: 2 })).get(url))
    expect(journal.count()).toBe(3)
    expect(error).toBeInstanceOf(copy.HTTPError)
    expect(error.response.status).toBe(503)
    expect(error.request.url).toBe(url.endsWith('/') ? url : `${url}/`)
    if (major === 2) expect(error.data).toEqual({ reason: 'down' })
    else expect(await error.response.json()).toEqual({ reason: 'down' })
    expect(callReport(error)?.attempts.map(({ status }) => status)).toEqual([503, 503, 503])
    expect(callReport(error)?.stoppedBy).toBe('attempts')
  })

  it('case 51: the hooks of the user see one call, whatever the attempts', async () => {
    const { url, journal } = await serve(respond(503), respond(503), json({ ok: true }))
    const hook = () => vi.fn(() => undefined)
    const [beforeRequest, afterResponse, beforeRetry, beforeError] = [hook(), hook(), hook(), hook()]
    const hooks = {
      beforeRequest: [beforeRequest],
      afterResponse: [afterResponse],
      beforeRetry: [beforeRetry],
      beforeError: [beforeError],
    } as unknown as Hooks
    expect(await attached(copy, quickPolicy(), { hooks }).get(url).json()).toEqual({ ok: true })
    expect(journal.count()).toBe(3)
    expect([beforeRequest, afterResponse, beforeRetry, beforeError].map(({ mock }) => mock.calls.length)).toEqual([
      1, 1, 0, 0,
    ])
  })

  it('case 53: a beforeRequest hook that answers itself costs no request and is no call of the policy', async () => {
    const { url, journal } = await serve(text('wire'))
    const policy = quickPolicy()
    const { attempts } = once(policy)
    const hooks: Hooks = { beforeRequest: [() => new Response('cached')] }
    const api = attached(copy, policy, { hooks })
    expect(await api.get(url).text()).toBe('cached')
    expect([journal.count(), attempts(), Object.keys(policy.health().keys)]).toEqual([0, 0, []])
  })

  it('case 54: a fetch of the instance is wrapped, not replaced', async () => {
    const { url, journal } = await serve(respond(503), text('ok'))
    const inner = vi.fn((...given: Parameters<typeof fetch>) => fetch(...given))
    const policy = quickPolicy()
    const { attempts } = once(policy)
    expect(await attached(copy, policy, { fetch: inner }).get(url).text()).toBe('ok')
    expect([journal.count(), inner.mock.calls.length, attempts()]).toEqual([2, 2, 2])
  })

  it('case 55: the global fetch is looked up at the time of the attempt', async () => {
    const api = attached(copy, quickPolicy())
    const late = vi.spyOn(globalThis, 'fetch').mockImplementation(() => Promise.resolve(new Response('late')))
    try {
      expect(await api.get('http://nowhere.example/').text()).toBe('late')
    } finally {
      late.mockRestore()
    }
  })

  it('case 56: a second extend with the policy nests nothing, one with another policy takes its place', async () => {
    const { url, journal } = await serve(respond(503))
    const [first, second] = [quickPolicy({ maxRetries: 1 }), quickPolicy({ maxRetries: 3 })]
    const twice = attached(copy, first).extend(kyHooks(first)).extend(kyHooks(first))
    await failure(twice.get(url))
    expect(journal.count()).toBe(2)
    journal.clear()
    const { attempts } = once(first)
    await failure(twice.extend(kyHooks(second)).get(url))
    expect([journal.count(), attempts()]).toEqual([4, 0])
    journal.clear()
    await failure(twice.get(url))
    expect(journal.count()).toBe(2)
  })

  it('case 57: an extend() child inherits the policy; a create() child and the parent are free of it', async () => {
    const { url, journal } = await serve(respond(503))
    const parent = ky.create({ retry: 0 })
    const api = parent.extend(kyHooks(quickPolicy({ maxRetries: 4 })))
    const hits = async (instance: KyInstance): Promise<number> => {
      journal.clear()
      await failure(instance.get(url))
      return journal.count()
    }
    expect(await hits(api.extend({ headers: { 'x-own': 'child' } }))).toBe(5)
    expect(await hits(api.create({ retry: 0 }))).toBe(1)
    expect(await hits(parent)).toBe(1)
  })

  it('a retry option of the call, as a number or as an object, does not multiply the attempts', async () => {
    const { url, journal } = await serve(respond(503))
    const api = attached(copy, quickPolicy({ maxRetries: 1 }), { retry: 3 })
    for (const retry of [3, { limit: 2, delay: () => 0 }, undefined]) {
      journal.clear()
      await failure(api.get(url, retry === undefined ? {} : { retry }))
      expect(journal.count()).toBe(2)
    }
  })
})

describe('ky.retry(), in ky from 1.14 on', () => {
  it.each([KY_2, KY_14])('case 52: a token refresh from afterResponse works on $version', async (copy) => {
    const { url, journal } = await serve(respond(503), respond(401), respond(503), json({ ok: true }))
    const refresh = (request: Request): unknown =>
      copy.ky.retry({
        request: new Request(request, { headers: { authorization: 'Bearer new' } }),
        delay: 0,
      })
    const afterResponse =
      copy.major === 2
        ? ({ request, response }: { request: Request; response: Response }) =>
            response.status === 401 ? refresh(request) : undefined
        : (request: Request, _options: unknown, response: Response) =>
            response.status === 401 ? refresh(request) : undefined
    const hooks = { afterResponse: [afterResponse] } as unknown as Hooks
    const api = attached(copy, quickPolicy(), { hooks, headers: { authorization: 'Bearer old' } })
    expect(await api.get(url).json()).toEqual({ ok: true })
    expect(journal.entries.map(({ headers }) => headers['authorization'])).toEqual([
      'Bearer old',
      'Bearer old',
      'Bearer new',
      'Bearer new',
    ])
  })

  it('case 52: the limit of ky.retry() stays the one of the user', async () => {
    const { url, journal } = await serve(respond(401))
    const hooks: Hooks = { afterResponse: [() => KY_2.ky.retry({ delay: 0 })] }
    const error = await failure(attached(KY_2, quickPolicy(), { hooks, retry: 3 }).get(url))
    expect(error.name).toBe('ForceRetryError')
    expect(journal.count()).toBe(4)
  })
})

describe('fetch options of a later level', () => {
  it('case 54: on ky 2 a fetch of a child or of a call is wrapped as well', async () => {
    const { url, journal } = await serve(respond(503), text('ok'))
    const policy = quickPolicy()
    const { attempts } = once(policy)
    const inner = vi.fn((...given: Parameters<typeof fetch>) => fetch(...given))
    expect(await attached(KY_2, policy).get(url, { fetch: inner }).text()).toBe('ok')
    expect([journal.count(), inner.mock.calls.length, attempts()]).toEqual([2, 2, 2])
    expect(await attached(KY_2, policy).extend({ fetch: inner }).get(url).text()).toBe('ok')
    expect([inner.mock.calls.length, attempts()]).toEqual([3, 3])
  })

  it.each(COPIES)('a fetch put around that of the parent meets the policy once, on $version', async (copy) => {
    const { url, journal } = await serve(respond(503))
    const policy = quickPolicy({ maxRetries: 1 })
    const calls: string[] = []
    const api = copy.ky.extend(kyHooks(policy)).extend((parent) => ({
      fetch: async (input, init) => {
        calls.push('outer')
        return (parent.fetch ?? fetch)(input, init)
      },
    }))
    await failure(api.get(url))
    expect(journal.count()).toBe(2)
    // On ky 2 the policy stands around it, on ky 1 within.
    expect(calls.length).toBe(copy.major === 2 ? 2 : 1)
  })

  it('case 70: on ky 1 a later fetch option takes the place of the policy', async () => {
    const { url, journal } = await serve(respond(503), text('ok'))
    const own = vi.fn((...given: Parameters<typeof fetch>) => fetch(...given))
    const error = await failure(attached(KY_14, quickPolicy()).get(url, { fetch: own }))
    expect([error.response.status, journal.count()]).toEqual([503, 1])
  })
})

it('without a retry strategy in the policy, the retries of ky stay', async () => {
  const { createPolicy, circuitBreaker } = await import('@holdfast/core')
  for (const copy of COPIES) {
    const { url, journal } = await serve(respond(503), respond(503), text('ok'))
    const policy = createPolicy({ name: 'breaker-only', strategies: [circuitBreaker()] })
    const retry = { limit: 2, delay: () => 1 }
    expect(await attached(copy, policy, { retry }).get(url).text()).toBe('ok')
    expect(journal.count()).toBe(3)
    policy.close()
  }
})
