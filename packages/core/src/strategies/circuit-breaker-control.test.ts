import { describe, expect, it } from 'vitest'
import { createEngine, type Engine, type EngineParts } from '../../test/engine.ts'
import type { Answer } from '../../test/scripted-transport.ts'
import { recordEvents } from '../testing/record-events.ts'
import { createTestClock } from '../testing/test-clock.ts'
import { createTestRandom } from '../testing/test-random.ts'
import { circuitBreaker, type CircuitBreakerOptions } from './circuit-breaker.ts'

const KEY = 'https://api.example'
const healthOf = ({ policy }: Engine, key = KEY): Record<string, unknown> | undefined =>
  policy.health().keys[key]?.['circuitBreaker']
const SMALL = { deadFailures: 2, deadForMs: 0, sickRule: false, openMs: 1_000, maxOpenMs: 4_000, probes: 1 }
const engineOf = (
  script: readonly Answer[] | ((index: number) => Answer),
  options: Partial<CircuitBreakerOptions> = {},
  parts: EngineParts = {},
): Engine => createEngine([circuitBreaker({ ...SMALL, ...options })], script, parts)

const trip = async (engine: Engine): Promise<void> => {
  await engine.outcome()
  await engine.outcome()
  expect(healthOf(engine)).toMatchObject({ state: 'open' })
}

describe('ramp', () => {
  it('lets a growing share through after closing', async () => {
    const engine = engineOf((index) => (index < 2 ? 503 : 200), { rampMs: 10_000 }, { random: createTestRandom(7) })
    await trip(engine)
    await engine.clock.advance(2_000)
    await engine.outcome()
    expect(healthOf(engine)).toMatchObject({ state: 'closed' })
    const shares: number[] = []
    for (let second = 0; second < 11; second += 1) {
      let passed = 0
      for (let call = 0; call < 200; call += 1) if (!((await engine.outcome()) instanceof Error)) passed += 1
      shares.push(passed / 200)
      await engine.clock.advance(1_000)
    }
    for (const [second, share] of shares.entries()) expect(share).toBeCloseTo(Math.min(1, 0.1 + 0.09 * second), 0)
    expect(shares[0]).toBeLessThan(0.2)
    expect(shares[10]).toBe(1)
  })

  it('says that it is ramping, and a reset ends it', async () => {
    const engine = engineOf((index) => (index < 2 ? 503 : 200), { rampMs: 10_000 }, { random: () => 0.9 })
    await trip(engine)
    await engine.clock.advance(2_000)
    await engine.outcome()
    expect(await engine.outcome()).toMatchObject({
      code: 'circuit-open',
      message: expect.stringContaining('ramping up') as string,
    })
    engine.policy.reset()
    expect(await engine.outcome()).toMatchObject({ status: 200 })
  })
})

