import { describe, expect, test, vi } from 'vitest'
import { limited, refusalOf, sendLog } from '../../test/limits.ts'
import { wrapFetch } from '../adapters/fetch.ts'
import { rejected } from '../call.ts'
import { createPolicy } from '../policy.ts'
import { defineStrategy } from '../strategy.ts'
import { deadline } from '../strategies/deadline.ts'
import { rateLimit, type RateLimitInit } from '../strategies/rate-limit.ts'
import { createTestClock, type TestClock } from '../testing/test-clock.ts'
import type { StateStore } from '../state-store.ts'
import { memoryStore } from './memory-store.ts'
import { sharedState, type SharedStateOptions } from './shared-state.ts'
import type { StoreChange } from './store-guard.ts'

/** A store whose answers a test can hold back, fail and count. */
const troubled = (clock: TestClock, durable = true) => {
  const inner = memoryStore(clock)
  const state = { mode: 'up' as 'up' | 'hung' | 'failing', asked: 0 }
  const through = <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    state.asked += 1
    if (state.mode === 'failing') return Promise.reject(new Error('connection refused'))
    if (state.mode === 'hung') return new Promise(() => undefined)
    return work()
  }
  const store: StateStore = {
    name: 'test',
    shared: true,
    durability: () => through(() => Promise.resolve({ durable, detail: 'nothing is written' })),
    take: (...args) => through(() => inner.take(...args)),
    reserve: (...args) => through(() => inner.reserve(...args)),
    observe: (...args) => through(() => inner.observe(...args)),
    put: (...args) => through(() => inner.put(...args)),
    list: (...args) => through(() => inner.list(...args)),
    close: () => inner.close(),
  }
  return { store, state, inner }
}

const setUp = (limit: RateLimitInit, options: Partial<SharedStateOptions> = {}, durable = true) => {
  const clock = createTestClock()
  const { store, state, inner } = troubled(clock, durable)
  const changes: StoreChange[] = []
  const warnings: string[] = []
  const process = (more: Partial<SharedStateOptions> = {}) => {
    const shared = sharedState(store, {
      instances: 2,
      clock,
      onStoreChange: (change) => changes.push(change),
      onWarning: (warning) => warnings.push(warning),
      ...options,
      ...more,
    })
    const policy = createPolicy({
      name: 'shared',
      clock,
      strategies: [deadline({ afterMs: 60_000 }), rateLimit({ ...limit, store: shared })],
    })
    return { shared, policy }
  }
  return { clock, store, state, inner, changes, warnings, process }
}

