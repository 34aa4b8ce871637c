import { describe, expect, test } from 'vitest'
import { killSwitches } from '../degradation/shared-switches.ts'
import { isHoldfastError } from '../errors.ts'
import { createPolicy } from '../policy.ts'
import type { StateStore } from '../state-store.ts'
import { circuitBreaker } from '../strategies/circuit-breaker.ts'
import { recordEvents } from '../testing/record-events.ts'
import { createTestClock } from '../testing/test-clock.ts'
import { memoryStore } from './memory-store.ts'
import { sharedState, type SharedStateOptions } from './shared-state.ts'

const fail = () => Promise.reject(Object.assign(new Error('reset'), { code: 'ECONNRESET' }))

const setUp = (size: number, { isPushing = true, ...options }: SharedStateOptions & { isPushing?: boolean } = {}) => {
  const clock = createTestClock()
  const memory = memoryStore(clock)
  const state = { isDown: false }
  const through = <Answer>(work: () => Promise<Answer>) => (state.isDown ? Promise.reject(new Error('gone')) : work())
  const store: StateStore = {
    name: 'test',
    shared: true,
    durability: () => memory.durability(),
    take: (...args) => memory.take(...args),
    reserve: (...args) => memory.reserve(...args),
    observe: (...args) => memory.observe(...args),
    put: (...args) => through(() => memory.put(...args)),
    list: (...args) => through(() => memory.list(...args)),
    ...(isPushing
      ? {
          watch: (...args: Parameters<NonNullable<StateStore['watch']>>) =>
            memory.watch?.(...args) ?? (() => undefined),
        }
      : {}),
    close: () => memory.close(),
  }
  const processes = Array.from({ length: size }, (_, index) => {
    const shared = sharedState(store, { instances: size, clock, id: `p${index}`, ...options })
    const policy = createPolicy({
      name: 'shop',
      clock,
      random: () => 0.5,
      strategies: [
        circuitBreaker({ deadFailures: 2, deadForMs: 0, openMs: 2_000, maxOpenMs: 2_000, probes: 1, share: shared }),
      ],
    })
    const call = (work: () => unknown = () => 'ok') =>
      policy.execute(work).then(
        (value) => value,
        (error: unknown) => (isHoldfastError(error) ? error.code : 'failed'),
      )
    return {
      shared,
      policy,
      call,
      changes: recordEvents(policy, 'breaker-changed'),
      state: () => policy.health().keys['shop']?.['circuitBreaker']?.['state'],
      trip: async () => {
        await call(fail)
        // The row must last longer than a usual call.
        await clock.advance(20)
        await call(fail)
        await clock.settle()
      },
    }
  })
  const begin = async () => {
    for (const { call } of processes) await call()
    await clock.settle()
    // The second look of everybody knows how many are alive.
    await clock.advance(5_001)
  }
  const at = (index: number) => processes[index] as (typeof processes)[number]
  return { clock, store, memory, state, processes, begin, at }
}