describe('manual orders', () => {
  it('forceOpen refuses everything until reset, with the operator’s words', async () => {
    const engine = engineOf([200])
    const changes = recordEvents(engine.policy, 'breaker-changed')
    engine.policy.forceOpen('maintenance at 10')
    expect(await engine.outcome()).toMatchObject({
      code: 'circuit-open',
      retryAfterMs: undefined,
      message: expect.stringContaining('forced open: maintenance at 10') as string,
    })
    await engine.clock.advance(10 ** 8)
    expect(await engine.outcome()).toMatchObject({ code: 'circuit-open' })
    expect(healthOf(engine)).toMatchObject({ state: 'forced-open', note: 'maintenance at 10' })
    engine.policy.reset()
    expect(await engine.outcome()).toMatchObject({ status: 200 })
    expect(healthOf(engine)).not.toHaveProperty('note')
    expect(changes).toMatchObject([
      { from: 'closed', to: 'forced-open', reason: 'manual', note: 'maintenance at 10', key: KEY },
      { from: 'forced-open', to: 'closed', reason: 'manual' },
    ])
  })

  it('disable lets everything through, whatever it counts', async () => {
    const engine = engineOf([503])
    await trip(engine)
    engine.policy.disable('false alarm')
    for (let call = 0; call < 10; call += 1) expect(await engine.outcome()).toMatchObject({ status: 503 })
    expect(healthOf(engine)).toMatchObject({ state: 'disabled', failuresInARow: 0 })
  })

  it('hold for one key alone where a key is given', async () => {
    const engine = engineOf([200])
    engine.policy.forceOpen('tenant 7 misbehaves', { key: 'tenant-7' })
    expect(await engine.outcome({ resilience: { key: 'tenant-7' } })).toMatchObject({
      code: 'circuit-open',
      key: 'tenant-7',
    })
    expect(await engine.outcome()).toMatchObject({ status: 200 })
    engine.policy.reset({ key: 'tenant-7' })
    expect(await engine.outcome({ resilience: { key: 'tenant-7' } })).toMatchObject({ status: 200 })
  })

  it('reach keys in use and keys to come', async () => {
    const engine = engineOf([200])
    await engine.outcome()
    engine.policy.forceOpen('all')
    expect(await engine.outcome()).toMatchObject({ code: 'circuit-open' })
    expect(await engine.outcome({ url: 'https://new.example/' })).toMatchObject({ code: 'circuit-open' })
    engine.policy.disable('not this one', { key: KEY })
    expect(await engine.outcome()).toMatchObject({ status: 200 })
    expect(await engine.outcome({ url: 'https://new.example/' })).toMatchObject({ code: 'circuit-open' })
  })

  it('an order for all takes the place of those for single keys', async () => {
    const engine = engineOf([200], {}, { keys: { maxKeys: 1 } })
    engine.policy.disable('not this one', { key: KEY })
    await engine.outcome()
    engine.policy.forceOpen('all')
    expect(await engine.outcome()).toMatchObject({ code: 'circuit-open' })
    // The key is evicted and made anew.
    await engine.outcome({ url: 'https://other.example/' })
    expect(await engine.outcome()).toMatchObject({ code: 'circuit-open' })
  })

  it('repeated, they change the note and not the state', async () => {
    const engine = engineOf([200])
    await engine.outcome()
    const changes = recordEvents(engine.policy, 'breaker-changed')
    engine.policy.forceOpen('first')
    engine.policy.forceOpen('second')
    expect(changes).toHaveLength(1)
    expect(await engine.outcome()).toMatchObject({ message: expect.stringContaining('second') as string })
  })

  it('reset starts a closed circuit anew', async () => {
    const engine = engineOf([503])
    await engine.outcome()
    engine.policy.reset()
    expect(healthOf(engine)).toMatchObject({ state: 'closed', failuresInARow: 0, calls: 0 })
    await engine.outcome()
    expect(healthOf(engine)).toMatchObject({ state: 'closed', failuresInARow: 1 })
  })
})

describe('snapshot', () => {
  it('keeps an open circuit open over a restart, less the time that passed', async () => {
    const engine = engineOf([503])
    await trip(engine)
    const snapshot = JSON.parse(JSON.stringify(engine.policy.snapshot())) as ReturnType<Engine['policy']['snapshot']>
    const clock = createTestClock({ nowMs: 77, wallMs: engine.clock.wall() + 400 })
    const next = engineOf([200], {}, { testClock: clock })
    const changes = recordEvents(next.policy, 'breaker-changed')
    next.policy.restore(snapshot)
    expect(changes).toMatchObject([{ to: 'open', reason: 'restored' }])
    expect(await next.outcome()).toMatchObject({ code: 'circuit-open', retryAfterMs: 600 })
    await clock.advance(600)
    expect(await next.outcome()).toMatchObject({ status: 200 })
  })

  it('remembers how often it reopened', async () => {
    const engine = engineOf([503])
    await trip(engine)
    await engine.clock.advance(1_000)
    await engine.outcome()
    const next = engineOf([503], {}, { testClock: engine.clock })
    next.policy.restore(engine.policy.snapshot())
    const changes = recordEvents(next.policy, 'breaker-changed')
    await engine.clock.advance(2_000)
    await next.outcome()
    expect(changes.at(-1)).toMatchObject({ reason: 'probe-failed', openMs: 4_000 })
  })

  it('holds nothing of a closed circuit', async () => {
    const engine = engineOf([200])
    await engine.outcome()
    expect(engine.policy.snapshot().keys[KEY]).toEqual({})
  })

  it.each([null, 5, 'open', {}, { openForMs: -1 }, { openForMs: 'x' }, { openForMs: NaN }])(
    'ignores %o',
    async (data) => {
      const engine = engineOf([200])
      engine.policy.restore({
        version: 1,
        policy: 'test',
        takenAtMs: engine.clock.wall(),
        keys: { [KEY]: { circuitBreaker: data } },
      })
      expect(healthOf(engine)).toMatchObject({ state: 'closed' })
      expect(await engine.outcome()).toMatchObject({ status: 200 })
    },
  )

  it('never opens for longer than the server could have asked, and not over an order', async () => {
    const engine = engineOf([200])
    const snapshot = {
      version: 1,
      policy: 'test',
      takenAtMs: engine.clock.wall(),
      keys: { [KEY]: { circuitBreaker: { openForMs: 10 ** 12, reopenings: -3 } } },
    } as const
    engine.policy.restore(snapshot)
    expect(healthOf(engine)).toMatchObject({ state: 'open', openForMs: 60_000 })
    engine.policy.disable('no')
    engine.policy.restore(snapshot)
    expect(healthOf(engine)).toMatchObject({ state: 'disabled' })
  })
})
