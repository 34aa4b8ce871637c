import { describe, expect, it } from 'vitest'
import { createEngine } from '../test/engine.ts'
import { resetError } from '../test/scripted-transport.ts'
import { callReport } from './call-report.ts'
import { type HoldfastError } from './errors.ts'
import { attemptTimeout } from './strategies/attempt-timeout.ts'
import { circuitBreaker } from './strategies/circuit-breaker.ts'
import { deadline } from './strategies/deadline.ts'
import { retryBudget } from './strategies/retry-budget.ts'
import { retry } from './strategies/retry.ts'

const KEY = 'https://api.example'

describe('callReport', () => {
  it('tells the story of a call that was retried, as data', async () => {
    const engine = createEngine(
      [deadline(), retryBudget(), retry(), circuitBreaker()],
      [resetError(), { status: 200, afterMs: 8 }],
    )
    const report = callReport(await engine.outcome({ method: 'POST', resilience: { idempotencyKey: 'order-7' } }))
    expect(report).toMatchObject({
      policy: 'test',
      key: KEY,
      method: 'POST',
      stoppedBy: undefined,
      durationMs: 58,
      idempotencyKey: 'order-7',
    })
    expect(report?.attempts).toEqual([
      { attempt: 1, atMs: 0, durationMs: 0, status: undefined, code: 'connection-reset' },
      { attempt: 2, atMs: 50, durationMs: 8, status: 200, code: undefined },
    ])
    expect(report?.steps.map(({ step }) => step)).toEqual(['attempt', 'vote', 'retry', 'attempt'])
    expect(JSON.parse(JSON.stringify(report))).toMatchObject({ policy: 'test' })
  })

  it('and as text, without URL, header or body', async () => {
    const engine = createEngine(
      [deadline(), retryBudget(), retry(), circuitBreaker()],
      [{ status: 503, headers: { 'x-secret': 'token-1' } }],
    )
    const report = callReport(await engine.outcome({ url: 'https://api.example/orders?access_token=secret' }))
    expect(report?.explain().split('\n')).toEqual([
      `GET by policy "test", key "${KEY}", 150 ms`,
      '+0 ms attempt 1: http-503 with status 503 after 0 ms',
      '+0 ms circuit breaker: failure 1 in a row',
      '+0 ms attempt 2 scheduled in 50 ms: http-503, 90 budget tokens left',
      '+50 ms attempt 2: http-503 with status 503 after 0 ms',
      '+50 ms circuit breaker: failure 2 in a row',
      '+50 ms attempt 3 scheduled in 100 ms: http-503, 80 budget tokens left',
      '+150 ms attempt 3: http-503 with status 503 after 0 ms',
      '+150 ms circuit breaker: failure 3 in a row',
      '+150 ms no further attempt: attempts',
    ])
  })

  it('derives the one attempt of a call that succeeded at once', async () => {
    const traits = { guardBody: () => false }
    const engine = createEngine([retry()], [{ status: 204, afterMs: 5 }], { traits })
    const report = callReport(await engine.outcome())
    expect(report?.attempts).toEqual([{ attempt: 1, atMs: 0, durationMs: 5, status: 204, code: undefined }])
    expect(report).toMatchObject({ durationMs: 5, stoppedBy: undefined, steps: [{ step: 'attempt' }] })
  })

  it('comes with our own errors as well, by either way', async () => {
    const engine = createEngine([attemptTimeout({ afterMs: 100 })], ['hang'])
    const error = (await engine.outcome()) as HoldfastError
    expect(error.report?.attempts).toMatchObject([{ code: 'attempt-timeout', durationMs: 100 }])
    expect(callReport(error)).toMatchObject({ durationMs: 100 })
  })

  it('says why nothing was sent', async () => {
    const engine = createEngine([retry(), circuitBreaker()], [200])
    engine.policy.forceOpen('maintenance')
    const error = (await engine.outcome()) as HoldfastError
    expect(error.report).toMatchObject({ attempts: [], stoppedBy: 'rejection' })
    expect(callReport(error)?.explain()).toContain('refused: circuit-open (forced open: maintenance)')
  })

  it('says why the caller got nothing after an abort before the first attempt', async () => {
    const reason = new Error('gone')
    const engine = createEngine([], [200])
    expect(await engine.outcome({ signal: AbortSignal.abort(reason) })).toBe(reason)
    expect(callReport(reason)).toMatchObject({ attempts: [], steps: [] })
  })

  it('works on functions and objects a client returns, and knows nothing of others', async () => {
    const engine = createEngine([retry({ backoff: () => 0 })], [200])
    const result = (): string => 'client'
    const answer = await engine.policy.execute(
      ({ attempt }) => (attempt === 1 ? Promise.reject(new Error('first')) : result),
      { idempotent: true },
    )
    expect(answer).toBe(result)
    expect(callReport(answer)?.attempts).toHaveLength(2)
    for (const value of [undefined, null, 5, 'text', {}, () => 1, new Error('x')])
      expect(callReport(value)).toBeUndefined()
  })

  it('does not fail for a result that is no object', async () => {
    const { policy, clock } = createEngine([retry({ backoff: () => 1 })], [200])
    const run = policy.execute(({ attempt }) => (attempt === 1 ? Promise.reject(new Error('first')) : 5), {
      idempotent: true,
    })
    expect(await clock.run(run)).toBe(5)
    await expect(policy.execute(() => Promise.reject('plain text'))).rejects.toBe('plain text')
  })
})

describe('callReport of a client error around the result', () => {
  it('is that of the error it has as its cause, ours or the network’s', async () => {
    const { policy } = createEngine([retry()], [200])
    const refused = await policy.execute(() => 1, { idempotencyKey: 'not valid' }).catch((error: unknown) => error)
    expect(callReport(new Error('timeout of 10 ms exceeded', { cause: refused }))).toBe(callReport(refused))
    const broken: unknown = await policy
      .execute(() => Promise.reject(new TypeError('fetch failed')))
      .catch((error: unknown) => error)
    const network = new Error('Request failed due to a network error', { cause: broken })
    expect(callReport(network)?.attempts).toHaveLength(1)
    expect(callReport(new Error('mine', { cause: new Error('other') }))).toBeUndefined()
  })

  it('is that of the answer it carries', async () => {
    const engine = createEngine([retry({ maxRetries: 1 })], [503], { traits: { guardBody: () => false } })
    const response = await engine.outcome()
    const error = Object.assign(new Error('Request failed with status code 503'), { response })
    expect(callReport(error)).toMatchObject({ stoppedBy: 'attempts' })
  })
})
