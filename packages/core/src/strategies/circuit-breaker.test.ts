import { describe, expect, it } from 'vitest'
import { countingSignal } from '../../test/counting-signal.ts'
import { createEngine, type Engine, type EngineParts } from '../../test/engine.ts'
import { refusedError, resetError, type Answer } from '../../test/scripted-transport.ts'
import { callReport } from '../call-report.ts'
import { recordEvents } from '../testing/record-events.ts'
import { circuitBreaker, type CircuitBreakerOptions } from './circuit-breaker.ts'
import { retry } from './retry.ts'

const KEY = 'https://api.example'
const healthOf = ({ policy }: Engine): Record<string, unknown> =>
  policy.health().keys[KEY]?.['circuitBreaker'] as Record<string, unknown>
const stateOf = (engine: Engine): unknown => healthOf(engine)['state']

// Small numbers: five failures over 100 ms are dead, ten calls with 80 % failures are sick.
const SMALL = { deadFailures: 5, deadForMs: 100, minimumCalls: 10, openMs: 1_000, maxOpenMs: 4_000 }
const engineOf = (
  script: readonly Answer[] | ((index: number) => Answer),
  options: Partial<CircuitBreakerOptions> = {},
  parts: EngineParts = {},
): Engine => createEngine([circuitBreaker({ ...SMALL, ...options })], script, parts)

const callTimes = async (engine: Engine, times: number, everyMs = 50): Promise<unknown[]> => {
  const outcomes: unknown[] = []
  for (let call = 0; call < times; call += 1) {
    outcomes.push(await engine.outcome())
    await engine.clock.advance(everyMs)
  }
  return outcomes
}

describe('dead rule', () => {
  it('opens after a row of failures that lasts, and sends nothing more', async () => {
    const engine = engineOf([503])
    const changes = recordEvents(engine.policy, 'breaker-changed')
    await callTimes(engine, 5)
    expect(stateOf(engine)).toBe('open')
    expect(changes).toMatchObject([
      { from: 'closed', to: 'open', reason: 'dead', openMs: 1_000, key: KEY, note: undefined },
    ])
    const refusal = await engine.outcome()
    expect(refusal).toMatchObject({
      name: 'HoldfastError',
      code: 'circuit-open',
      retryAfterMs: 950,
      key: KEY,
      policy: 'test',
    })
    expect(engine.sentAtMs).toHaveLength(5)
  })

  it('waits for the row to last: a burst of failures at one moment is not yet dead', async () => {
    const engine = engineOf([503])
    await callTimes(engine, 8, 0)
    expect(stateOf(engine)).toBe('closed')
    await engine.clock.advance(100)
    await engine.outcome()
    expect(stateOf(engine)).toBe('open')
  })

  it('asks for a longer row where answers are slow: twice the 99th percentile', async () => {
    const engine = engineOf((index) => (index === 0 ? { status: 200, afterMs: 1_000 } : 503), { sickRule: false })
    await engine.outcome()
    await callTimes(engine, 20)
    expect(stateOf(engine)).toBe('closed')
    await engine.clock.advance(1_400)
    await engine.outcome()
    expect(stateOf(engine)).toBe('open')
  })

  it('starts over at each success', async () => {
    const engine = engineOf((index) => (index % 5 === 4 ? 200 : 503), { sickRule: false })
    await callTimes(engine, 40)
    expect(stateOf(engine)).toBe('closed')
    expect(healthOf(engine)).toMatchObject({ failuresInARow: 0, openForMs: 0 })
  })

  it('counts attempts, so one call with retries is enough', async () => {
    const engine = createEngine(
      [retry({ maxRetries: 9, backoff: () => 50 }), circuitBreaker({ ...SMALL, sickRule: false })],
      [503],
    )
    const refusal = await engine.outcome()
    expect(stateOf(engine)).toBe('open')
    expect(engine.sentAtMs).toEqual([0, 50, 100, 150, 200])
    // The last real answer, not our refusal of the sixth attempt.
    expect(refusal).toMatchObject({ status: 503 })
    expect(callReport(refusal)).toMatchObject({ stoppedBy: 'rejection' })
  })
})

