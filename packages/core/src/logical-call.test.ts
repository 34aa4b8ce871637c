import { describe, expect, it, vi } from 'vitest'
import { countingSignal } from '../test/counting-signal.ts'
import { createEngine, type Engine } from '../test/engine.ts'
import { createLedger } from '../test/ledger.ts'
import type { Permit } from './call.ts'
import { Outcome } from './call.ts'
import { classification } from './classification.ts'
import { defineStrategy, type Strategy } from './strategy.ts'
import { attemptTimeout } from './strategies/attempt-timeout.ts'
import { circuitBreaker } from './strategies/circuit-breaker.ts'
import { deadline } from './strategies/deadline.ts'
import { retry } from './strategies/retry.ts'

const KEY = 'https://api.example'
const stateOf = ({ policy }: Engine): unknown =>
  (policy.health().keys[KEY]?.['circuitBreaker'] as { state: string } | undefined)?.state
const halfOpen = async (strategies: readonly Strategy[], traits = {}): Promise<Engine> => {
  const engine = createEngine(
    [circuitBreaker({ deadFailures: 1, deadForMs: 0, sickRule: false, probes: 1 }), ...strategies],
    (index) => (index === 0 ? 503 : 200),
    { traits },
  )
  await engine.outcome()
  expect(stateOf(engine)).toBe('open')
  await engine.clock.advance(2_000)
  return engine
}

const recorder = (name: string, log: string[]): Permit => ({
  commit: () => void log.push(`commit ${name}`),
  settle: () => void log.push(`settle ${name}`),
  cancel: () => void log.push(`cancel ${name}`),
})
const lending = (log: string[], ...names: readonly string[]): Strategy =>
  defineStrategy(`lending ${names.join()}`, () => (next) => (call) => {
    for (const name of names) call.hold(recorder(name, log))
    return next(call)
  })({})

describe('permits', () => {
  it('are committed in order and settled in reverse, once', async () => {
    const log: string[] = []
    await createEngine([lending(log, 'a', 'b', 'c')], [200]).outcome()
    expect(log).toEqual(['commit a', 'commit b', 'commit c', 'settle c', 'settle b', 'settle a'])
  })

  it('are taken anew for every attempt', async () => {
    const log: string[] = []
    await createEngine([retry({ maxRetries: 1 }), lending(log, 'a')], [503]).outcome()
    expect(log).toEqual(['commit a', 'settle a', 'commit a', 'settle a'])
  })

  it('are cancelled in reverse when a later stage refuses', async () => {
    const log: string[] = []
    const refusing = defineStrategy(
      'refusing',
      () => () => (call) => Promise.resolve(new Outcome(call, 'rejection', { code: 'queue-full' })),
    )
    expect(await createEngine([lending(log, 'a', 'b'), refusing({})], [200]).outcome()).toMatchObject({
      code: 'queue-full',
    })
    expect(log).toEqual(['cancel b', 'cancel a'])
  })
})

describe('permits of an attempt that never went out', () => {
  const refuse = (isRefusing: () => boolean): Strategy =>
    defineStrategy('refuse', () => (next) => (call) => {
      call.hold({
        commit: () => (isRefusing() ? { code: 'rate-limited' } : undefined),
        settle: () => undefined,
        cancel: () => undefined,
      })
      return next(call)
    })({})

  it('are not carried into the next one by retry', async () => {
    const ledger = createLedger('ledger')
    // A failure made up on this side, as chaos strategies do.
    const chaos = defineStrategy('chaos', () => (next) => (call) => {
      const fault = new Outcome(call, 'error', new Error('made up'), classification('made-up'))
      return call.attempt === 1 ? Promise.resolve(fault) : next(call)
    })({})
    const engine = createEngine([retry(), ledger.strategy, chaos], [200])
    expect(await engine.outcome()).toMatchObject({ status: 200 })
    expect(ledger).toMatchObject({ lent: 2, committed: 1, settled: 1, cancelled: 1, broken: [] })
  })

  it('are not carried into the next one by a strategy that tries again after a refusal', async () => {
    const ledger = createLedger('ledger')
    let refusals = 0
    const again = defineStrategy('again', () => (next) => async (call) => {
      const outcome = await next(call)
      return outcome.kind === 'rejection' ? next(call) : outcome
    })({})
    const engine = createEngine([again, ledger.strategy, refuse(() => (refusals += 1) === 1)], [200])
    expect(await engine.outcome()).toMatchObject({ status: 200 })
    expect(ledger).toMatchObject({ lent: 2, settled: 1, cancelled: 1, broken: [] })
  })
})

