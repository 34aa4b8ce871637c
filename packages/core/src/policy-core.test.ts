import { describe, expect, it, vi } from 'vitest'
import { countingSignal } from '../test/counting-signal.ts'
import { createEngine, type Engine } from '../test/engine.ts'
import type { Attempt, Transport } from './call.ts'
import { Outcome } from './call.ts'
import { callReport } from './call-report.ts'
import { HoldfastError } from './errors.ts'
import { defineStrategy } from './strategy.ts'
import { attemptTimeout } from './strategies/attempt-timeout.ts'
import { circuitBreaker } from './strategies/circuit-breaker.ts'
import { deadline } from './strategies/deadline.ts'
import { retry } from './strategies/retry.ts'
import { recordEvents } from './testing/record-events.ts'

/** A client that hands over at the headers: the test holds the body. */
const streaming = (): { guardBody: NonNullable<Transport['guardBody']>; end: () => void; attempt: () => Attempt } => {
  const bodies: { attempt: Attempt; ended: () => void }[] = []
  return {
    guardBody: (_value, attempt, ended) => {
      bodies.push({ attempt, ended })
      return true
    },
    end: () => bodies.at(-1)?.ended(),
    attempt: () => bodies.at(-1)?.attempt as Attempt,
  }
}

describe('a body that is still arriving', () => {
  it('holds the attempt until it has settled', async () => {
    const caller = countingSignal()
    const body = streaming()
    const engine = createEngine([attemptTimeout()], [200], { traits: { guardBody: body.guardBody } })
    expect(await engine.outcome({ signal: caller.signal })).toMatchObject({ status: 200 })
    const released = vi.fn()
    body.attempt().onRelease(released)
    expect([caller.listeners, released.mock.calls.length]).toEqual([1, 0])
    // The timer of the attempt ended with the headers.
    expect(engine.clock.pendingTimers).toBe(0)
    body.end()
    expect([caller.listeners, released.mock.calls.length]).toEqual([0, 1])
  })

  it('ends with the abort of the caller', async () => {
    const caller = countingSignal()
    const body = streaming()
    const engine = createEngine([], [200], { traits: { guardBody: body.guardBody } })
    await engine.outcome({ signal: caller.signal })
    const { signal } = body.attempt()
    caller.abort('enough')
    expect([signal.aborted, signal.reason, caller.listeners]).toEqual([true, 'enough', 0])
  })

  it('ends with the deadline or the idle limit, by name', async () => {
    for (const code of ['deadline-exceeded', 'attempt-timeout'] as const) {
      const body = streaming()
      const engine = createEngine([deadline()], [200], { traits: { guardBody: body.guardBody } })
      await engine.outcome()
      const { signal } = body.attempt()
      const released = vi.fn()
      body.attempt().onRelease(released)
      body.attempt().cutBody(code)
      expect(signal.reason).toBeInstanceOf(HoldfastError)
      expect(signal.reason).toMatchObject({ code, key: 'https://api.example' })
      expect(released).toHaveBeenCalledTimes(1)
    }
  })

  it('is no matter where there is none', async () => {
    const caller = countingSignal()
    const engine = createEngine([], [200], { traits: { guardBody: () => false } })
    await engine.outcome({ signal: caller.signal })
    expect(caller.listeners).toBe(0)
  })

  it('is none of a value that a strategy made up', async () => {
    const body = streaming()
    const cached = defineStrategy(
      'cached',
      () => () => (call) => Promise.resolve(new Outcome(call, 'value', { status: 200, isCached: true })),
    )
    const engine = createEngine([cached({})], [500], { traits: { guardBody: body.guardBody } })
    const answer = await engine.outcome()
    expect(answer).toMatchObject({ isCached: true })
    expect(body.attempt()).toBeUndefined()
    expect(callReport(answer)).toMatchObject({ attempts: [], durationMs: 0 })
  })
})

describe('what a client brings too late', () => {
  it('is discarded, and a discard that fails is nobody’s error', async () => {
    for (const discard of [
      () => Promise.reject(new Error('socket gone')),
      () => {
        throw new Error('no socket')
      },
    ]) {
      const discarding = vi.fn(discard)
      const engine = createEngine([attemptTimeout({ afterMs: 100 })], [{ status: 200, afterMs: 500 }], {
        traits: { isDeaf: true, discard: discarding },
      })
      expect(await engine.outcome()).toMatchObject({ code: 'attempt-timeout' })
      await engine.clock.advance(1_000)
      expect(discarding).toHaveBeenCalledTimes(1)
    }
  })
})

describe('the end of a call', () => {
  it('is told as a rejection where we refused or ran out of time', async () => {
    const engine = createEngine([circuitBreaker(), attemptTimeout({ afterMs: 100 })], ['hang'])
    const events = recordEvents(engine.policy, 'call-ended', 'call-rejected')
    await engine.outcome()
    engine.policy.forceOpen('maintenance')
    await engine.outcome()
    expect(events).toMatchObject([
      { type: 'call-ended', outcome: 'rejection', reason: 'attempt-timeout', attempts: 1, durationMs: 100 },
      { type: 'call-rejected', code: 'circuit-open', retryAfterMs: undefined, reason: 'forced open: maintenance' },
      { type: 'call-ended', outcome: 'rejection', reason: 'circuit-open', attempts: 0, durationMs: 0 },
    ])
  })
})