describe('sick rule', () => {
  const mixed = (index: number): Answer => (index % 5 === 0 ? 200 : 503)

  it('opens at a high share of failed calls', async () => {
    const engine = engineOf(mixed, { deadFailures: 1_000 })
    const changes = recordEvents(engine.policy, 'breaker-changed')
    await callTimes(engine, 10)
    expect(changes).toMatchObject([{ to: 'open', reason: 'sick' }])
  })

  it('leaves a brown-out alone', async () => {
    const engine = engineOf((index) => (index % 10 < 3 ? 200 : 503), { deadFailures: 1_000 })
    await callTimes(engine, 100, 10)
    expect(stateOf(engine)).toBe('closed')
    expect(healthOf(engine)).toMatchObject({ calls: 100, failureRatio: 0.7 })
  })

  it('needs a minimum of calls', async () => {
    const engine = engineOf([503], { deadFailures: 1_000, minimumCalls: 11 })
    await callTimes(engine, 10)
    expect(stateOf(engine)).toBe('closed')
    await callTimes(engine, 1)
    expect(stateOf(engine)).toBe('open')
  })

  it('counts a call once, however often it is retried', async () => {
    const strategies = [retry({ maxRetries: 4, backoff: () => 1 }), circuitBreaker({ ...SMALL, deadFailures: 1_000 })]
    const engine = createEngine(strategies, [503])
    await callTimes(engine, 9)
    expect(engine.sentAtMs).toHaveLength(45)
    expect(healthOf(engine)).toMatchObject({ state: 'closed', calls: 9 })
    await engine.outcome()
    expect(stateOf(engine)).toBe('open')
  })

  it('forgets what left the window', async () => {
    const engine = engineOf([503], { deadFailures: 1_000, windowMs: 1_000 })
    await callTimes(engine, 9, 10)
    await engine.clock.advance(2_000)
    await callTimes(engine, 9, 10)
    expect(healthOf(engine)).toMatchObject({ state: 'closed', calls: 9 })
  })

  it('leaves out a name that does not resolve, which only the dead rule counts', async () => {
    const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' })
    const engine = engineOf((index) => (index % 4 === 3 ? 200 : unknown))
    await callTimes(engine, 40, 10)
    expect(healthOf(engine)).toMatchObject({ state: 'closed', calls: 10, failureRatio: 0 })
    const gone = engineOf([unknown])
    await callTimes(gone, 5)
    expect(stateOf(gone)).toBe('open')
  })

  it('can be switched off', async () => {
    const engine = engineOf(mixed, { sickRule: false })
    await callTimes(engine, 60)
    expect(stateOf(engine)).toBe('closed')
  })

  it('counts a slow success as a failure where that is asked for', async () => {
    const engine = engineOf([{ status: 200, afterMs: 500 }], { slowMs: 500, deadForMs: 0, sickRule: false })
    await callTimes(engine, 4)
    expect(healthOf(engine)).toMatchObject({ state: 'closed', failuresInARow: 4 })
    await engine.outcome()
    expect(stateOf(engine)).toBe('open')
  })
})

describe('what does not count', () => {
  it.each([400, 404, 422, 429])('a %d', async (status) => {
    const engine = engineOf([status])
    await callTimes(engine, 30)
    expect(stateOf(engine)).toBe('closed')
  })

  it('a caller that aborts', async () => {
    const engine = engineOf(['hang'], { deadFailures: 1, deadForMs: 0, minimumCalls: 1 })
    const caller = countingSignal()
    const answer = engine.call({ signal: caller.signal }).catch(() => 'aborted')
    await engine.clock.advance(5)
    caller.abort()
    expect(await answer).toBe('aborted')
    expect(healthOf(engine)).toMatchObject({ state: 'closed', calls: 0 })
  })
})

describe('what does count', () => {
  it.each([500, 502, 503, 504])('a %d', async (status) => {
    const engine = engineOf([status])
    await callTimes(engine, 5)
    expect(stateOf(engine)).toBe('open')
  })

  it.each([resetError(), refusedError()])('%s', async (error) => {
    const engine = engineOf([error])
    await callTimes(engine, 5)
    expect(stateOf(engine)).toBe('open')
  })

  it('is noted on the call as a vote', async () => {
    const engine = engineOf([503])
    const answer = await engine.outcome()
    expect(callReport(answer)?.explain()).toContain('circuit breaker: failure 1 in a row')
  })
})