describe('rateLimit with a store', () => {
  test('two processes share one limit', async () => {
    const { clock, process } = setUp({ permits: 10, perMs: 1_000, burst: 2 })
    const { sent, send } = sendLog(clock)
    const [one, two] = [process(), process()]
    const calls = Array.from({ length: 20 }, (_, index) => {
      const { policy } = index % 2 === 0 ? one : two
      return policy.execute(send(index % 2 === 0 ? 'one' : 'two'))
    })
    await clock.advance(3_000)
    await Promise.all(calls)
    expect(sent).toHaveLength(20)
    // A burst of 2, then one every 100 ms; a lease is a permit, so nothing is held back.
    expect(sent.at(-1)?.[1]).toBeGreaterThanOrEqual(1_800)
    expect(sent.at(-1)?.[1]).toBeLessThan(1_900)
    expect(new Set(sent.map(([id]) => id)).size).toBe(2)
    expect(clock.pendingTimers).toBe(0)
  })

  test('most calls never ask: a block is leased', async () => {
    const { clock, state, process } = setUp({ permits: 1_000, perMs: 1_000 })
    const { policy } = process()
    for (let call = 0; call < 200; call += 1) await policy.execute(() => 1)
    expect(state.asked).toBeGreaterThan(1)
    expect(state.asked).toBeLessThan(15)
    expect(policy.health().keys['shared']?.['rateLimit']).toMatchObject({ store: 'up' })
    expect(clock.pendingTimers).toBe(0)
  })

  test.each([
    [40, 2],
    [1_000, 50],
    [10_000, 200],
  ])('at %i a second two processes lease blocks of %i: worth 100 ms, 200 at most', async (permits, block) => {
    const { store, process } = setUp({ permits, perMs: 1_000 })
    const take = vi.spyOn(store, 'take')
    await process().policy.execute(() => 1)
    expect(take.mock.calls.map(([, , cost]) => cost)).toEqual([block])
  })

  test('closing gives the lease back', async () => {
    const { process, inner } = setUp({ permits: 1_000, perMs: 1_000, burst: 100, daily: 4_000 })
    const { policy, shared } = process()
    await policy.execute(() => 1)
    const { remaining } = await inner.take('shared:shared:0', { emissionUs: 1_000, burst: 100 }, 0)
    await shared.close()
    const after = await inner.take('shared:shared:0', { emissionUs: 1_000, burst: 100 }, 0)
    expect(remaining).toBeLessThan(90)
    expect(after.remaining).toBe(99)
    const day = { limit: 4_000, windowMs: 87_300_000, bucketMs: 900_000 }
    expect((await inner.reserve('shared:shared:day', day, 0)).remaining).toBe(3_999)
  })

  test('a hung store costs its deadline once, then each process uses its share', async () => {
    const { clock, state, changes, process } = setUp({ permits: 100, perMs: 1_000, burst: 2 })
    const { policy } = process()
    const { sent, send } = sendLog(clock)
    state.mode = 'hung'
    const first = policy.execute(send('first'))
    await clock.advance(50)
    expect(await first).toBe('first')
    expect(changes).toEqual([{ store: 'test', isUp: false, reason: 'it did not answer within 50 ms' }])
    for (let call = 0; call < 30; call += 1) {
      await clock.advance(50)
      await policy.execute(send('later'))
    }
    // Nobody waits while it is asked again, every 550 ms.
    expect(sent.slice(1).every(([, atMs], index) => atMs === 100 + index * 50)).toBe(true)
    expect(state.asked).toBeLessThan(6)
    expect(policy.health().keys['shared']?.['rateLimit']).toMatchObject({ store: 'down' })
    state.mode = 'up'
    await clock.advance(600)
    await policy.execute(send('back'))
    await clock.settle()
    expect(changes.at(-1)).toMatchObject({ isUp: true })
    await clock.advance(100)
    expect(clock.pendingTimers).toBe(0)
  })

  test('the share is the limit divided by the processes', async () => {
    const { clock, state, process } = setUp({ permits: 100, perMs: 1_000, burst: 2 })
    const { policy } = process()
    const { sent, send } = sendLog(clock)
    state.mode = 'failing'
    const calls = Array.from({ length: 200 }, () => policy.execute(send('x')))
    await clock.advance(2_000)
    expect(sent.length).toBeGreaterThanOrEqual(99)
    expect(sent.length).toBeLessThanOrEqual(102)
    await clock.advance(5_000)
    await Promise.all(calls)
  })

  test('the limit holds while one process has noticed that the store is back and another has not', async () => {
    const { clock, state, process } = setUp({ permits: 100, perMs: 1_000, burst: 2 })
    const [one, two] = [process(), process()]
    const { sent, send } = sendLog(clock)
    const ask = ({ policy }: typeof one) => Array.from({ length: 150 }, () => policy.execute(send('x')))
    state.mode = 'failing'
    const calls = ask(one)
    await clock.advance(300)
    calls.push(...ask(two))
    await clock.advance(150)
    state.mode = 'up'
    // The first asks at 500 ms, the second at 800 ms.
    await clock.advance(350)
    const between = sent.filter(([, atMs]) => atMs >= 500 && atMs < 800)
    expect(between.length).toBeGreaterThanOrEqual(28)
    expect(between.length).toBeLessThanOrEqual(33)
    await clock.advance(3_000)
    await Promise.all(calls)
    // And afterwards the whole limit is used.
    const later = sent.filter(([, atMs]) => atMs >= 1_500 && atMs < 2_500)
    expect(later.length).toBeGreaterThanOrEqual(99)
    expect(later.length).toBeLessThanOrEqual(103)
  })

  test.each([
    ['deny', 'rate-limited'],
    ['allow', 'sent'],
    ['local-share', 'sent'],
  ] as const)('onStoreDown: %s', async (onStoreDown, end) => {
    const { clock, state, process } = setUp({ permits: 100, perMs: 1_000, burst: 10 }, { onStoreDown })
    const { policy } = process()
    state.mode = 'failing'
    const ends = Array.from({ length: 10 }, () =>
      policy.execute(() => 'sent').catch((error: unknown) => (error as { code: string }).code),
    )
    await clock.advance(10)
    expect(await ends[0]).toBe(end)
    if (onStoreDown === 'allow') expect(await Promise.all(ends)).toEqual(Array(10).fill('sent'))
    if (onStoreDown === 'deny') {
      const refusal = await refusalOf(policy.execute(() => 1))
      expect(refusal.message).toContain('the test store does not answer and onStoreDown is "deny"')
      state.mode = 'up'
      await clock.advance(500)
      await refusalOf(policy.execute(() => 1))
      await clock.settle()
      expect(await policy.execute(() => 'sent')).toBe('sent')
    }
    await clock.advance(1_000)
    await Promise.all(ends)
  })

  test('refuses at once what the shared limit cannot admit before the deadline', async () => {
    const { clock, process } = setUp({ permits: 1, perMs: 10_000 })
    const [one, two] = [process(), process()]
    await one.policy.execute(() => 1)
    const waiting = refusalOf(two.policy.execute(() => 1, { deadline: { afterMs: 5_000 } }))
    await clock.settle()
    expect((await waiting).code).toBe('rate-limited')
    expect((await waiting).retryAfterMs).toBe(10_000)
    expect(clock.pendingTimers).toBe(0)
  })
})

