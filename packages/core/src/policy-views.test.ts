import { afterEach, describe, expect, it } from 'vitest'
import { createEngine } from '../test/engine.ts'
import { createPolicy, getPolicy } from './policy.ts'
import type { PolicySnapshot } from './policy-snapshot.ts'
import { attemptTimeout } from './strategies/attempt-timeout.ts'
import { circuitBreaker } from './strategies/circuit-breaker.ts'
import { deadline } from './strategies/deadline.ts'
import { retryBudget } from './strategies/retry-budget.ts'
import { retry } from './strategies/retry.ts'
import { recordEvents } from './testing/record-events.ts'

const KEY = 'https://api.example'

describe('with', () => {
  it('changes the defaults of calls and shares all state', async () => {
    const engine = createEngine([retryBudget({ dripPerSecond: 0 }), retry()], [503])
    const patient = engine.policy.with({ retry: { maxRetries: 4 } })
    const careful = patient.with({ retry: false, key: 'other' })
    await engine.clock.run(patient.send({ method: 'GET', url: KEY, transport: engine.transport }))
    expect(engine.sentAtMs).toHaveLength(5)
    await careful.send({ method: 'GET', url: KEY, transport: engine.transport })
    expect(engine.sentAtMs).toHaveLength(6)
    expect(engine.policy.health()).toEqual(patient.health())
    expect(engine.policy.health().keys).toMatchObject({
      [KEY]: { retryBudget: { tokens: 60 } },
      other: { retryBudget: { tokens: 100 } },
    })
  })

  it('gives way to what a call says', async () => {
    const engine = createEngine([retry()], [503])
    const off = engine.policy.with({ retry: false })
    await engine.clock.run(
      off.send({ method: 'GET', url: KEY, transport: engine.transport, resilience: { retry: { maxRetries: 1 } } }),
    )
    expect(engine.sentAtMs).toHaveLength(2)
  })

  it('refuses unknown names and bad values', () => {
    const { policy } = createEngine([retry()], [200])
    expect(() => policy.with({ retries: 2 })).toThrow('unknown option "retries"')
    expect(() => policy.with({ retry: { maxRetries: -1 } })).toThrow('retry: option "maxRetries"')
    expect(() => policy.with(JSON.parse('{"__proto__": {}}') as never)).toThrow('unknown option "__proto__"')
  })

  it('does not take the name of the policy', () => {
    const { policy } = createEngine([], [200])
    policy.with({ priority: 'background' })
    expect(getPolicy('test')).toBe(policy)
  })
})

describe('fork', () => {
  it('starts with fresh state', async () => {
    const engine = createEngine([retryBudget(), retry()], [503])
    await engine.outcome()
    const fork = engine.policy.fork()
    expect(fork.health().keys).toEqual({})
    expect(fork.describe()).toEqual(engine.policy.describe())
  })

  it('changes, leaves out and keeps strategies', () => {
    const { policy } = createEngine(
      [deadline({ afterMs: 9_000 }), retry({ maxRetries: 4, baseMs: 7 }), circuitBreaker()],
      [200],
    )
    const fork = policy.fork({ name: 'fork', strategies: { retry: { maxRetries: 1 }, circuitBreaker: false } })
    expect(fork.name).toBe('fork')
    expect(fork.describe()).toMatchObject([
      { name: 'deadline', options: { afterMs: 9_000 } },
      { name: 'retry', options: { maxRetries: 1, baseMs: 7 } },
    ])
  })

  it.each([
    [{ strategies: { retries: {} } }, 'fork of policy "test": unknown strategy "retries". Known: retry.'],
    [{ strategies: JSON.parse('{"__proto__": {"maxRetries": 1}}') }, 'unknown strategy "__proto__"'],
    [{ strategies: { retry: { maxRetries: -1 } } }, 'retry: option "maxRetries"'],
    [{ name: '' }, 'option "name"'],
    [{ random: 5 }, 'option "random" must be a function'],
    [{ timeout: 5 }, 'unknown option "timeout"'],
  ])('refuses %o', (changes, message) => {
    const { policy } = createEngine([retry()], [200])
    expect(() => policy.fork(changes as never)).toThrow(TypeError)
    expect(() => policy.fork(changes as never)).toThrow(message)
  })
})

