import { describe, expect, it } from 'vitest'
import { countingSignal } from '../../test/counting-signal.ts'
import { createEngine, type Engine, type EngineParts } from '../../test/engine.ts'
import { resetError, type Answer } from '../../test/scripted-transport.ts'
import { rejected } from '../call.ts'
import { callReport } from '../call-report.ts'
import { defineStrategy } from '../strategy.ts'
import { recordEvents } from '../testing/record-events.ts'
import { circuitBreaker, type CircuitBreakerOptions } from './circuit-breaker.ts'
import { deadline } from './deadline.ts'

const KEY = 'https://api.example'
const stateOf = ({ policy }: Engine): unknown =>
  (policy.health().keys[KEY]?.['circuitBreaker'] as { state: string } | undefined)?.state

// Two failures open it, for one second at a chance of 0.5.
const SMALL = { deadFailures: 2, deadForMs: 0, sickRule: false, openMs: 1_000, maxOpenMs: 4_000 }
const engineOf = (
  script: readonly Answer[] | ((index: number) => Answer),
  options: Partial<CircuitBreakerOptions> = {},
  parts: EngineParts = {},
): Engine => createEngine([circuitBreaker({ ...SMALL, ...options })], script, parts)

const trip = async (engine: Engine, apartMs = 0): Promise<void> => {
  await engine.outcome()
  await engine.clock.advance(apartMs)
  await engine.outcome()
  expect(stateOf(engine)).toBe('open')
}

/** Two failures, then the script. */
const afterTrip =
  (script: readonly Answer[]): ((index: number) => Answer) =>
  (index) =>
    index < 2 ? 503 : (script[Math.min(index - 2, script.length - 1)] as Answer)

describe('open time', () => {
  it.each([
    [0, 800],
    [0.5, 1_000],
    [0.999, 1_199.6],
  ])('is spread by 20 %%: chance %d gives %d ms', async (chance, openMs) => {
    const engine = engineOf([503], {}, { random: () => chance })
    const [change] = [recordEvents(engine.policy, 'breaker-changed')]
    await trip(engine)
    expect(change[0]?.openMs).toBeCloseTo(openMs, 1)
  })

  it('doubles with every failed probe, up to its cap', async () => {
    const engine = engineOf([503])
    const changes = recordEvents(engine.policy, 'breaker-changed')
    await trip(engine)
    for (let probe = 0; probe < 4; probe += 1) {
      await engine.clock.advance(5_000)
      await engine.outcome()
    }
    const opened = changes.filter(({ to }) => to === 'open')
    expect(opened.map(({ openMs }) => openMs)).toEqual([1_000, 2_000, 4_000, 4_000, 4_000])
    expect(opened.map(({ reason }) => reason)).toEqual([
      'dead',
      'probe-failed',
      'probe-failed',
      'probe-failed',
      'probe-failed',
    ])
  })

  it('is short again after one clean window', async () => {
    const engine = engineOf((index) => ([0, 1, 2, 7, 8].includes(index) ? 503 : 200), { windowMs: 1_000, deadForMs: 0 })
    const changes = recordEvents(engine.policy, 'breaker-changed')
    await trip(engine)
    await engine.clock.advance(1_000)
    await engine.outcome()
    await engine.clock.advance(2_000)
    for (let probe = 0; probe < 3; probe += 1) await engine.outcome()
    expect(stateOf(engine)).toBe('closed')
    await engine.clock.advance(1_500)
    await engine.outcome()
    await trip(engine, 10)
    expect(changes.at(-1)).toMatchObject({ to: 'open', reason: 'dead', openMs: 1_000 })
  })

  it('follows a longer Retry-After, but not without limit', async () => {
    const asking = (seconds: number): Answer => ({ status: 503, headers: { 'retry-after': String(seconds) } })
    const asked = engineOf([asking(30)])
    await trip(asked)
    expect(await asked.outcome()).toMatchObject({ retryAfterMs: 30_000 })
    const greedy = engineOf([asking(3_600)])
    await trip(greedy)
    expect(await greedy.outcome()).toMatchObject({ retryAfterMs: 60_000 })
  })
})