describe('a daily quota with a store', () => {
  test('is counted over all processes, and the reserve is kept', async () => {
    const { process } = setUp({ permits: 1_000, perMs: 1_000, daily: 10, reserve: 0.2 }, { dailyBlock: 1 })
    const [one, two] = [process(), process()]
    const ends: string[] = []
    for (let call = 0; call < 12; call += 1) {
      const { policy } = call % 2 === 0 ? one : two
      const end = policy.execute(() => 'sent', { priority: 'background' })
      ends.push(await end.catch((error: unknown) => (error as { code: string }).code))
    }
    expect(ends.filter((end) => end === 'sent').length).toBeLessThanOrEqual(9)
    expect(ends.at(-1)).toBe('quota-exhausted')
    const critical: string[] = []
    // A permit that one process leased and did not use waits for it there.
    for (const { policy } of [two, one, two, one, two, one]) {
      const end = policy.execute(() => 'sent', { priority: 'critical' })
      critical.push(await end.catch((error: unknown) => (error as { code: string }).code))
    }
    const sent = [...ends, ...critical].filter((end) => end === 'sent')
    expect(sent).toHaveLength(10)
    expect(critical.at(-1)).toBe('quota-exhausted')
  })

  test('comes back when the window has moved on', async () => {
    const { clock, process } = setUp({ permits: 1_000, perMs: 1_000, daily: 2 })
    const { policy } = process()
    await policy.execute(() => 1)
    await policy.execute(() => 1)
    const refusal = await refusalOf(policy.execute(() => 1))
    expect(refusal.code).toBe('quota-exhausted')
    await clock.advance((refusal.retryAfterMs ?? 0) + 3_600_000)
    expect(await policy.execute(() => 'sent')).toBe('sent')
  })

  test('is refused by a store that forgets, with a warning, and counted in parts', async () => {
    const { warnings, process, inner } = setUp({ permits: 1_000, perMs: 1_000, daily: 10 }, {}, false)
    const { policy } = process()
    for (let call = 0; call < 5; call += 1) await policy.execute(() => 1)
    expect((await refusalOf(policy.execute(() => 1))).code).toBe('quota-exhausted')
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toBe(
      'daily quotas are not counted in the test store, because it would forget them: nothing is written. Each process ' +
        'counts its own part (1/2) and forgets it when it restarts. Make the store durable, use SQLite or Postgres, or ' +
        'set allowVolatileDay: true.',
    )
    expect(await inner.list('')).toEqual([])
  })

  test('without the store a process has its part of what was left', async () => {
    const { clock, state, process, inner } = setUp({ permits: 1_000, perMs: 1_000, daily: 100 }, { dailyBlock: 10 })
    const { policy } = process()
    for (let call = 0; call < 10; call += 1) await policy.execute(() => 1)
    state.mode = 'failing'
    let sent = 0
    for (; sent < 100; sent += 1) {
      const end = policy.execute(() => 'sent').catch((error: unknown) => (error as { code: string }).code)
      await clock.advance(20)
      if ((await end) !== 'sent') break
    }
    // 90 were left when it went down, and the lease may still have held some.
    expect(sent).toBeGreaterThanOrEqual(40)
    expect(sent).toBeLessThanOrEqual(55)
    state.mode = 'up'
    await clock.advance(600)
    await refusalOf(policy.execute(() => 1))
    await clock.settle()
    expect(await policy.execute(() => 'sent')).toBe('sent')
    const day = { limit: 100, windowMs: 87_300_000, bucketMs: 900_000 }
    const { remaining } = await inner.reserve('shared:shared:day', day, 0)
    expect(100 - remaining).toBeGreaterThanOrEqual(10 + sent)
  })
})

