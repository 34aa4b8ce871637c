import { describe, expect, test } from 'vitest'
import { limited, limitedServer, ORIGIN } from '../../test/limits.ts'
import { defineStrategy, type Strategy } from '../strategy.ts'
import type { ScriptedAnswer } from '../testing/scripted-fetch.ts'
import { adaptiveThrottle } from './adaptive-throttle.ts'
import { concurrency } from './concurrency.ts'
import { rateLimit } from './rate-limit.ts'
import { retry } from './retry.ts'
import { serverGate } from './server-gate.ts'

/** A stage outside the one under test, which notes when its permit comes back unused. */
const setUp = (stage: Strategy, script: readonly ScriptedAnswer[]) => {
  const cancelledAtMs: number[] = []
  const lender = defineStrategy('lender', () => (next) => (call) => {
    call.hold({
      settle: () => undefined,
      cancel: (_call, nowMs) => {
        cancelledAtMs.push(nowMs)
      },
    })
    return next(call)
  })
  const strategies = [retry({ maxRetries: 1, backoff: () => 100, throttledBaseMs: 0 }), lender({}), stage] as const
  const { clock, policy } = limited(stage.name, strategies)
  return { clock, cancelledAtMs, ...limitedServer(clock, policy, script) }
}

describe('a stage that refuses a retry gives back what the stages outside it lent, in that moment', () => {
  test('rateLimit without room in its queue', async () => {
    const { clock, cancelledAtMs, get } = setUp(rateLimit({ permits: 1, perMs: 60_000, maxQueued: 0 }), [500])
    const call = get()
    await clock.advance(100)
    expect(await call).toMatch(/^queue-full/)
    expect(cancelledAtMs).toEqual([100])
  })

  test('rateLimit whose caller aborts in the queue; one that was aborted before never enters', async () => {
    const { clock, cancelledAtMs, get } = setUp(rateLimit({ permits: 1, perMs: 60_000 }), [500])
    const controller = new AbortController()
    const call = get({}, controller.signal)
    await clock.advance(300)
    controller.abort('enough')
    expect(await call).toBe('threw enough')
    expect(cancelledAtMs).toEqual([300])
    await clock.advance(100)
    expect(await get({}, AbortSignal.abort('gone'))).toBe('threw gone')
    expect(cancelledAtMs).toEqual([300])
  })

  test('concurrency without a place', async () => {
    const { clock, cancelledAtMs, get } = setUp(concurrency({ limit: 1, maxQueued: 0 }), [
      500,
      { status: 200, delayMs: 5_000 },
    ])
    const call = get()
    await clock.advance(50)
    const other = get()
    await clock.advance(50)
    expect(await call).toMatch(/^queue-full/)
    expect(cancelledAtMs).toEqual([100])
    await clock.advance(5_000)
    expect(await other).toBe(200)
  })

  test('serverGate that another answer closed meanwhile', async () => {
    const { clock, cancelledAtMs, get } = setUp(serverGate(), [500, { status: 429, headers: { 'retry-after': '70' } }])
    const call = get()
    await clock.advance(50)
    expect(await get()).toBe(429)
    await clock.advance(50)
    expect(await call).toBe('gate-closed 69950')
    expect(cancelledAtMs).toEqual([100])
  })

  test('serverGate whose caller aborts while it waits', async () => {
    const { clock, cancelledAtMs, get } = setUp(serverGate(), [
      500,
      { status: 429, headers: { 'retry-after': '1' } },
      200,
    ])
    const controller = new AbortController()
    const call = get({}, controller.signal)
    await clock.advance(50)
    const other = get({ retry: false })
    await clock.advance(250)
    controller.abort('enough')
    expect(await call).toBe('threw enough')
    expect(cancelledAtMs).toEqual([300])
    expect(await other).toBe(429)
  })

  test('adaptiveThrottle', async () => {
    const { clock, cancelledAtMs, fetch } = setUp(adaptiveThrottle({ minimumRequests: 0 }), [503])
    const call = expect(fetch(ORIGIN)).rejects.toMatchObject({ code: 'throttled' })
    await clock.advance(100)
    await call
    expect(cancelledAtMs).toEqual([100])
  })
})