describe('circuitBreaker with share', () => {
  test('a split vote opens nobody else, a quorum opens all', async () => {
    const { processes, begin, at, clock } = setUp(10)
    await begin()
    expect(at(0).shared.live).toBe(10)
    await at(0).trip()
    await at(1).trip()
    expect(processes.map(({ state }) => state())).toEqual(['open', 'open', ...Array<string>(8).fill('closed')])
    await at(2).trip()
    expect(processes.map(({ state }) => state())).toEqual(Array(10).fill('open'))
    expect(at(9).changes.at(-1)).toMatchObject({ from: 'closed', to: 'open', reason: 'peers' })
    expect(await at(9).call()).toBe('circuit-open')
    for (const { shared } of processes) await shared.close()
    expect(clock.pendingTimers).toBe(0)
  })

  test('without push the next poll brings it', async () => {
    const { processes, begin, at, clock } = setUp(4, { isPushing: false })
    await begin()
    await clock.advance(3_000)
    await at(0).trip()
    await at(1).trip()
    expect(at(3).state()).toBe('closed')
    expect(await at(3).shared.refresh()).toBe(true)
    expect(at(3).state()).toBe('open')
    expect(processes.filter(({ state }) => state() === 'open')).toHaveLength(3)
  })

  test('one process probes, and its success closes those that only followed', async () => {
    const { begin, at, clock } = setUp(4)
    await begin()
    await at(0).trip()
    await at(1).trip()
    expect(at(2).state()).toBe('open')
    await clock.advance(2_001)
    // The first call asks for the lease; until it is there nothing is sent.
    expect(await at(0).call()).toBe('circuit-open')
    await clock.settle()
    expect(await at(2).call()).toBe('circuit-open')
    await clock.settle()
    expect(await at(2).call()).toBe('circuit-open')
    expect(await at(0).call()).toBe('ok')
    await clock.settle()
    expect([at(0).state(), at(2).state(), at(3).state()]).toEqual(['closed', 'closed', 'closed'])
    expect(at(2).changes.at(-1)).toMatchObject({ to: 'closed', reason: 'peers' })
    // Who opened on its own evidence finds out for itself, at once.
    expect(at(1).state()).toBe('open')
    expect(await at(1).call()).toBe('circuit-open')
    await clock.settle()
    expect(await at(1).call()).toBe('ok')
    expect(at(1).state()).toBe('closed')
    // Old votes do not open anybody again.
    await clock.advance(6_000)
    expect(at(3).state()).toBe('closed')
  })

  test('a failed probe votes again, and a later outage counts anew', async () => {
    const { begin, at, clock } = setUp(3)
    await begin()
    await at(0).trip()
    await at(1).trip()
    await clock.advance(2_001)
    await at(0).call()
    await clock.settle()
    expect(await at(0).call(fail)).toBe('failed')
    expect(at(0).state()).toBe('open')
    await clock.advance(2_001)
    await at(0).call()
    await clock.settle()
    expect(await at(0).call()).toBe('ok')
    await clock.settle()
    expect(at(2).state()).toBe('closed')
    await clock.advance(1_000)
    await at(1).call()
    await clock.settle()
    await at(1).call()
    expect(at(1).state()).toBe('closed')
    await at(0).trip()
    await at(1).trip()
    expect(at(2).state()).toBe('open')
  })

  test('without the store every process decides alone', async () => {
    const { begin, at, clock, state } = setUp(3)
    await begin()
    state.isDown = true
    await at(0).trip()
    expect([at(0).state(), at(1).state()]).toEqual(['open', 'closed'])
    await clock.advance(2_001)
    await at(0).call()
    await clock.settle()
    expect(await at(0).call()).toBe('ok')
    expect(at(0).state()).toBe('closed')
    expect(await at(0).shared.refresh()).toBe(false)
  })

  test('an operator orders one process alone', async () => {
    const { begin, at, clock } = setUp(3)
    await begin()
    at(0).policy.forceOpen('maintenance')
    at(1).policy.forceOpen('maintenance')
    await clock.settle()
    expect(at(2).state()).toBe('closed')
  })

  test('closing before anything was shared is nothing, and of very many breakers the oldest is forgotten', async () => {
    const { at, clock } = setUp(1)
    await at(0).shared.close()
    const early = setUp(1)
    // Its first look is still under way.
    killSwitches({ store: early.at(0).shared })
    await early.at(0).shared.close()
    expect(clock.pendingTimers + early.clock.pendingTimers).toBe(0)
    const another = setUp(1)
    const follower = { follow: () => undefined }
    const by = { policy: 'p', clock: another.clock }
    const limit = { windows: [{ permits: 1, perMs: 1, burst: 1 }], daily: Infinity, reserve: 0 }
    for (let key = 0; key <= 10_000; key += 1) {
      another.at(0).shared.linkOf(by, String(key), follower)
      another.at(0).shared.permitsOf(by, String(key), limit, () => undefined)
    }
    const oldest = another.at(0).shared.linkOf(by, '0', follower)
    oldest.changed({ to: 'open', reason: 'dead' })
    await another.clock.settle()
    expect((await another.memory.list('vote/')).map(([, , ttlMs]) => ttlMs)).toEqual([5_000])
    expect(await another.at(0).shared.put('free/form', 'x', 1_000)).toBe(true)
    expect(await another.at(0).shared.put('free/form', 'y', 1_000, true)).toBe(false)
  })

  test('is refused what is no shared state', () => {
    expect(() => circuitBreaker({ share: {} as never })).toThrow(
      'circuitBreaker: option "share" must be sharedState(...), but is an object',
    )
  })

  test('long names are cut and stay apart', async () => {
    const { at, begin, memory } = setUp(2)
    await begin()
    const long = 'k'.repeat(300)
    for (const name of [`${long}a`, `${long}b`])
      at(0)
        .shared.linkOf({ policy: 'p', clock: createTestClock() }, name, { follow: () => undefined })
        .changed({ to: 'open', reason: 'dead', openMs: 1_000 })
    const keys = (await memory.list('vote/')).map(([key]) => key)
    expect(new Set(keys).size).toBe(2)
    for (const key of keys) expect(key.length).toBeLessThan(256)
  })
})

describe('killSwitches with a store', () => {
  test('reach other processes, by push and by poll, and hold while the store is down', async () => {
    const { at, clock, state } = setUp(2)
    const { at: slow, clock: slowClock } = setUp(2, { isPushing: false })
    for (const [one, two, time] of [
      [at(0), at(1), clock],
      [slow(0), slow(1), slowClock],
    ] as const) {
      const [here, there] = [killSwitches({ store: one.shared }), killSwitches({ store: two.shared })]
      expect(await here.kill('tips', 'INC-12')).toBe(true)
      expect(here.isKilled('tips')).toBe(true)
      await time.advance(5_001)
      expect([...there.killed]).toEqual([['tips', 'INC-12']])
      expect(there.isKilled('other')).toBe(false)
      await here.revive('tips')
      await time.advance(5_001)
      expect(there.isKilled('tips')).toBe(false)
    }
    const [here, there] = [killSwitches({ store: at(0).shared }), killSwitches({ store: at(1).shared })]
    await here.kill('tips', 'INC-13')
    state.isDown = true
    await clock.advance(60_000)
    expect(there.isKilled('tips')).toBe(true)
    expect(await here.kill('more', 'INC-14')).toBe(false)
    expect(here.isKilled('more')).toBe(true)
  })

  test('needs a reason and a store', async () => {
    const { at } = setUp(1)
    await expect(killSwitches({ store: at(0).shared }).kill('tips', '')).rejects.toThrow('needs a reason')
    expect(() => killSwitches({ store: {} as never })).toThrow('killSwitches: option "store" must be sharedState(...)')
  })
})