describe('what is left of a lease', () => {
  test('a permit that was never sent goes back into it', async () => {
    const { clock, process, inner } = setUp({ permits: 10, perMs: 1_000, burst: 1, daily: 100 }, { dailyBlock: 1 })
    const { shared } = process()
    const door = defineStrategy('door', () => () => (call) => Promise.resolve(rejected(call, { code: 'killed' })))
    const policy = createPolicy({
      name: 'shared',
      clock,
      strategies: [rateLimit({ permits: 10, perMs: 1_000, burst: 1, daily: 100, store: shared }), door({})],
    })
    for (let call = 0; call < 5; call += 1)
      expect((await refusalOf(policy.execute(() => 1))).message).toContain('a kill switch is on')
    expect((await inner.take('shared:shared:0', { emissionUs: 100_000, burst: 1 }, 0)).remaining).toBe(0)
    const day = { limit: 100, windowMs: 87_300_000, bucketMs: 900_000 }
    expect((await inner.reserve('shared:shared:day', day, 0)).remaining).toBe(99)
  })

  test('of a day is not used after its time', async () => {
    const { clock, process, inner } = setUp({ permits: 1_000, perMs: 1_000, daily: 100 }, { dailyBlock: 10 })
    const { policy } = process()
    await policy.execute(() => 1)
    await clock.advance(900_000)
    await policy.execute(() => 1)
    const day = { limit: 100, windowMs: 87_300_000, bucketMs: 900_000 }
    expect((await inner.reserve('shared:shared:day', day, 0)).remaining).toBe(80)
  })

  test('a day that is known to be short is asked about again, and tells who waits', async () => {
    const { clock, process, inner, state } = setUp(
      { permits: 1_000, perMs: 1_000, daily: 10, reserve: 0.5 },
      { dailyBlock: 2 },
    )
    const { policy } = process()
    const day = { limit: 10, windowMs: 87_300_000, bucketMs: 900_000 }
    await inner.reserve('shared:shared:day', day, 6)
    await policy.execute(() => 1)
    const low = () => policy.execute(() => 'sent', { priority: 'background' })
    expect((await refusalOf(low())).code).toBe('quota-exhausted')
    await inner.reserve('shared:shared:day', day, -6)
    await clock.advance(61_000)
    state.mode = 'failing'
    expect((await refusalOf(low())).code).toBe('quota-exhausted')
    await clock.settle()
    state.mode = 'up'
    await clock.advance(1_000)
    expect((await refusalOf(low())).code).toBe('quota-exhausted')
    await clock.settle()
    expect(await low()).toBe('sent')
  })

  test('the server has the last word on the day', async () => {
    const { clock, process, inner } = setUp({ permits: 1_000, perMs: 1_000, daily: 1_000 })
    const { policy } = process()
    const fetch = wrapFetch(policy, () =>
      Promise.resolve(
        new Response('', {
          headers: { ratelimit: '"daily";r=40;t=3600', 'ratelimit-policy': '"daily";q=1000;w=86400' },
        }),
      ),
    )
    await fetch('https://api.example')
    await clock.settle()
    const day = { limit: 1_000, windowMs: 87_300_000, bucketMs: 900_000 }
    expect((await inner.reserve('shared:https://api.example:day', day, 0)).remaining).toBe(40)
    expect(policy.health().keys['https://api.example']?.['rateLimit']).toHaveProperty('leasedToday')
  })
})