describe('a stage that breaks', () => {
  const broken = new Error('bug in a strategy')
  let isBroken = true
  const throwing = defineStrategy('throwing', () => (next) => (call) => {
    if (isBroken && call.attempt > 0) throw broken
    return next(call)
  })({})
  const rejecting = defineStrategy('rejecting', () => (next) => async (call) => {
    await Promise.resolve()
    if (isBroken) throw broken
    return next(call)
  })({})

  it.each([throwing, rejecting])(
    '$name: the call rejects with its error and gives the probe back',
    async (strategy) => {
      isBroken = false
      const engine = await halfOpen([strategy])
      isBroken = true
      for (let call = 0; call < 3; call += 1) expect(await engine.outcome()).toBe(broken)
      isBroken = false
      expect(await engine.outcome()).toMatchObject({ status: 200 })
      expect(stateOf(engine)).toBe('closed')
    },
  )

  it('answers in place of a refused attempt without keeping its permits', async () => {
    let isRefusing = false
    const fallback = defineStrategy('fallback', () => (next) => async (call) => {
      const outcome = await next(call)
      return outcome.kind === 'rejection' ? new Outcome(call, 'value', { status: 299 }) : outcome
    })({})
    const refusing = defineStrategy(
      'refusing',
      () => (next) => (call) =>
        isRefusing ? Promise.resolve(new Outcome(call, 'rejection', { code: 'throttled' })) : next(call),
    )({})
    const engine = createEngine(
      [fallback, circuitBreaker({ deadFailures: 1, deadForMs: 0, probes: 1 }), refusing],
      (index) => (index === 0 ? 503 : 200),
    )
    await engine.outcome()
    await engine.clock.advance(5_000)
    isRefusing = true
    for (let call = 0; call < 3; call += 1) expect(await engine.outcome()).toEqual({ status: 299 })
    isRefusing = false
    expect(await engine.outcome()).toMatchObject({ status: 200 })
    expect(stateOf(engine)).toBe('closed')
  })
})

describe('a client whose own hooks break', () => {
  const broken = new Error('bug in an adapter')
  const limits = [deadline({ afterMs: 5_000 }), attemptTimeout({ afterMs: 1_000 })]

  it.each(['classify', 'head'] as const)('%s: the call ends with that error and nothing is left', async (hook) => {
    for (const strategies of [[], limits]) {
      const caller = countingSignal()
      const engine = await halfOpen(strategies)
      const transport = {
        ...engine.transport,
        [hook]: vi.fn(() => {
          throw broken
        }),
      }
      const signal = strategies.length === 0 ? undefined : caller.signal
      expect(await engine.outcome({ transport, signal })).toBe(broken)
      expect([engine.clock.pendingTimers, caller.listeners]).toEqual([0, 0])
      expect(await engine.outcome()).toMatchObject({ status: 200 })
      expect(stateOf(engine)).toBe('closed')
    }
  })

  it('send: a throw is a failed attempt like a rejection', async () => {
    for (const strategies of [[], limits]) {
      const engine = createEngine(strategies, [200])
      const transport = {
        ...engine.transport,
        send: () => {
          throw broken
        },
      }
      expect(await engine.outcome({ transport })).toBe(broken)
      expect(engine.clock.pendingTimers).toBe(0)
    }
  })

  it('a permit that cannot be settled does not hang the call', async () => {
    const holding = defineStrategy('holding', () => (next) => (call) => {
      call.hold({
        settle: () => {
          throw broken
        },
        cancel: () => undefined,
      })
      return next(call)
    })({})
    const engine = createEngine([...limits, holding], [200])
    expect(await engine.outcome()).toBe(broken)
    expect(engine.clock.pendingTimers).toBe(0)
  })
})
