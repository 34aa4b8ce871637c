import { describe, expect, it } from 'vitest'
import { countingSignal } from '../../test/counting-signal.ts'
import { createEngine, type Engine, type EngineParts } from '../../test/engine.ts'
import { refusedError, resetError, type Answer } from '../../test/scripted-transport.ts'
import { constant } from '../backoff.ts'
import { rejected } from '../call.ts'
import { callReport } from '../call-report.ts'
import { defineStrategy } from '../strategy.ts'
import { recordEvents } from '../testing/record-events.ts'
import { deadline } from './deadline.ts'
import { retryBudget } from './retry-budget.ts'
import { retry } from './retry.ts'

const tokensOf = ({ policy }: Engine, key = 'https://api.example'): unknown =>
  (policy.health().keys[key]?.['retryBudget'] as { tokens: number } | undefined)?.tokens

// No drip, so that every token is accounted for.
const engineOf = (
  script: readonly Answer[] | ((index: number) => Answer),
  parts: EngineParts = {},
  options = {},
): Engine =>
  createEngine([retryBudget({ dripPerSecond: 0, ...options }), retry({ backoff: constant(100) })], script, parts)

describe('retryBudget', () => {
  it('refuses a price above its capacity', () => {
    expect(() => retryBudget({ capacity: 5 })).toThrow(
      'retryBudget: option "cost" must be at most capacity (5), or no retry could ever be paid for, but is 10.',
    )
    expect(() => retryBudget({ capacity: 5, cost: 5, throttledCost: 6 })).toThrow('option "throttledCost"')
    expect(() => retryBudget({ capacity: 5, cost: 5, throttledCost: 5 })).not.toThrow()
  })

  it('starts full and pays for each retry that fails', async () => {
    const engine = engineOf([503])
    await engine.outcome()
    expect(tokensOf(engine)).toBe(80)
    expect(callReport(await engine.outcome())?.steps).toContainEqual(
      expect.objectContaining({ step: 'retry', tokens: 70 }),
    )
  })

  it('refunds the retry that succeeds', async () => {
    const engine = engineOf([503, 503, 200])
    await engine.outcome()
    expect(tokensOf(engine)).toBe(90)
  })

  it('pays one token in for a success at the first attempt, and no more than it holds', async () => {
    const engine = engineOf([503, 503, 503, 200])
    await engine.outcome()
    expect(tokensOf(engine)).toBe(80)
    await engine.outcome()
    await engine.outcome()
    expect(tokensOf(engine)).toBe(82)
    for (let call = 0; call < 30; call += 1) await engine.outcome()
    expect(tokensOf(engine)).toBe(100)
  })

  it('counts an answer that shows a healthy server as a success', async () => {
    const first = engineOf([503, 503, 503, 404])
    await first.outcome()
    await first.outcome()
    expect(tokensOf(first)).toBe(81)
    const refunded = engineOf([503, 404])
    await refunded.outcome()
    expect(tokensOf(refunded)).toBe(100)
  })

  it('charges less for a retry that the server asked to slow down for', async () => {
    const engine = engineOf([429])
    await engine.outcome()
    expect(tokensOf(engine)).toBe(90)
  })

  it('takes nothing for a retry of what was never sent', async () => {
    const engine = engineOf([refusedError(), 200])
    await engine.outcome()
    expect(tokensOf(engine)).toBe(100)
  })

  it('allows no transparent retry below half, because the whole server may be down', async () => {
    const engine = engineOf([refusedError()], {}, { capacity: 100, cost: 51 })
    await engine.outcome()
    // Transparent, paid, and then the budget stops the second paid one.
    expect(engine.sentAtMs).toEqual([0, 0, 100])
    const answer = await engine.outcome()
    expect(callReport(answer)?.stoppedBy).toBe('budget')
    expect(engine.sentAtMs).toHaveLength(4)
  })

  it('stops retries when it is spent, hands over the last real answer and says so', async () => {
    const engine = engineOf([503], {}, { capacity: 20 })
    const events = recordEvents(engine.policy, 'budget-exhausted', 'budget-restored')
    await engine.outcome()
    const answer = await engine.outcome()
    expect(answer).toMatchObject({ status: 503 })
    expect(callReport(answer)?.stoppedBy).toBe('budget')
    expect(callReport(answer)?.explain()).toContain('a retry costs 10 tokens, 0.0 are left')
    await engine.outcome()
    expect(events).toMatchObject([{ type: 'budget-exhausted', key: 'https://api.example', tokens: 0, reason: 'spent' }])
  })

  it('drips, so that a quiet client can retry again, and announces it', async () => {
    const engine = engineOf([503], {}, { capacity: 20, dripPerSecond: 1 })
    const events = recordEvents(engine.policy, 'budget-exhausted', 'budget-restored')
    await engine.outcome()
    await engine.outcome()
    await engine.clock.advance(10_000)
    await engine.outcome()
    expect(engine.sentAtMs).toHaveLength(3 + 1 + 2)
    expect(events.map(({ type }) => type)).toEqual(['budget-exhausted', 'budget-restored', 'budget-exhausted'])
  })

  it('keeps retries of an outage near the number of calls', async () => {
    const engine = engineOf([resetError()])
    for (let call = 0; call < 500; call += 1) await engine.outcome()
    expect(engine.sentAtMs.length).toBe(500 + 10)
  })

  it('is counted for each key on its own', async () => {
    const engine = engineOf([503])
    await engine.outcome()
    await engine.outcome({ url: 'https://other.example/' })
    expect([tokensOf(engine), tokensOf(engine, 'https://other.example')]).toEqual([80, 80])
  })

  it('can be switched off for one call', async () => {
    const engine = engineOf([503])
    await engine.outcome({ resilience: { retryBudget: false } })
    expect(engine.sentAtMs).toHaveLength(3)
    await engine.outcome({ resilience: { retry: false } })
    expect(tokensOf(engine)).toBe(100)
  })
})