describe('the options of sharedState', () => {
  test('a store that does not answer at first may count the day later; warnings go to standard error', async () => {
    const clock = createTestClock()
    const { store, state, inner } = troubled(clock, false)
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const shared = sharedState(store, { instances: 2, clock })
    const policy = createPolicy({
      name: 'shared',
      clock,
      strategies: [rateLimit({ permits: 1_000, perMs: 1_000, daily: 10, store: shared })],
    })
    expect([shared.isUp, shared.live, shared.store.name]).toEqual([true, 1, 'test'])
    state.mode = 'failing'
    const call = policy.execute(() => 'sent')
    await clock.advance(100)
    expect(await call).toBe('sent')
    expect(warned).not.toHaveBeenCalled()
    state.mode = 'up'
    await clock.advance(600)
    for (let again = 0; again < 6; again += 1) {
      const next = policy.execute(() => 'sent').catch(() => undefined)
      await clock.advance(20)
      await next
    }
    expect(warned).toHaveBeenCalledOnce()
    warned.mockRestore()
    await shared.close()
    const volatile = sharedState(store, { instances: 2, clock, allowVolatileDay: true })
    const counted = createPolicy({
      name: 'volatile',
      clock,
      strategies: [rateLimit({ permits: 1_000, perMs: 1_000, daily: 1, store: volatile })],
    })
    await counted.execute(() => 1)
    const day = { limit: 1, windowMs: 87_300_000, bucketMs: 900_000 }
    expect((await inner.reserve('volatile:volatile:day', day, 0)).remaining).toBe(0)
  })

  const clock = createTestClock()
  const { store } = troubled(clock)
  test.each([
    [{}, 'sharedState: option "instances" must be given: how many processes share the limits, but is undefined.'],
    [{ instances: 0 }, 'option "instances" must be an integer from 1 to 1000000, but is 0'],
    [{ instances: 1, onStoreDown: 'x' }, 'option "onStoreDown"'],
    [{ instances: 1, quorum: { ratio: 2 } }, 'sharedState: quorum: option "ratio"'],
    [{ instances: 1, id: 'a/b' }, 'option "id" must be a string without "/"'],
    [{ instances: 1, x: 1 }, 'sharedState: unknown option "x"'],
  ])('refuses %j', (options, message) => {
    expect(() => sharedState(store, options as SharedStateOptions)).toThrow(message)
  })

  test('refuses what is no store, and rateLimit what is no shared state', () => {
    expect(() => sharedState({} as StateStore)).toThrow('sharedState: option "store" must be a store')
    expect(() => rateLimit({ permits: 1, perMs: 1, store: store as never })).toThrow(
      'rateLimit: option "store" must be sharedState(...), but is an object',
    )
  })

  test('check() says why the store does not answer', async () => {
    const { store: broken, state } = troubled(clock)
    const shared = sharedState(broken, { instances: 1, clock })
    await shared.check()
    state.mode = 'failing'
    await expect(shared.check()).rejects.toThrow('the test store does not answer: connection refused')
  })

  test('a policy with a store can be described', () => {
    const shared = sharedState(store, { instances: 1, clock })
    const { policy } = limited('rateLimit', [rateLimit({ permits: 1, perMs: 1, store: shared })])
    expect(JSON.stringify(policy.describe())).toContain('rateLimit')
  })
})
