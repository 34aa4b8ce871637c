import { describe, expect, it } from 'vitest'
import { createEngine } from '../../test/engine.ts'
import { refusedError, resetError } from '../../test/scripted-transport.ts'
import { callReport } from '../call-report.ts'
import { recordEvents } from '../testing/record-events.ts'
import { circuitBreaker } from './circuit-breaker.ts'
import { deadline } from './deadline.ts'
import { retry } from './retry.ts'

const stopOf = (result: unknown): string | undefined => callReport(result)?.stoppedBy

describe('retry decides', () => {
  it('sends once when the first attempt succeeds', async () => {
    const engine = createEngine([retry()], [200])
    expect(await engine.outcome()).toMatchObject({ status: 200 })
    expect(engine.sentAtMs).toEqual([0])
  })

  it('sends up to two more times and then hands over the last real answer', async () => {
    const engine = createEngine([retry()], [500, 502, 503, 200])
    const answer = await engine.outcome()
    expect(answer).toMatchObject({ status: 503 })
    expect(stopOf(answer)).toBe('attempts')
    expect(engine.transport.sent.map(({ attempt }) => attempt.attempt)).toEqual([1, 2, 3])
  })

  it('throws the last real error unchanged', async () => {
    const last = resetError()
    const engine = createEngine([retry({ maxRetries: 1 })], [resetError(), last])
    expect(await engine.outcome()).toBe(last)
  })

  it('stops at a success', async () => {
    const engine = createEngine([retry()], [503, 200])
    expect(await engine.outcome()).toMatchObject({ status: 200 })
    expect(engine.sentAtMs).toHaveLength(2)
  })

  it.each([400, 401, 404, 409, 422, 501])('does not repeat a %d', async (status) => {
    const engine = createEngine([retry()], [status, 200])
    const answer = await engine.outcome()
    expect(answer).toMatchObject({ status })
    expect(stopOf(answer)).toBe('class')
  })

  it('repeats no POST that may have been processed, and says what would allow it', async () => {
    const engine = createEngine([retry()], [resetError(), 200])
    const error = await engine.outcome({ method: 'post' })
    expect(error).toMatchObject({ code: 'ECONNRESET' })
    expect(stopOf(error)).toBe('method')
    expect(callReport(error)?.explain()).toContain('give an idempotency key')
  })

  it.each([
    { resilience: { idempotent: true } },
    { resilience: { idempotencyKey: 'order-7' } },
    { isIdempotent: true },
    { idempotencyHeader: 'order-7' },
  ])('repeats a POST that the caller declares safe by %o', async (request) => {
    const engine = createEngine([retry()], [resetError(), 200])
    expect(await engine.outcome({ method: 'POST', ...request })).toMatchObject({ status: 200 })
  })

  it('repeats no GET that the caller declares unsafe', async () => {
    const engine = createEngine([retry()], [resetError(), 200])
    expect(stopOf(await engine.outcome({ resilience: { idempotent: false } }))).toBe('method')
  })

  it('sends a body that can be read once only once', async () => {
    const engine = createEngine([retry()], [503, 200])
    expect(stopOf(await engine.outcome({ method: 'PUT', isReplayable: false }))).toBe('body')
  })

  it('can be switched off or changed for one call', async () => {
    const off = createEngine([retry()], [503, 200])
    expect(await off.outcome({ resilience: { retry: false } })).toMatchObject({ status: 503 })
    const more = createEngine([retry({ maxRetries: 0 })], [503, 503, 503, 200])
    expect(await more.outcome({ resilience: { retry: { maxRetries: 3 } } })).toMatchObject({ status: 200 })
    expect(await more.outcome({ resilience: { retry: { maxRetries: undefined } } })).toMatchObject({ status: 200 })
  })

  it('follows the limit of the verdict where that is lower: a 425 is repeated once', async () => {
    const engine = createEngine([retry({ maxRetries: 5 })], [425])
    expect(await engine.outcome()).toMatchObject({ status: 425 })
    expect(engine.sentAtMs).toHaveLength(2)
  })
})

describe('a call that was given up', () => {
  it('by the function itself is not repeated', async () => {
    const { policy } = createEngine([retry()], [200])
    const aborted = new DOMException('the user left', 'AbortError')
    await expect(policy.execute(() => Promise.reject(aborted), { idempotent: true })).rejects.toBe(aborted)
    expect(stopOf(aborted)).toBe('aborted')
  })

  it('by a local refusal is not repeated', async () => {
    const engine = createEngine([retry(), circuitBreaker()], [200])
    const stopped = recordEvents(engine.policy, 'retry-stopped')
    engine.policy.forceOpen('maintenance')
    await engine.outcome()
    expect(stopped).toMatchObject([{ reason: 'rejection', failure: 'rejection', attempts: 0 }])
  })
})

describe('transparent retry', () => {
  it('repeats any method at once, and once only, when nothing was sent', async () => {
    const engine = createEngine([retry()], [refusedError(), 200])
    const scheduled = recordEvents(engine.policy, 'retry-scheduled')
    expect(await engine.outcome({ method: 'POST' })).toMatchObject({ status: 200 })
    expect(engine.sentAtMs).toEqual([0, 0])
    expect(scheduled).toMatchObject([{ attempt: 2, delayMs: 0, isTransparent: true, isPushback: false }])
  })

  it('comes on top of the usual retries', async () => {
    const engine = createEngine([retry({ maxRetries: 1 })], [refusedError()])
    expect(await engine.outcome()).toMatchObject({ code: 'ECONNREFUSED' })
    expect(engine.sentAtMs).toEqual([0, 0, 50])
  })

  it('is off when retries are', async () => {
    const engine = createEngine([retry({ maxRetries: 0 })], [refusedError()])
    await engine.outcome()
    expect(engine.sentAtMs).toEqual([0])
  })
})

describe('options of retry', () => {
  it.each([
    [{ maxRetries: -1 }, 'retry: option "maxRetries" must be an integer from 0 to 100, but is -1.'],
    [{ maxRetries: 1.5 }, '"maxRetries"'],
    [{ maxRetries: '2' }, '"maxRetries"'],
    [{ baseMs: NaN }, '"baseMs"'],
    [{ throttledBaseMs: -1 }, '"throttledBaseMs"'],
    [{ maxMs: 0 }, '"maxMs"'],
    [{ maxPushbackMs: '1s' }, '"maxPushbackMs"'],
    [{ backoff: 'full' }, '"backoff"'],
    [{ retries: 3 }, 'unknown option "retries"'],
    [JSON.parse('{"__proto__": {"maxRetries": 9}}'), 'unknown option "__proto__"'],
  ])('refuses %o when the policy is made and for one call', async (options, message) => {
    expect(() => retry(options as never)).toThrow(message)
    const engine = createEngine([retry()], [200])
    const error = (await engine.outcome({ resilience: { retry: options } })) as Error
    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).toContain(message)
    expect(engine.sentAtMs).toEqual([])
  })

  it('shows its options', () => {
    const { policy } = createEngine([deadline({ afterMs: 5_000 }), retry({ maxRetries: 4 })], [200])
    expect(policy.describe()).toEqual([
      { name: 'deadline', options: { afterMs: 5_000 } },
      {
        name: 'retry',
        options: {
          maxRetries: 4,
          baseMs: 100,
          throttledBaseMs: 1_000,
          maxMs: 20_000,
          maxPushbackMs: 60_000,
          backoff: undefined,
        },
      },
    ])
  })
})
