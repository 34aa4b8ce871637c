import { describe, expect, it } from 'vitest'
import { createEngine, type Engine, type EngineParts } from '../../test/engine.ts'
import type { Answer } from '../../test/scripted-transport.ts'
import { defineStrategy } from '../strategy.ts'
import { recordEvents } from '../testing/record-events.ts'
import { attemptTimeout } from './attempt-timeout.ts'
import { circuitBreaker, type CircuitBreakerOptions } from './circuit-breaker.ts'
import { deadline } from './deadline.ts'

const KEY = 'https://api.example'
const stateOf = ({ policy }: Engine): unknown =>
  (policy.health().keys[KEY]?.['circuitBreaker'] as { state: string } | undefined)?.state
const SMALL = { deadFailures: 2, deadForMs: 0, sickRule: false, openMs: 1_000, maxOpenMs: 4_000 }
const engineOf = (
  script: (index: number) => Answer,
  options: Partial<CircuitBreakerOptions> = {},
  parts: EngineParts = {},
): Engine => createEngine([circuitBreaker({ ...SMALL, ...options })], script, parts)

const quiet = (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error)

describe('a result of another epoch', () => {
  it('cannot close the circuit: a success admitted before it opened is no probe', async () => {
    // The first call is slow; meanwhile two others fail and open the circuit.
    const engine = engineOf(
      (index) => (index === 0 ? { status: 200, afterMs: 1_500 } : index < 3 ? 503 : { status: 200, afterMs: 5_000 }),
      { probes: 1 },
    )
    const ignored = recordEvents(engine.policy, 'stale-result-ignored')
    const old = quiet(engine.call())
    await engine.outcome()
    await engine.outcome()
    await engine.clock.advance(1_000)
    const probe = quiet(engine.call())
    await engine.clock.advance(500)
    expect(await old).toMatchObject({ status: 200 })
    expect(stateOf(engine)).toBe('half-open')
    expect(ignored).toMatchObject([{ reason: 'epoch', key: KEY }])
    await engine.clock.run(probe)
    expect(stateOf(engine)).toBe('closed')
  })

  it('cannot reopen it: a failure admitted before it opened is no failed probe', async () => {
    const engine = engineOf(
      (index) => (index === 0 ? { status: 503, afterMs: 1_500 } : index < 3 ? 503 : { status: 200, afterMs: 600 }),
      { probes: 1 },
    )
    const changes = recordEvents(engine.policy, 'breaker-changed')
    const old = quiet(engine.call())
    await engine.outcome()
    await engine.outcome()
    await engine.clock.advance(1_000)
    const probe = quiet(engine.call())
    await engine.clock.run(old)
    await engine.clock.run(probe)
    expect(changes.map(({ to }) => to)).toEqual(['open', 'half-open', 'closed'])
  })

  it('does not count after closing: late failures of an outage do not open it again', async () => {
    const engine = engineOf((index) => (index < 3 ? { status: 503, afterMs: index === 0 ? 3_000 : 0 } : 200), {
      deadFailures: 2,
      probes: 1,
    })
    const late = quiet(engine.call())
    await engine.outcome()
    await engine.outcome()
    await engine.clock.advance(1_000)
    await engine.outcome()
    expect(stateOf(engine)).toBe('closed')
    await engine.clock.run(late)
    expect(engine.policy.health().keys[KEY]?.['circuitBreaker']).toMatchObject({ calls: 0, failuresInARow: 0 })
  })

  it('does not count when nobody listens either', async () => {
    const engine = engineOf((index) => (index === 0 ? { status: 503, afterMs: 500 } : 503))
    const old = quiet(engine.call())
    await engine.outcome()
    await engine.outcome()
    engine.policy.reset()
    await engine.clock.run(old)
    expect(engine.policy.health().keys[KEY]?.['circuitBreaker']).toMatchObject({ state: 'closed', calls: 0 })
  })
})

