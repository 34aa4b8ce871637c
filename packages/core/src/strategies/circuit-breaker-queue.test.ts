import { describe, expect, it } from 'vitest'
import { createEngine, type Engine } from '../../test/engine.ts'
import type { Answer } from '../../test/scripted-transport.ts'
import { circuitBreaker } from './circuit-breaker.ts'
import { concurrency } from './concurrency.ts'
import { deadline } from './deadline.ts'

const KEY = 'https://api.example'
const stateOf = ({ policy }: Engine): unknown =>
  (policy.health().keys[KEY]?.['circuitBreaker'] as { state: string } | undefined)?.state

// One failure opens the circuit for one second; one call at a time.
const breaker = { deadFailures: 1, deadForMs: 0, sickRule: false, openMs: 1_000, probes: 1, wait: true }
const engineOf = (script: readonly Answer[], deadlineMs: number): Engine =>
  createEngine(
    [deadline({ afterMs: deadlineMs }), circuitBreaker(breaker), concurrency({ limit: 1, maxQueued: 10 })],
    (index) => script[Math.min(index, script.length - 1)] as Answer,
  )
const quiet = (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error)

describe('a call that waits for the circuit and stands in a queue behind it', () => {
  it('is held back while the circuit is open, and goes out as a probe', async () => {
    const engine = engineOf([{ status: 503, afterMs: 100 }, 200], 60_000)
    const calls = [engine.call(), engine.call(), engine.call()].map(quiet)
    await engine.clock.advance(1_099)
    expect([engine.sentAtMs, stateOf(engine)]).toEqual([[0], 'open'])
    for (const [index, call] of calls.entries()) {
      expect(await engine.clock.run(call)).toMatchObject({ status: index === 0 ? 503 : 200 })
    }
    expect(engine.sentAtMs[1]).toBeGreaterThanOrEqual(1_100)
    expect(stateOf(engine)).toBe('closed')
    expect(engine.clock.pendingTimers).toBe(0)
  })

  it('is held back again when its probe comes too late: another took the place', async () => {
    const engine = engineOf([{ status: 503, afterMs: 100 }, { status: 503, afterMs: 50 }, 200], 60_000)
    const calls = [engine.call(), engine.call(), engine.call()].map(quiet)
    const statuses: unknown[] = []
    for (const call of calls) statuses.push(await engine.clock.run(call))
    expect(statuses).toMatchObject([{ status: 503 }, { status: 503 }, { status: 200 }])
    // Open for one second after the first failure, and for two after the failed probe.
    expect(engine.sentAtMs[2]).toBeGreaterThanOrEqual((engine.sentAtMs[1] ?? 0) + 50 + 2_000)
    expect(stateOf(engine)).toBe('closed')
  })

  it('is refused with the reason when its deadline is too near', async () => {
    const engine = engineOf([{ status: 503, afterMs: 100 }, 200], 500)
    const [first, second] = [quiet(engine.call()), quiet(engine.call())]
    expect(await engine.clock.run(first)).toMatchObject({ status: 503 })
    expect(await engine.clock.run(second)).toMatchObject({ code: 'circuit-open', retryAfterMs: 1_000 })
    expect([engine.clock.now(), engine.sentAtMs]).toEqual([100, [0]])
  })

  it('is refused when an operator opened the circuit meanwhile', async () => {
    const engine = engineOf([{ status: 200, afterMs: 100 }], 60_000)
    const [first, second] = [quiet(engine.call()), quiet(engine.call())]
    await engine.clock.settle()
    engine.policy.forceOpen('maintenance')
    expect(await engine.clock.run(first)).toMatchObject({ status: 200 })
    expect(await engine.clock.run(second)).toMatchObject({ code: 'circuit-open' })
    expect(engine.sentAtMs).toEqual([0])
  })
})
