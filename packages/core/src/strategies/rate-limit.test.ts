import { describe, expect, test } from 'vitest'
import { limited, limitedServer, refusalOf, sendLog } from '../../test/limits.ts'
import { rejected } from '../call.ts'
import { createPolicy } from '../policy.ts'
import { defineStrategy, type Strategy } from '../strategy.ts'
import { createTestClock } from '../testing/test-clock.ts'
import { deadline } from './deadline.ts'
import { rateLimit, type RateLimitInit } from './rate-limit.ts'
import { retry } from './retry.ts'

const setUp = (options: RateLimitInit, ...inner: Strategy[]) =>
  limited('rateLimit', [deadline({ afterMs: 60_000 }), rateLimit(options), ...inner])

describe('rateLimit', () => {
  test('lets the burst go at once, then one call each interval, and leaves no timer behind', async () => {
    const { clock, policy, facts } = setUp({ permits: 2, perMs: 200 })
    const { sent, send } = sendLog(clock)
    const calls = ['a', 'b', 'c', 'd'].map((id) => policy.execute(send(id)))
    await clock.settle()
    expect(sent).toEqual([
      ['a', 0],
      ['b', 0],
    ])
    expect(clock.pendingTimers).toBe(1)
    expect(facts()).toMatchObject({ queued: 2, remaining: 0 })
    await clock.advance(200)
    expect(await Promise.all(calls)).toEqual(['a', 'b', 'c', 'd'])
    expect(sent.slice(2)).toEqual([
      ['c', 100],
      ['d', 200],
    ])
    expect(clock.pendingTimers).toBe(0)
    expect(facts()).toMatchObject({ queued: 0, inFlight: 0 })
  })

  test('what an inner stage refuses costs nothing', async () => {
    let isOpen = false
    const door = defineStrategy(
      'door',
      () => (next) => (call) => (isOpen ? next(call) : Promise.resolve(rejected(call, { code: 'killed' }))),
    )
    const { clock, policy, facts } = setUp({ permits: 2, perMs: 200, daily: 10 }, door({}))
    const { sent, send } = sendLog(clock)
    for (const id of ['a', 'b', 'c', 'd']) expect((await refusalOf(policy.execute(send(id)))).code).toBe('killed')
    expect(facts()).toMatchObject({ remaining: 2, remainingToday: 10, inFlight: 0 })
    isOpen = true
    await Promise.all([policy.execute(send('e')), policy.execute(send('f'))])
    expect(sent).toEqual([
      ['e', 0],
      ['f', 0],
    ])
    expect(facts()).toMatchObject({ remaining: 0, remainingToday: 8 })
  })

  test('a permit given back wakes whoever waits', async () => {
    let letGo: (() => void) | undefined
    const door = defineStrategy(
      'door',
      () => () => (call) =>
        new Promise((resolve) => {
          letGo = () => {
            resolve(rejected(call, { code: 'killed' }))
          }
        }),
    )
    const { clock, policy } = setUp({ permits: 1, perMs: 10_000 }, door({}))
    const first = refusalOf(policy.execute(() => 1))
    const second = refusalOf(policy.execute(() => 2))
    expect(clock.pendingTimers).toBe(1)
    letGo?.()
    await first
    await clock.settle()
    expect(clock.pendingTimers).toBe(0)
    letGo?.()
    expect((await second).code).toBe('killed')
  })

  test('a permit held up by another stage counts from when it is sent', async () => {
    const slow = defineStrategy('slow', (env) => (next) => async (call) => {
      await new Promise<void>((resolve) => {
        env.clock.setTimer(resolve, 500)
      })
      return next(call)
    })
    const { clock, policy } = setUp({ permits: 1, perMs: 1_000, windows: [{ permits: 1, perMs: 1_000 }] }, slow({}))
    const { sent, send } = sendLog(clock)
    const calls = [policy.execute(send('a')), policy.execute(send('b'))]
    await clock.advance(3_000)
    await Promise.all(calls)
    expect(sent).toEqual([
      ['a', 500],
      ['b', 2_000],
    ])
  })

  test('a heavy call costs its weight', async () => {
    const { clock, policy } = setUp({ permits: 4, perMs: 400 })
    const { sent, send } = sendLog(clock)
    const calls = [
      policy.execute(send('a'), { rateLimit: { weight: 3 } }),
      policy.execute(send('b'), { rateLimit: { weight: 2 } }),
    ]
    await clock.advance(1_000)
    await Promise.all(calls)
    expect(sent).toEqual([
      ['a', 0],
      ['b', 100],
    ])
  })

  test('a call must fit into every window', async () => {
    const { clock, policy } = setUp({ permits: 2, perMs: 100, windows: [{ permits: 3, perMs: 3_000, burst: 3 }] })
    const { sent, send } = sendLog(clock)
    const calls = ['a', 'b', 'c', 'd'].map((id) => policy.execute(send(id)))
    await clock.advance(3_000)
    await Promise.all(calls)
    expect(sent).toEqual([
      ['a', 0],
      ['b', 0],
      ['c', 50],
      ['d', 1_000],
    ])
  })

  test('burst 1 spaces all calls evenly', async () => {
    const { clock, policy } = setUp({ permits: 10, perMs: 1_000, burst: 1 })
    const { sent, send } = sendLog(clock)
    const calls = ['a', 'b', 'c'].map((id) => policy.execute(send(id)))
    await clock.advance(1_000)
    await Promise.all(calls)
    expect(sent.map(([, atMs]) => atMs)).toEqual([0, 100, 200])
  })

  test('a machine that slept does not send more than the burst when it wakes up', async () => {
    const { clock, policy } = setUp({ permits: 2, perMs: 200 })
    const { sent, send } = sendLog(clock)
    const calls = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => policy.execute(send(id)))
    clock.jump(50_000)
    await clock.advance(1_000)
    await Promise.all(calls)
    expect(sent.map(([, atMs]) => atMs)).toEqual([0, 0, 50_000, 50_000, 50_100, 50_200, 50_300])
  })

  test('a wall clock that goes back changes nothing', async () => {
    const { clock, policy } = setUp({ permits: 1, perMs: 100, daily: 5 })
    const { sent, send } = sendLog(clock)
    await policy.execute(send('a'))
    clock.jump(-10 * 86_400_000)
    const call = policy.execute(send('b'))
    await clock.advance(100)
    await call
    expect(sent).toEqual([
      ['a', 0],
      ['b', 100],
    ])
  })

  test('keeps a key with waiting calls, and switched off it limits nothing', async () => {
    const clock = createTestClock()
    const policy = createPolicy({
      name: 'rate-limit-keys',
      clock,
      keys: { maxKeys: 2 },
      strategies: [rateLimit({ permits: 1, perMs: 100 })],
    })
    const { sent, send } = sendLog(clock)
    const calls = [policy.execute(send('a1'), { key: 'a' }), policy.execute(send('a2'), { key: 'a' })]
    for (const key of ['b', 'c', 'd']) await policy.execute(send(key), { key })
    calls.push(policy.execute(send('a3'), { key: 'a' }), policy.execute(send('off'), { key: 'a', rateLimit: false }))
    await clock.advance(200)
    await Promise.all(calls)
    expect(sent).toEqual([
      ['a1', 0],
      ['b', 0],
      ['c', 0],
      ['d', 0],
      ['off', 0],
      ['a2', 100],
      ['a3', 200],
    ])
  })

  test('every attempt of a call costs a permit, retries too', async () => {
    const { clock, policy } = limited('rateLimit', [
      retry({ maxRetries: 3, baseMs: 0 }),
      rateLimit({ permits: 2, perMs: 2_000 }),
    ])
    const { get, times } = limitedServer(clock, policy, [500, 500, 500, 200])
    const call = get()
    await clock.advance(3_000)
    expect(await call).toBe(200)
    expect(times()).toEqual([0, 0, 1_000, 2_000])
  })
})