describe('the word of a user on what a result means', () => {
  it('turns a failure into a success, or a success into a failure', async () => {
    const engine = createEngine([retry({ maxRetries: 1 })], [503, 200], {
      classify: (subject, verdict) => {
        const { status } = subject as { status: number }
        return status === 503
          ? 'success'
          : { ...verdict, code: 'empty-answer', category: 'transient', retry: 'if-idempotent', breaker: 'failure' }
      },
    })
    expect(await engine.outcome()).toMatchObject({ status: 503 })
    const answer = await engine.outcome()
    expect(callReport(answer)?.attempts.map(({ code }) => code)).toEqual(['empty-answer', 'empty-answer'])
  })

  it('is reported and ignored when it breaks', async () => {
    const broken = new Error('bug in classify')
    const engine = createEngine([retry({ maxRetries: 1 })], [503, 200], {
      classify: () => {
        throw broken
      },
    })
    const failed = recordEvents(engine.policy, 'listener-failed')
    expect(await engine.outcome()).toMatchObject({ status: 200 })
    expect(failed).toMatchObject([{ event: 'classify', error: broken }, { event: 'classify' }])
  })
})

describe('what plug-ins reach', () => {
  it('is the clock and the events of the policy', () => {
    const engine = createEngine([], [200])
    expect(engine.policy.clock).toBe(engine.clock)
    const nested = recordEvents(engine.policy, 'nested-retry')
    engine.policy.events.emit('nested-retry', { key: 'k', client: 'axios-retry', reason: 'interceptor' })
    expect(nested).toMatchObject([{ client: 'axios-retry', policy: 'test' }])
  })

  it('is what a call gave for a strategy, and nothing where it was switched off', async () => {
    const seen: unknown[] = []
    const reader = defineStrategy('reader', () => (next) => (call) => {
      seen.push(call.options('retry'), call.isOff('retry'))
      return next(call)
    })({})
    const engine = createEngine([retry(), reader], [200])
    for (const given of [undefined, false, { maxRetries: 0 }] as const)
      await engine.outcome(given === undefined ? {} : { resilience: { retry: given } })
    expect(seen).toEqual([undefined, false, undefined, true, { maxRetries: 0 }, false])
  })
})

describe('cells of a strategy', () => {
  const noting = defineStrategy('noting', (env) => {
    const first = env.cell(() => ({ health: () => ({ cell: 1 }) }))
    const second = env.cell(() => ({ snapshot: () => 'second' }))
    return (next) => (call) => {
      second(call)
      first(call)
      return next(call)
    }
  })

  it('are made on demand, in any order, several to a strategy', async () => {
    const engine = createEngine([noting({})], [200])
    await engine.outcome()
    expect(engine.policy.health().keys['https://api.example']).toMatchObject({ noting: { cell: 1 } })
    expect(engine.policy.snapshot().keys['https://api.example']).toEqual({ noting: 'second' })
  })

  it('keep a key from eviction while they are busy', async () => {
    let isBusy = true
    const busy = defineStrategy('busy', (env) => {
      const cell = env.cell(() => ({ busy: () => isBusy }))
      return (next) => (call) => {
        cell(call)
        return next(call)
      }
    })
    const engine = createEngine([busy({})], [200], { keys: { maxKeys: 2, idleMs: 1_000 } })
    const keys = (): string[] => Object.keys(engine.policy.health().keys)
    await engine.outcome({ resilience: { key: 'a' } })
    await engine.clock.advance(10_000)
    await engine.outcome({ resilience: { key: 'b' } })
    expect(keys()).toEqual(['a', 'b'])
    isBusy = false
    await engine.outcome({ resilience: { key: 'c' } })
    expect(keys()).toEqual(['b', 'c'])
  })
})

describe('a probe in a queue', () => {
  it('keeps its place, because its lease begins when it is sent', async () => {
    const held: (() => void)[] = []
    const queue = defineStrategy('queue', () => (next) => async (call) => {
      if (call.priority === 'background') await new Promise<void>((resolve) => held.push(resolve))
      return next(call)
    })
    const engine: Engine = createEngine(
      [circuitBreaker({ deadFailures: 1, deadForMs: 0, probes: 1 }), queue({})],
      (index) => (index === 0 ? 503 : 200),
    )
    await engine.outcome()
    await engine.clock.advance(2_000)
    const probe = engine.call({ resilience: { priority: 'background' } })
    await engine.clock.advance(600_000)
    expect(await engine.outcome()).toMatchObject({ code: 'circuit-open' })
    held.pop()?.()
    expect(await probe).toMatchObject({ status: 200 })
  })
})
