import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, expect, test } from 'vitest'
import { limited, refusalOf, sendLog } from '../../test/limits.ts'
import { countingSignal } from '../../test/counting-signal.ts'
import { callReport } from '../call-report.ts'
import type { Strategy } from '../strategy.ts'
import { recordEvents } from '../testing/record-events.ts'
import { deadline } from './deadline.ts'
import { rateLimit, type RateLimitInit } from './rate-limit.ts'

const setUp = (options: RateLimitInit, ...inner: Strategy[]) =>
  limited('rateLimit', [deadline({ afterMs: 60_000 }), rateLimit(options), ...inner])

describe('the queue of rateLimit', () => {
  test('serves critical first and in order within a priority', async () => {
    const { clock, policy } = setUp({ permits: 1, perMs: 100 })
    const queued = recordEvents(policy, 'call-queued')
    const { sent, send } = sendLog(clock)
    const calls = [policy.execute(send('first'))]
    for (const priority of ['background', 'default', 'critical'] as const) {
      for (const turn of [1, 2]) calls.push(policy.execute(send(`${priority} ${turn}`), { priority }))
    }
    await clock.advance(1_000)
    await Promise.all(calls)
    expect(sent.map(([id]) => id)).toEqual([
      'first',
      'critical 1',
      'critical 2',
      'default 1',
      'default 2',
      'background 1',
      'background 2',
    ])
    expect(queued.map((event) => [event.stage, event.queued, event.reason])).toEqual(
      [1, 2, 3, 4, 5, 6].map((size) => ['rate limit', size, 'rate']),
    )
  })

  test('a newcomer does not overtake those who wait, even in the moment a permit comes free', async () => {
    const { clock, policy } = setUp({ permits: 1, perMs: 100 })
    const { sent, send } = sendLog(clock)
    const calls = [policy.execute(send('a')), policy.execute(send('b'))]
    clock.jump(100)
    calls.push(policy.execute(send('c')))
    await clock.advance(200)
    await Promise.all(calls)
    expect(sent.map(([id]) => id)).toEqual(['a', 'b', 'c'])
  })

  test('fails at once when the permit cannot come before the deadline, and says when it would', async () => {
    const { clock, policy } = setUp({ permits: 1, perMs: 1_000 })
    const { sent, send } = sendLog(clock)
    await policy.execute(send('a'))
    const error = await refusalOf(policy.execute(send('b'), { deadline: { afterMs: 1_005 } }))
    expect(error).toMatchObject({ code: 'rate-limited', retryAfterMs: 1_000 })
    expect(error.message).toContain('a permit comes in 1000 ms, 1005 ms are left')
    expect(clock.pendingTimers).toBe(0)
    const last = policy.execute(send('c'), { deadline: { afterMs: 1_010 } })
    await clock.advance(1_000)
    await expect(last).resolves.toBe('c')
    expect(sent).toEqual([
      ['a', 0],
      ['c', 1_000],
    ])
  })

  test('a call that others overtake until its deadline passes leaves the queue', async () => {
    const { clock, policy, facts } = setUp({ permits: 1, perMs: 1_000 })
    const { send } = sendLog(clock)
    await policy.execute(send('a'))
    const waiting = refusalOf(policy.execute(send('b'), { deadline: { afterMs: 1_500 } }))
    const overtaking = [1, 2].map((turn) => policy.execute(send(`critical ${turn}`), { priority: 'critical' }))
    await clock.advance(1_500)
    const error = await waiting
    expect(error.code).toBe('deadline-exceeded')
    expect(error.message).toContain('it waited 1500 ms for the rate limit')
    expect(callReport(error)?.explain()).toContain('waited 1500 ms in rate limit')
    expect(facts()).toMatchObject({ queued: 1 })
    await clock.advance(500)
    await Promise.all(overtaking)
    expect(clock.pendingTimers).toBe(0)
  })

  test('refuses when too many wait', async () => {
    const { clock, policy } = setUp({ permits: 1, perMs: 100, maxQueued: 1 })
    const { send } = sendLog(clock)
    const calls = [policy.execute(send('a')), policy.execute(send('b'))]
    const error = await refusalOf(policy.execute(send('c')))
    expect(error).toMatchObject({ code: 'queue-full', retryAfterMs: 200 })
    await clock.advance(100)
    await Promise.all(calls)
  })

  test('an abort takes the caller out at once and gives its reason', async () => {
    const { clock, policy, facts } = setUp({ permits: 1, perMs: 100 })
    const { sent, send } = sendLog(clock)
    await policy.execute(send('a'))
    const controller = new AbortController()
    const heavy = policy.execute(send('b'), { signal: controller.signal })
    const behind = policy.execute(send('c'))
    controller.abort('enough')
    await expect(heavy).rejects.toBe('enough')
    expect(facts()).toMatchObject({ queued: 1 })
    await expect(policy.execute(send('d'), { signal: controller.signal })).rejects.toBe('enough')
    await clock.advance(100)
    await behind
    expect(sent).toEqual([
      ['a', 0],
      ['c', 100],
    ])
    expect(clock.pendingTimers).toBe(0)
  })

  test('an abort between the permit and the caller waking up gives the permit back', async () => {
    const { clock, policy, facts } = setUp({ permits: 1, perMs: 100 })
    const { sent, send } = sendLog(clock)
    await policy.execute(send('a'))
    const controller = new AbortController()
    const call = policy.execute(send('b'), { signal: controller.signal })
    // Serves the queue in this very moment, so the permit is taken and the caller has not woken up yet.
    policy.reset()
    expect(facts()).toMatchObject({ inFlight: 1, queued: 0 })
    controller.abort(new Error('late'))
    await expect(call).rejects.toThrow('late')
    expect(facts()).toMatchObject({ inFlight: 0, remaining: 1 })
    await policy.execute(send('c'))
    expect(sent).toEqual([
      ['a', 0],
      ['c', 0],
    ])
    expect(clock.pendingTimers).toBe(0)
  })

  test('each caller wakes up in its own async context', async () => {
    const { clock, policy } = setUp({ permits: 1, perMs: 100 })
    const context = new AsyncLocalStorage<string>()
    const calls = ['a', 'b', 'c'].map((id) => context.run(id, () => policy.execute(() => context.getStore())))
    await clock.advance(1_000)
    expect(await Promise.all(calls)).toEqual(['a', 'b', 'c'])
  })

  test('when a heavy call is aborted the light one behind it goes at once', async () => {
    const { clock, policy } = setUp({ permits: 4, perMs: 400 })
    const { sent, send } = sendLog(clock)
    await policy.execute(send('a'), { rateLimit: { weight: 3 } })
    const controller = new AbortController()
    const heavy = policy.execute(send('b'), { signal: controller.signal, rateLimit: { weight: 4 } })
    const light = policy.execute(send('c'))
    await clock.advance(50)
    expect(sent).toHaveLength(1)
    controller.abort('enough')
    await expect(heavy).rejects.toBe('enough')
    await light
    expect(sent).toEqual([
      ['a', 0],
      ['c', 50],
    ])
  })

  test('leaves no listener on the signal of a caller', async () => {
    const { clock, policy } = setUp({ permits: 1, perMs: 100 })
    const counting = countingSignal()
    const { signal } = counting
    const calls = Array.from({ length: 3 }, () => policy.execute(() => 1, { signal }))
    const late = refusalOf(policy.execute(() => 1, { signal, priority: 'background', deadline: { afterMs: 320 } }))
    const ahead = policy.execute(() => 1, { priority: 'critical' })
    await clock.advance(1_000)
    await Promise.all([...calls, ahead])
    expect((await late).code).toBe('deadline-exceeded')
    expect(counting.listeners).toBe(0)
  })
})