describe('events of a policy', () => {
  it('reach listeners until off', async () => {
    const engine = createEngine([], [200])
    const ended: unknown[] = []
    const listener = (event: unknown): void => void ended.push(event)
    engine.policy.on('call-ended', listener)
    await engine.outcome()
    engine.policy.off('call-ended', listener)
    await engine.outcome()
    expect(ended).toHaveLength(1)
  })

  it('are those of every view with()', async () => {
    const engine = createEngine([], [200])
    const ended = recordEvents(engine.policy, 'call-ended')
    await engine.policy.with({ key: 'b' }).execute(() => 1)
    expect(ended).toMatchObject([{ key: 'b', method: 'CALL', policy: 'test' }])
  })
})

describe('snapshot and restore', () => {
  it('carry state over a restart', async () => {
    const engine = createEngine([retryBudget({ dripPerSecond: 0 }), retry()], [503])
    await engine.outcome()
    const snapshot = JSON.parse(JSON.stringify(engine.policy.snapshot())) as PolicySnapshot
    expect(snapshot).toEqual({
      version: 1,
      policy: 'test',
      takenAtMs: engine.clock.wall(),
      keys: { [KEY]: { retryBudget: 80 } },
    })
    const next = engine.policy.fork()
    next.restore(snapshot)
    expect(next.health().keys[KEY]).toMatchObject({ retryBudget: { tokens: 80 } })
  })

  it('skip what belongs to no strategy, and survive facts that are none', () => {
    const { policy, clock } = createEngine([retryBudget()], [200])
    const facts = { a: { cache: 1 }, b: null, c: 'x', d: JSON.parse('{"__proto__": {"retryBudget": 5}}') as object }
    policy.restore({ version: 1, policy: 'test', takenAtMs: clock.wall(), keys: facts as never })
    for (const key of Object.keys(facts))
      expect(policy.health().keys[key]).toMatchObject({ retryBudget: { tokens: 100 } })
  })

  it('a clock that was set back does not move a snapshot into the future', async () => {
    const engine = createEngine([circuitBreaker({ deadFailures: 1, deadForMs: 0 })], [503])
    await engine.outcome()
    const snapshot = engine.policy.snapshot()
    engine.clock.jump(-3_600_000)
    const next = engine.policy.fork()
    next.restore(snapshot)
    expect(next.health().keys[KEY]).toMatchObject({ circuitBreaker: { openForMs: 2_000 } })
  })

  it.each([
    null,
    undefined,
    [],
    {},
    { version: 2, policy: 'a', takenAtMs: 1, keys: {} },
    { version: 1, policy: 'a', takenAtMs: 'now', keys: {} },
    { version: 1, policy: 'a', takenAtMs: 1 },
  ])('refuse %o', (data) => {
    const { policy } = createEngine([], [200])
    expect(() => {
      policy.restore(data as never)
    }).toThrow(TypeError)
    expect(() => {
      policy.restore(data as never)
    }).toThrow('snapshot for policy "test"')
  })
})

describe('the registry', () => {
  const made: { close(): void }[] = []
  const make = (name: string): ReturnType<typeof createPolicy> => {
    const policy = createPolicy({ name, strategies: [attemptTimeout()] })
    made.push(policy)
    return policy
  }
  afterEach(() => {
    for (const policy of made.splice(0)) policy.close()
  })

  it('finds the policy of a name that was made last', () => {
    expect(getPolicy('etsy')).toBeUndefined()
    const first = make('etsy')
    expect(getPolicy('etsy')).toBe(first)
    const second = make('etsy')
    expect(getPolicy('etsy')).toBe(second)
    first.close()
    expect(getPolicy('etsy')).toBe(second)
    second.close()
    expect(getPolicy('etsy')).toBeUndefined()
  })

  it('close drops state and listeners', async () => {
    const engine = createEngine([], [200])
    const ended = recordEvents(engine.policy, 'call-ended')
    await engine.outcome()
    engine.policy.close()
    expect(engine.policy.health().keys).toEqual({})
    await engine.outcome()
    expect(ended).toHaveLength(1)
  })
})
