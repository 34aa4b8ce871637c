import { describe, expect, it, vi } from 'vitest'
import { countingSignal } from '../test/counting-signal.ts'
import { createEngine, type Engine } from '../test/engine.ts'
import { resetError } from '../test/scripted-transport.ts'
import { callReport } from './call-report.ts'
import { attemptTimeout } from './strategies/attempt-timeout.ts'

const quiet = (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error)
const idle = (engine: Engine): void => {
  expect(engine.clock.pendingTimers).toBe(0)
}

describe('abort by the caller', () => {
  it('ends the attempt at once with the reason, and leaves no listener', async () => {
    const caller = countingSignal()
    const engine = createEngine([attemptTimeout()], ['hang'])
    const answer = quiet(engine.call({ signal: caller.signal }))
    await engine.clock.advance(50)
    expect(caller.listeners).toBe(1)
    caller.abort('user left')
    expect(await answer).toBe('user left')
    expect(caller.listeners).toBe(0)
    idle(engine)
  })

  it('keeps the error of a client that settles by itself', async () => {
    const caller = countingSignal()
    const engine = createEngine([], ['hang'], { traits: { settlesOnAbort: true } })
    const answer = quiet(engine.call({ signal: caller.signal }))
    await engine.clock.settle()
    caller.abort()
    expect(await engine.clock.run(answer)).toMatchObject({ name: 'AbortError' })
    expect(callReport(await answer)?.attempts).toMatchObject([{ attempt: 1, code: 'caller-aborted' }])
    idle(engine)
  })

  it('tells a timeout of the caller’s own apart', async () => {
    const caller = countingSignal()
    const engine = createEngine([], ['hang'])
    const answer = quiet(engine.call({ signal: caller.signal }))
    await engine.clock.settle()
    caller.abort(new DOMException('timed out', 'TimeoutError'))
    expect(callReport(await answer)?.attempts).toMatchObject([{ code: 'caller-timeout' }])
  })

  it('wins over a timeout that comes while the client still settles', async () => {
    const caller = countingSignal()
    const engine = createEngine([attemptTimeout({ afterMs: 100 })], [{ error: resetError(), afterMs: 200 }], {
      traits: { settlesOnAbort: true, isDeaf: true },
    })
    const answer = quiet(engine.call({ signal: caller.signal }))
    engine.transport.sent[0]?.attempt.signal
    await engine.clock.advance(50)
    caller.abort()
    const error = await engine.clock.run(answer)
    expect(callReport(error)?.attempts).toMatchObject([{ code: 'caller-aborted' }])
    expect(caller.listeners).toBe(0)
    idle(engine)
  })

  it('does not take a timeout back that came first', async () => {
    const caller = countingSignal()
    const engine = createEngine([attemptTimeout({ afterMs: 100 })], [{ error: resetError(), afterMs: 300 }], {
      traits: { settlesOnAbort: true, isDeaf: true },
    })
    const answer = quiet(engine.call({ signal: caller.signal }))
    engine.transport.sent[0]?.attempt.signal
    await engine.clock.advance(200)
    caller.abort()
    expect(await engine.clock.run(answer)).toMatchObject({ code: 'attempt-timeout', cause: { code: 'ECONNRESET' } })
    expect(caller.listeners).toBe(0)
  })

  it('is the result even if the client answers after it', async () => {
    const caller = countingSignal()
    const discard = vi.fn()
    const engine = createEngine([], [{ status: 200, afterMs: 300 }], {
      traits: { settlesOnAbort: true, isDeaf: true, discard },
    })
    const answer = quiet(engine.call({ signal: caller.signal }))
    engine.transport.sent[0]?.attempt.signal
    await engine.clock.advance(200)
    caller.abort('user left')
    expect(await engine.clock.run(answer)).toBe('user left')
    expect(discard).toHaveBeenCalledTimes(1)
  })

  it('takes its listener away after every end', async () => {
    const caller = countingSignal()
    const engine = createEngine(
      [attemptTimeout({ afterMs: 100 })],
      (index) => [200, resetError(), 'hang' as const][index % 3] ?? 200,
    )
    for (let call = 0; call < 9; call += 1) await engine.outcome({ signal: caller.signal })
    expect(caller.listeners).toBe(0)
    idle(engine)
  })
})
