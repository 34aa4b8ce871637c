import { describe, expect, it } from 'vitest'
import { createEngine } from '../../test/engine.ts'
import { defineStrategy } from '../strategy.ts'
import { attemptTimeout } from './attempt-timeout.ts'
import { deadline } from './deadline.ts'
import { retry } from './retry.ts'

describe('deadline', () => {
  it('bounds attempts and waits together', async () => {
    const engine = createEngine(
      [deadline({ afterMs: 1_000 }), retry({ backoff: () => 300 })],
      [{ status: 503, afterMs: 300 }],
    )
    expect(await engine.outcome()).toMatchObject({ status: 503 })
    expect(engine.sentAtMs).toEqual([0, 600])
    expect(engine.clock.now()).toBe(900)
  })

  it('is 30 s by default', async () => {
    const engine = createEngine([deadline()], ['hang'])
    await engine.outcome()
    expect(engine.clock.now()).toBe(30_000)
  })

  it('can be shortened, lengthened or taken away by a call', async () => {
    const engine = createEngine([deadline({ afterMs: 1_000 })], ['hang', 'hang', { status: 200, afterMs: 90_000 }])
    await engine.outcome({ resilience: { deadline: { afterMs: 200 } } })
    expect(engine.clock.now()).toBe(200)
    await engine.outcome({ resilience: { deadline: { afterMs: 5_000 } } })
    expect(engine.clock.now()).toBe(5_200)
    expect(await engine.outcome({ resilience: { deadline: false } })).toMatchObject({ status: 200 })
  })

  it('never lengthens one that stands outside it', async () => {
    const outer = defineStrategy('outer', () => (next) => (call) => {
      call.deadlineAtMs = call.startedMs + 100
      return next(call)
    })
    const engine = createEngine([outer({}), deadline({ afterMs: 5_000 })], ['hang'])
    await engine.outcome()
    expect(engine.clock.now()).toBe(100)
  })

  it('refuses a bad value of a call', async () => {
    const engine = createEngine([deadline()], [200])
    expect(await engine.outcome({ resilience: { deadline: { afterMs: -1 } } })).toMatchObject({
      message: 'deadline: option "afterMs" must be a number of milliseconds above 0, but is -1.',
    })
  })
})

describe('attemptTimeout', () => {
  it('bounds each attempt, and a timed-out one is retried', async () => {
    const engine = createEngine(
      [retry({ backoff: () => 50 }), attemptTimeout({ afterMs: 200 })],
      ['hang', { status: 200, afterMs: 150 }],
    )
    expect(await engine.outcome()).toMatchObject({ status: 200 })
    expect(engine.sentAtMs).toEqual([0, 250])
  })

  it('is 10 s by default, and a body may pause for 30 s', async () => {
    const engine = createEngine([attemptTimeout()], ['hang'])
    await engine.outcome()
    expect(engine.clock.now()).toBe(10_000)
    expect(engine.transport.sent[0]?.attempt.call.bodyIdleMs).toBe(30_000)
  })

  it('does not count the time in a queue', async () => {
    const queue = defineStrategy('queue', (env) => (next) => async (call) => {
      await new Promise<void>((resolve) => env.clock.setTimer(resolve, 500))
      return next(call)
    })
    const engine = createEngine([attemptTimeout({ afterMs: 200 }), queue({})], [{ status: 200, afterMs: 150 }])
    expect(await engine.outcome()).toMatchObject({ status: 200 })
  })

  it('can be changed or taken away by a call', async () => {
    const engine = createEngine([attemptTimeout({ afterMs: 200, bodyIdleMs: 100 })], [{ status: 200, afterMs: 900 }])
    expect(await engine.outcome({ resilience: { attemptTimeout: { afterMs: 50 } } })).toMatchObject({
      code: 'attempt-timeout',
    })
    expect(await engine.outcome({ resilience: { attemptTimeout: { afterMs: 1_000, bodyIdleMs: 7 } } })).toMatchObject({
      status: 200,
    })
    expect(engine.transport.sent[1]?.attempt.call.bodyIdleMs).toBe(7)
    expect(await engine.outcome({ resilience: { attemptTimeout: false } })).toMatchObject({ status: 200 })
  })

  it('lets an unbounded body be', async () => {
    const engine = createEngine([attemptTimeout()], [200])
    await engine.outcome({ resilience: { body: 'unbounded' } })
    expect(engine.transport.sent[0]?.attempt.call).toMatchObject({
      bodyIdleMs: Infinity,
      attemptTimeoutMs: 10_000,
      hasUnboundedBody: true,
    })
  })

  it('refuses a bad value of a call', async () => {
    const engine = createEngine([attemptTimeout()], [200])
    expect(await engine.outcome({ resilience: { attemptTimeout: { bodyIdleMs: 0 } } })).toMatchObject({
      message: expect.stringContaining('option "bodyIdleMs"') as string,
    })
  })
})