describe('the lease of a probe', () => {
  // A client that ignores its signal and never answers, under a policy that has no timeout for it.
  const lost = (index: number): Answer => (index < 2 ? 503 : index < 3 ? 'hang' : 200)

  it('frees the place of a probe that is lost', async () => {
    const engine = createEngine([circuitBreaker({ ...SMALL, probes: 1 })], lost, { traits: { isDeaf: true } })
    await engine.outcome()
    await engine.outcome()
    await engine.clock.advance(1_000)
    void quiet(engine.call())
    await engine.clock.advance(60_999)
    expect(await quiet(engine.call())).toMatchObject({ code: 'circuit-open' })
    await engine.clock.advance(1)
    expect(await quiet(engine.call())).toMatchObject({ status: 200 })
    expect(stateOf(engine)).toBe('closed')
  })

  it('ends with the attempt timeout and a margin where there is one', async () => {
    const engine = createEngine(
      [circuitBreaker({ ...SMALL, probes: 2, windowMs: 10_000 }), attemptTimeout({ afterMs: 2_000 })],
      (index) => (index < 2 ? 503 : 'hang'),
      { traits: { isDeaf: true } },
    )
    await engine.outcome()
    await engine.outcome()
    await engine.clock.advance(1_000)
    void quiet(engine.call())
    // The process is suspended: the timeout of the attempt cannot fire, the lease runs out all the same.
    void quiet(engine.call())
    await engine.clock.settle()
    expect(await quiet(engine.call())).toMatchObject({ code: 'circuit-open' })
    engine.clock.jump(2_999)
    expect(await quiet(engine.call())).toMatchObject({ code: 'circuit-open' })
    engine.clock.jump(1)
    void quiet(engine.call())
    await engine.clock.settle()
    expect(engine.sentAtMs).toHaveLength(5)
  })

  it('ends with the deadline where that is nearer', async () => {
    const engine = createEngine(
      [deadline({ afterMs: 500 }), circuitBreaker({ ...SMALL, probes: 1 })],
      (index) => (index < 2 ? 503 : 'hang'),
      { traits: { isDeaf: true } },
    )
    await engine.outcome()
    await engine.outcome()
    await engine.clock.advance(1_000)
    void quiet(engine.call())
    await engine.clock.settle()
    engine.clock.jump(1_500)
    void quiet(engine.call())
    await engine.clock.settle()
    expect(engine.sentAtMs).toHaveLength(4)
  })

  it('takes the vote away with the place', async () => {
    const engine = createEngine([circuitBreaker({ ...SMALL, probes: 2 })], (index) =>
      index < 2 ? 503 : index === 2 ? { status: 503, afterMs: 70_000 } : 200,
    )
    const ignored = recordEvents(engine.policy, 'stale-result-ignored')
    await engine.outcome()
    await engine.outcome()
    await engine.clock.advance(1_000)
    const lostProbe = quiet(engine.call())
    await engine.clock.advance(65_000)
    await quiet(engine.call())
    expect(stateOf(engine)).toBe('half-open')
    await engine.clock.run(lostProbe)
    expect(stateOf(engine)).toBe('half-open')
    expect(ignored).toMatchObject([{ reason: 'lease' }])
    await quiet(engine.call())
    expect(stateOf(engine)).toBe('closed')
  })
})

describe('an attempt that stood in a queue while the circuit moved', () => {
  const held: (() => void)[] = []
  const queue = defineStrategy('queue', () => (next) => async (call) => {
    if (call.priority === 'background') await new Promise<void>((resolve) => held.push(resolve))
    return next(call)
  })
  const queueing = { resilience: { priority: 'background' } } as const

  it('is refused at commit when the circuit opened', async () => {
    const engine = createEngine([circuitBreaker(SMALL), queue({})], [503])
    const waiting = quiet(engine.call(queueing))
    await engine.outcome()
    await engine.outcome()
    held.pop()?.()
    expect(await waiting).toMatchObject({ code: 'circuit-open', retryAfterMs: 1_000 })
    expect(engine.sentAtMs).toHaveLength(2)
  })

  it('becomes a probe when the circuit is half-open by then', async () => {
    const engine = createEngine([circuitBreaker({ ...SMALL, probes: 1 }), queue({})], (index) =>
      index < 2 ? 503 : { status: 200, afterMs: 50 },
    )
    const waiting = quiet(engine.call(queueing))
    await engine.outcome()
    await engine.outcome()
    await engine.clock.advance(1_000)
    held.pop()?.()
    await engine.clock.settle()
    expect(stateOf(engine)).toBe('half-open')
    expect(await quiet(engine.call())).toMatchObject({ code: 'circuit-open' })
    expect(await engine.clock.run(waiting)).toMatchObject({ status: 200 })
    expect(stateOf(engine)).toBe('closed')
  })

  it('gives the renewed place back when it is not sent after all', async () => {
    const engine = createEngine(
      [
        deadline({ afterMs: 5_000 }),
        circuitBreaker({ ...SMALL, probes: 1 }),
        defineStrategy('last', () => (next) => (call) => {
          call.hold({
            commit: () => (call.priority === 'background' ? { code: 'rate-limited' } : undefined),
            settle: () => undefined,
            cancel: () => undefined,
          })
          return next(call)
        })({}),
        queue({}),
      ],
      (index) => (index < 2 ? 503 : 200),
    )
    const waiting = quiet(engine.call(queueing))
    await engine.outcome()
    await engine.outcome()
    await engine.clock.advance(1_000)
    held.pop()?.()
    expect(await waiting).toMatchObject({ code: 'rate-limited' })
    expect(await engine.outcome()).toMatchObject({ status: 200 })
    expect(stateOf(engine)).toBe('closed')
  })
})