describe('refund of a retry that is never sent', () => {
  it('when the caller aborts the wait', async () => {
    const caller = countingSignal()
    const engine = engineOf([503])
    const answer = engine.call({ signal: caller.signal }).catch((error: unknown) => error)
    await engine.clock.advance(50)
    expect(tokensOf(engine)).toBe(90)
    caller.abort()
    await answer
    expect(tokensOf(engine)).toBe(100)
  })

  it('when the machine sleeps past the deadline', async () => {
    const engine = createEngine(
      [deadline({ afterMs: 5_000 }), retryBudget({ dripPerSecond: 0 }), retry({ backoff: constant(100) })],
      [503],
    )
    const answer = engine.call()
    await engine.clock.settle()
    engine.clock.jump(60_000)
    await engine.clock.run(answer)
    expect(engine.sentAtMs).toEqual([0])
    expect(tokensOf(engine)).toBe(100)
  })

  it('when a later stage refuses it', async () => {
    const refuseRetries = defineStrategy(
      'refuseRetries',
      () => (next) => (call) =>
        call.attempt === 1 ? next(call) : Promise.resolve(rejected(call, { code: 'queue-full' })),
    )
    const engine = createEngine([retryBudget({ dripPerSecond: 0 }), retry(), refuseRetries({})], [503])
    expect(await engine.outcome()).toMatchObject({ status: 503 })
    expect(engine.sentAtMs).toEqual([0])
    expect(tokensOf(engine)).toBe(100)
  })
})

describe('options of retryBudget', () => {
  it.each([
    [{ capacity: 0 }, '"capacity"'],
    [{ capacity: NaN }, '"capacity"'],
    [{ cost: -1 }, '"cost"'],
    [{ throttledCost: '5' }, '"throttledCost"'],
    [{ deposit: -1 }, '"deposit"'],
    [{ dripPerSecond: NaN }, '"dripPerSecond"'],
    [{ dripPerSecond: Infinity }, '"dripPerSecond"'],
    [{ tokens: 5 }, 'unknown option "tokens"'],
    [JSON.parse('{"__proto__": {"cost": 1}}'), 'unknown option "__proto__"'],
  ])('refuses %o', (options, message) => {
    expect(() => retryBudget(options as never)).toThrow(TypeError)
    expect(() => retryBudget(options as never)).toThrow(message)
  })

  it('can only be switched off by a call', async () => {
    const engine = engineOf([200])
    expect(await engine.outcome({ resilience: { retryBudget: { cost: 1 } } })).toMatchObject({
      message: expect.stringContaining('no per-call options') as string,
    })
  })
})
