import { describe, expect, it } from 'vitest'
import { createEngine } from '../../test/engine.ts'
import { refusedError } from '../../test/scripted-transport.ts'
import { wrapFetch } from '../adapters/fetch.ts'
import { callReport } from '../call-report.ts'
import { isHoldfastError } from '../errors.ts'
import { createPolicy } from '../policy.ts'
import { standardPolicy } from '../presets/standard.ts'
import { recordEvents } from '../testing/record-events.ts'
import { circuitBreaker } from './circuit-breaker.ts'
import { deadline } from './deadline.ts'
import { fallback, type Failure } from './fallback.ts'
import { retry } from './retry.ts'

const policyWith = (options: Parameters<typeof fallback>[0], name = 'fallback') =>
  createPolicy({ name, strategies: [fallback(options), circuitBreaker()] })

describe('fallback', () => {
  it('leaves a success alone', async () => {
    const policy = policyWith({ answer: () => 'stand-in' })
    expect(await policy.execute(() => 'live')).toBe('live')
  })

  it('stands in for an error and for a refusal, and is told which', async () => {
    const seen: Failure[] = []
    const answer = (failure: Failure): string => {
      seen.push(failure)
      return 'stand-in'
    }
    const policy = policyWith({ answer })
    const events = recordEvents(policy, 'fallback-used')
    const error = refusedError()
    expect(await policy.execute(() => Promise.reject(error))).toBe('stand-in')
    policy.forceOpen('test')
    expect(await policy.execute(() => 'live')).toBe('stand-in')
    expect(seen[0]).toMatchObject({ code: 'connection-refused', category: 'transient', error, method: 'CALL' })
    expect(seen[1]?.code).toBe('circuit-open')
    expect(isHoldfastError(seen[1]?.error)).toBe(true)
    expect(events.map(({ reason }) => reason)).toEqual(['connection-refused', 'circuit-open'])
  })

  it('acts after the last retry, and the report says so', async () => {
    const engine = createEngine([fallback({ answer: () => ({ cached: true }) }), retry({ maxRetries: 1 })], [503])
    const value = await engine.outcome()
    expect(value).toEqual({ cached: true })
    expect(engine.sentAtMs).toHaveLength(2)
    expect(callReport(value)?.explain()).toMatch(/answered by the fallback: http-503$/)
  })

  it("lets through what is the request's own fault and the caller's abort, unless told otherwise", async () => {
    const notFound = (when?: () => boolean) =>
      createEngine([fallback({ answer: () => 'stand-in', ...(when && { when }) })], [404]).outcome()
    expect(await notFound()).toMatchObject({ status: 404 })
    expect(await notFound(() => true)).toBe('stand-in')
    const policy = policyWith({ answer: () => 'stand-in', when: () => true })
    const controller = new AbortController()
    const pending = policy.execute(() => new Promise(() => undefined), { signal: controller.signal })
    controller.abort(new Error('left'))
    await expect(pending).rejects.toThrow('left')
  })

  it('leaves the failure as it was when it fails itself', async () => {
    const broken = (): never => {
      throw new Error('no copy')
    }
    for (const options of [
      { answer: broken },
      { answer: () => Promise.reject(new Error('no copy')) },
      { answer: () => 1, when: broken },
    ]) {
      const policy = policyWith(options)
      const events = recordEvents(policy, 'listener-failed')
      const error = refusedError()
      await expect(policy.execute(() => Promise.reject(error))).rejects.toBe(error)
      expect(events).toHaveLength(1)
    }
  })

  it('case 99: answers fetch with a Response, and lets go of the failed one', async () => {
    let cancelled = false
    const failed = (): Response => {
      const body = new ReadableStream({
        cancel: () => {
          cancelled = true
        },
      })
      return new Response(body, { status: 503, headers: { 'content-length': '9999999' } })
    }
    const get = (answer: () => unknown) => wrapFetch(policyWith({ answer }), async () => failed())('https://a.example/')
    expect(await (await get(() => ({ items: [] }))).json()).toEqual({ items: [] })
    expect(cancelled).toBe(true)
    const own = new Response('mine', { status: 203 })
    expect(await get(() => own)).toBe(own)
    expect((await get(() => undefined)).status).toBe(204)
  })

  it('is part of the standard policy when given', async () => {
    const policy = standardPolicy({ name: 'standard-fallback', retry: false, fallback: { answer: () => 'stand-in' } })
    expect(policy.describe()[0]?.name).toBe('fallback')
    expect(await policy.execute(() => Promise.reject(refusedError()))).toBe('stand-in')
    expect(standardPolicy({ name: 'standard-plain' }).describe()[0]?.name).toBe('deadline')
  })

  it('must be told what to answer, and stand outside', () => {
    expect(() => fallback()).toThrow('option "answer" must be a function')
    expect(() => fallback({ answer: () => 1, wen: () => true } as never)).toThrow('unknown option "wen"')
    const strategies = [deadline(), fallback({ answer: () => 1 })]
    expect(() => createPolicy({ name: 'order', strategies })).toThrow('"fallback" must be listed before "deadline"')
  })
})
