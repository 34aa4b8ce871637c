import { describe, expect, it, vi } from 'vitest'
import { createEngine, type Engine } from '../test/engine.ts'
import { resetError } from '../test/scripted-transport.ts'
import type { Attempt } from './call.ts'
import { attemptTimeout } from './strategies/attempt-timeout.ts'
import { deadline } from './strategies/deadline.ts'
import { recordEvents } from './testing/record-events.ts'

const quiet = (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error)
const idle = (engine: Engine): void => {
  expect(engine.clock.pendingTimers).toBe(0)
}

describe('attempt timeout', () => {
  it('ends an attempt that takes too long, with the client’s own error as cause', async () => {
    const engine = createEngine([attemptTimeout({ afterMs: 100 })], ['hang'], { traits: { settlesOnAbort: true } })
    const error = await engine.outcome()
    expect(error).toMatchObject({ name: 'HoldfastError', code: 'attempt-timeout', cause: { name: 'AbortError' } })
    expect((error as Error).message).toContain('attempt 1 ran 100 ms')
    expect(engine.transport.sent[0]?.attempt.signal.reason).toMatchObject({ code: 'attempt-timeout' })
    expect(engine.clock.now()).toBe(100)
    idle(engine)
  })

  it('does not end an attempt that answers in time', async () => {
    const engine = createEngine([attemptTimeout({ afterMs: 100 })], [{ status: 200, afterMs: 99 }])
    expect(await engine.outcome()).toMatchObject({ status: 200 })
    idle(engine)
  })

  it('leaves a client behind that ignores its signal, and discards what it brings later', async () => {
    const discard = vi.fn()
    const engine = createEngine([attemptTimeout({ afterMs: 100 })], [{ status: 200, afterMs: 5_000 }], {
      traits: { settlesOnAbort: true, isDeaf: true, discard },
    })
    const answer = quiet(engine.call())
    engine.transport.sent[0]?.attempt.signal
    expect(await engine.clock.run(answer)).toMatchObject({ code: 'attempt-timeout' })
    expect(engine.clock.now()).toBe(1_100)
    expect(discard).not.toHaveBeenCalled()
    await engine.clock.advance(10_000)
    expect(discard).toHaveBeenCalledExactlyOnceWith({ status: 200, headers: {} }, false)
  })

  it('does not wait for a client that never asked for the signal', async () => {
    const engine = createEngine([attemptTimeout({ afterMs: 100 })], ['hang'], {
      traits: { settlesOnAbort: true, isDeaf: true },
    })
    expect(await engine.outcome()).toMatchObject({ code: 'attempt-timeout' })
    expect(engine.clock.now()).toBe(100)
  })

  it('discards an answer that comes in the grace of an abort', async () => {
    const discard = vi.fn()
    const engine = createEngine([attemptTimeout({ afterMs: 100 })], [{ status: 200, afterMs: 500 }], {
      traits: { settlesOnAbort: true, isDeaf: true, discard },
    })
    const answer = quiet(engine.call())
    engine.transport.sent[0]?.attempt.signal
    expect(await engine.clock.run(answer)).toMatchObject({ code: 'attempt-timeout' })
    expect(engine.clock.now()).toBe(500)
    expect(discard).toHaveBeenCalledTimes(1)
    idle(engine)
  })

  it('ignores a late error of a client left behind', async () => {
    const engine = createEngine([attemptTimeout({ afterMs: 100 })], [{ error: resetError(), afterMs: 5_000 }], {
      traits: { isDeaf: true },
    })
    expect(await engine.outcome()).toMatchObject({ code: 'attempt-timeout' })
    await engine.clock.advance(10_000)
    idle(engine)
  })

  it('gives an attempt its time again after the machine slept', async () => {
    const engine = createEngine([attemptTimeout({ afterMs: 1_000 })], [{ status: 200, afterMs: 900_000 }])
    const answer = quiet(engine.call())
    await engine.clock.settle()
    engine.clock.jump(899_500)
    expect(await engine.clock.run(answer)).toMatchObject({ status: 200 })
  })

  it('never gives it more time than the deadline leaves', async () => {
    const engine = createEngine([deadline({ afterMs: 100_000 }), attemptTimeout({ afterMs: 10_000 })], ['hang'])
    const answer = quiet(engine.call())
    await engine.clock.settle()
    engine.clock.jump(95_000)
    expect(await engine.clock.run(answer)).toMatchObject({ code: 'deadline-exceeded' })
    expect(engine.clock.now()).toBe(100_000)
  })
})

describe('deadline', () => {
  it('ends the attempt under way', async () => {
    const engine = createEngine([deadline({ afterMs: 500 })], ['hang'])
    const ended = recordEvents(engine.policy, 'attempt-ended')
    const error = await engine.outcome()
    expect(error).toMatchObject({ code: 'deadline-exceeded' })
    expect(ended).toMatchObject([
      { attempt: 1, durationMs: 500, reason: 'deadline-exceeded', status: undefined, method: 'GET' },
    ])
    idle(engine)
  })

  it('is the tie-breaker when both limits end together', async () => {
    const engine = createEngine([deadline({ afterMs: 500 }), attemptTimeout({ afterMs: 500 })], ['hang'])
    expect(await engine.outcome()).toMatchObject({ code: 'deadline-exceeded' })
  })
})

describe('what a client sees of an attempt', () => {
  const seen = async (strategies: Parameters<typeof createEngine>[0], signal?: AbortSignal): Promise<Attempt> => {
    const engine = createEngine(strategies, [200])
    await engine.outcome(signal === undefined ? {} : { signal })
    return engine.transport.sent[0]?.attempt as Attempt
  }

  it('facts of the call', async () => {
    const attempt = await seen([deadline({ afterMs: 2_000 })])
    expect(attempt).toMatchObject({
      key: 'https://api.example',
      attempt: 1,
      idempotencyKey: undefined,
      deadlineAtMs: 2_000,
    })
    expect(attempt.remainingMs()).toBe(2_000)
    expect((await seen([])).remainingMs()).toBe(Infinity)
  })

  it('whether anything can abort it', async () => {
    expect((await seen([])).canAbort).toBe(false)
    expect((await seen([deadline()])).canAbort).toBe(true)
    expect((await seen([attemptTimeout()])).canAbort).toBe(true)
    expect((await seen([], new AbortController().signal)).canAbort).toBe(true)
  })

  it('a signal that has aborted already when it is first read after the end', async () => {
    const engine = createEngine([attemptTimeout({ afterMs: 100 })], ['hang'], { traits: { isDeaf: true } })
    await engine.outcome()
    const { signal } = engine.transport.sent[0]?.attempt as Attempt
    expect(signal.aborted).toBe(true)
    expect(signal.reason).toMatchObject({ code: 'attempt-timeout' })
  })

  it('its release: listeners run once, at once when it is over', async () => {
    const attempt = await seen([])
    const released = vi.fn()
    attempt.onRelease(released)
    attempt.onRelease(released)
    attempt.release()
    expect(released).toHaveBeenCalledTimes(2)
  })

  it('release listeners wait for the end of an attempt under way', async () => {
    const engine = createEngine([], [{ status: 200, afterMs: 10 }])
    const answer = engine.call()
    const released = vi.fn()
    engine.transport.sent[0]?.attempt.onRelease(released)
    engine.transport.sent[0]?.attempt.onRelease(released)
    expect(released).not.toHaveBeenCalled()
    await engine.clock.run(answer)
    expect(released).toHaveBeenCalledTimes(2)
  })
})