describe('half-open', () => {
  it('lets three probes in flight, closes after three successes and says so', async () => {
    const engine = engineOf(afterTrip([{ status: 200, afterMs: 100 }]))
    const changes = recordEvents(engine.policy, 'breaker-changed')
    await trip(engine)
    await engine.clock.advance(1_000)
    const probes = [engine.call(), engine.call(), engine.call()]
    expect(await engine.call().catch((error: unknown) => error)).toMatchObject({
      code: 'circuit-open',
      retryAfterMs: 100,
    })
    for (const probe of probes) expect(await engine.clock.run(probe)).toMatchObject({ status: 200 })
    expect(changes.map(({ to, reason }) => [to, reason])).toEqual([
      ['open', 'dead'],
      ['half-open', 'open-elapsed'],
      ['closed', 'probes-succeeded'],
    ])
  })

  it('tells later callers the usual time of an answer', async () => {
    const engine = engineOf((index) => (index === 1 || index === 2 ? 503 : { status: 200, afterMs: 64 }), { probes: 1 })
    await engine.outcome()
    await trip(engine, 200)
    await engine.clock.advance(2_000)
    void engine.call()
    const refusal = (await engine.call().catch((error: unknown) => error)) as { retryAfterMs: number }
    expect(refusal.retryAfterMs).toBeGreaterThanOrEqual(64)
    expect(refusal.retryAfterMs).toBeLessThan(64 * 1.19)
  })

  it('one failure reopens, whatever succeeded before', async () => {
    const engine = engineOf(afterTrip([200, 200, 503]))
    await trip(engine)
    await engine.clock.advance(1_000)
    await engine.outcome()
    await engine.outcome()
    expect(stateOf(engine)).toBe('half-open')
    await engine.outcome()
    expect(stateOf(engine)).toBe('open')
  })

  it('an ignored outcome decides nothing and frees its place', async () => {
    const engine = engineOf(afterTrip(['hang', 200]), { probes: 1 })
    const caller = countingSignal()
    await trip(engine)
    await engine.clock.advance(1_000)
    const probe = engine.call({ signal: caller.signal }).catch(() => 'aborted')
    await engine.clock.settle()
    caller.abort()
    expect(await probe).toBe('aborted')
    expect(stateOf(engine)).toBe('half-open')
    await engine.outcome()
    expect(stateOf(engine)).toBe('closed')
  })

  it('a later stage that refuses a probe gives its place back', async () => {
    let isRefusing = true
    const stage = defineStrategy(
      'stage',
      () => (next) => (call) => (isRefusing ? Promise.resolve(rejected(call, { code: 'rate-limited' })) : next(call)),
    )
    isRefusing = false
    const engine = createEngine([circuitBreaker({ ...SMALL, probes: 1 }), stage({})], afterTrip([200]))
    await trip(engine)
    await engine.clock.advance(1_000)
    isRefusing = true
    for (let call = 0; call < 5; call += 1) expect(await engine.outcome()).toMatchObject({ code: 'rate-limited' })
    isRefusing = false
    expect(await engine.outcome()).toMatchObject({ status: 200 })
    expect(stateOf(engine)).toBe('closed')
  })
})

describe('waiting for the circuit', () => {
  it('sends when it half-opens, within the deadline', async () => {
    const engine = createEngine(
      [deadline({ afterMs: 10_000 }), circuitBreaker({ ...SMALL, wait: true })],
      afterTrip([200]),
    )
    const queued = recordEvents(engine.policy, 'call-queued')
    await trip(engine)
    const answer = await engine.outcome()
    expect(answer).toMatchObject({ status: 200 })
    expect(engine.sentAtMs.at(-1)).toBe(1_125)
    expect(callReport(answer)?.explain()).toContain('waited 1125 ms in circuit breaker')
    expect(queued).toMatchObject([{ stage: 'circuit breaker', reason: 'breaker', key: KEY }])
  })

  it('waits again while the probes are taken', async () => {
    const engine = engineOf(afterTrip([{ status: 200, afterMs: 300 }]), { probes: 1 })
    await trip(engine)
    await engine.clock.advance(1_000)
    void engine.call()
    expect(await engine.outcome({ resilience: { circuitBreaker: { wait: true } } })).toMatchObject({ status: 200 })
  })

  it('fails now when the circuit opens too late for the deadline', async () => {
    const engine = createEngine([deadline({ afterMs: 1_000 }), circuitBreaker({ ...SMALL, wait: true })], [503])
    await trip(engine)
    expect(await engine.outcome()).toMatchObject({ code: 'circuit-open', retryAfterMs: 1_000 })
    expect(engine.clock.now()).toBe(0)
  })

  it('ends with the abort of the caller', async () => {
    const caller = countingSignal()
    const engine = engineOf([503], { wait: true })
    await trip(engine)
    const answer = engine.call({ signal: caller.signal }).catch((error: unknown) => error)
    await engine.clock.advance(10)
    caller.abort('gone')
    expect(await answer).toBe('gone')
    expect([engine.clock.pendingTimers, caller.listeners]).toEqual([0, 0])
  })

  it('does not wait for an operator', async () => {
    const engine = engineOf([resetError()], { wait: true })
    engine.policy.forceOpen('maintenance')
    expect(await engine.outcome()).toMatchObject({ code: 'circuit-open', retryAfterMs: undefined })
  })

  it('can be chosen by a call, in either direction', async () => {
    const engine = engineOf([503], { wait: true })
    await trip(engine)
    await engine.outcome({ resilience: { circuitBreaker: { wait: false } } })
    expect(engine.clock.now()).toBe(0)
  })
})
