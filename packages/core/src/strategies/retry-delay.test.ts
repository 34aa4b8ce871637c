import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countingSignal } from '../../test/counting-signal.ts'
import { createEngine } from '../../test/engine.ts'
import { resetError } from '../../test/scripted-transport.ts'
import { constant } from '../backoff.ts'
import { callReport } from '../call-report.ts'
import { recordEvents } from '../testing/record-events.ts'
import { createTestRandom } from '../testing/test-random.ts'
import { attemptTimeout } from './attempt-timeout.ts'
import { deadline } from './deadline.ts'
import { retryBudget } from './retry-budget.ts'
import { retry } from './retry.ts'

const httpDate = (epochMs: number): string => new Date(epochMs).toUTCString()

describe('backoff', () => {
  it('doubles its range, up to the cap', async () => {
    const engine = createEngine([retry({ maxRetries: 5, baseMs: 100, maxMs: 500 })], [503])
    await engine.outcome()
    // Chance is 0.5, so each wait is half of 100, 200, 400, 500, 500.
    expect(engine.sentAtMs).toEqual([0, 50, 150, 350, 600, 850])
  })

  it('starts higher where the server asks to slow down', async () => {
    const throttled = createEngine([retry({ maxRetries: 1, throttledBaseMs: 1_000 })], [429])
    await throttled.outcome()
    expect(throttled.sentAtMs).toEqual([0, 500])
    const hinted = createEngine([retry({ maxRetries: 1 })], [{ status: 503, headers: { 'retry-after': '0' } }])
    await hinted.outcome()
    expect(hinted.sentAtMs).toEqual([0, 500])
  })

  it('can be replaced', async () => {
    const engine = createEngine([retry({ backoff: constant(70) })], [503])
    await engine.outcome()
    expect(engine.sentAtMs).toEqual([0, 70, 140])
  })

  it.each([NaN, -50, undefined])('falls back to full jitter when it returns %s', async (delay) => {
    const engine = createEngine([retry({ maxRetries: 1, backoff: () => delay as number })], [503])
    await engine.outcome()
    expect(engine.sentAtMs).toEqual([0, 50])
  })

  it.each(['backoff', 'discard'])(
    'hands over what a broken %s throws, ends the call and holds nothing',
    async (hook) => {
      const broken = new RangeError('bug in a hook')
      const fail = (): never => {
        throw broken
      }
      const options = hook === 'backoff' ? { backoff: fail } : {}
      const engine = createEngine([retry(options), attemptTimeout()], [503], {
        traits: hook === 'discard' ? { discard: fail } : {},
      })
      const ended = recordEvents(engine.policy, 'call-ended')
      expect(await engine.outcome()).toBe(broken)
      expect(engine.clock.pendingTimers).toBe(0)
      expect(ended).toMatchObject([{ outcome: 'failure', attempts: 1 }])
    },
  )
})

describe('Retry-After', () => {
  it('is a floor with jitter above it', async () => {
    const engine = createEngine([retry({ maxRetries: 1 })], [{ status: 503, headers: { 'retry-after': '5' } }])
    const scheduled = recordEvents(engine.policy, 'retry-scheduled')
    await engine.outcome()
    expect(engine.sentAtMs).toEqual([0, 5_250])
    expect(scheduled).toMatchObject([{ isPushback: true, isTransparent: false, reason: 'http-503', attempt: 2 }])
  })

  it('is read as a date against the Date of the answer, whatever the wall clock says', async () => {
    const serverMs = Date.UTC(2030, 5, 1)
    const headers = { date: httpDate(serverMs), 'retry-after': httpDate(serverMs + 4_000) }
    const engine = createEngine([retry({ maxRetries: 1 })], [{ status: 503, headers }])
    engine.clock.jump(-86_400_000)
    await engine.outcome()
    expect(engine.sentAtMs).toEqual([0, 4_200])
  })

  it('never lets a retry go out early', async () => {
    const property = fc.asyncProperty(
      fc.integer({ min: 0, max: 60 }),
      fc.constantFrom(429, 500, 503),
      fc.integer(),
      async (seconds, status, seed) => {
        const engine = createEngine(
          [retry({ maxRetries: 2 })],
          [{ status, headers: { 'retry-after': String(seconds) }, afterMs: 3 }],
          { random: createTestRandom(seed) },
        )
        await engine.outcome()
        const [first = 0, second = 0, third = 0] = engine.sentAtMs
        expect(second - first).toBeGreaterThanOrEqual(seconds * 1_000 + 3)
        expect(third - second).toBeGreaterThanOrEqual(seconds * 1_000 + 3)
      },
    )
    await fc.assert(property, { numRuns: 40 })
  })

  it('fails now when it asks for more than the call may wait', async () => {
    const engine = createEngine([retry({ maxPushbackMs: 10_000 })], [{ status: 503, headers: { 'retry-after': '11' } }])
    const answer = await engine.outcome()
    expect(callReport(answer)).toMatchObject({ stoppedBy: 'retry-after', durationMs: 0 })
    expect(callReport(answer)?.explain()).toContain('the server asked for 11000 ms')
  })

  it('fails now when it asks for more than the deadline leaves', async () => {
    const engine = createEngine(
      [deadline({ afterMs: 5_000 }), retry()],
      [{ status: 429, headers: { 'retry-after': '6' } }],
    )
    expect(callReport(await engine.outcome())).toMatchObject({ stoppedBy: 'retry-after', durationMs: 0 })
  })
})

describe('within the deadline', () => {
  it('does not start a wait that would end too late', async () => {
    const engine = createEngine([deadline({ afterMs: 1_000 }), retry({ backoff: constant(995) })], [503])
    const answer = await engine.outcome()
    expect(answer).toMatchObject({ status: 503 })
    expect(callReport(answer)).toMatchObject({ stoppedBy: 'deadline', durationMs: 0 })
  })

  it('leaves the next attempt the time that attempts usually take', async () => {
    const engine = createEngine([deadline({ afterMs: 1_000 }), retry({ backoff: constant(400) })], (index) =>
      index < 3 ? { status: 200, afterMs: 700 } : { status: 503, afterMs: 10 },
    )
    for (let call = 0; call < 3; call += 1) await engine.outcome()
    expect(callReport(await engine.outcome())).toMatchObject({ stoppedBy: 'deadline', durationMs: 10 })
    expect(engine.sentAtMs).toHaveLength(4)
  })

  it('sends nothing when the machine slept through it', async () => {
    const engine = createEngine(
      [deadline({ afterMs: 10_000 }), retry({ backoff: constant(1_000) })],
      [resetError(), 200],
    )
    const answer = engine.call().catch((error: unknown) => error)
    await engine.clock.settle()
    engine.clock.jump(3_600_000)
    expect(await engine.clock.run(answer)).toMatchObject({ code: 'ECONNRESET' })
    expect(engine.sentAtMs).toEqual([0])
  })
})

describe('when the caller aborts', () => {
  it('ends the wait at once and leaves nothing behind', async () => {
    const caller = countingSignal()
    const engine = createEngine([retry({ backoff: constant(1_000) })], [503, 200])
    const stopped = recordEvents(engine.policy, 'retry-stopped')
    const answer = engine.call({ signal: caller.signal }).catch((error: unknown) => error)
    await engine.clock.advance(500)
    const reason = new Error('the user left')
    caller.abort(reason)
    expect(await answer).toBe(reason)
    expect(engine.clock.pendingTimers).toBe(0)
    expect(caller.listeners).toBe(0)
    expect(engine.sentAtMs).toEqual([0])
    expect(stopped).toMatchObject([{ reason: 'aborted', attempts: 1, failure: 'http-503' }])
  })

  it('takes nothing from the budget for an attempt that timed out and was given up', async () => {
    const caller = countingSignal()
    const strategies = [retryBudget({ dripPerSecond: 0 }), retry(), attemptTimeout({ afterMs: 100 })]
    const traits = { isDeaf: true, settlesOnAbort: true }
    const engine = createEngine(strategies, [{ error: resetError(), afterMs: 300 }], { traits })
    const events = recordEvents(engine.policy, 'retry-scheduled', 'retry-stopped')
    const answer = engine.call({ signal: caller.signal }).catch((error: unknown) => error)
    engine.transport.sent[0]?.attempt.signal
    await engine.clock.advance(200)
    caller.abort()
    await engine.clock.run(answer)
    expect(events).toMatchObject([{ type: 'retry-stopped', reason: 'aborted' }])
  })

  it('does not schedule a retry of an attempt that failed after the abort', async () => {
    const caller = countingSignal()
    const engine = createEngine([retry()], [{ error: resetError(), afterMs: 100 }, 200], {
      traits: { isDeaf: true, settlesOnAbort: true },
    })
    const stopped = recordEvents(engine.policy, 'retry-stopped')
    const answer = engine.call({ signal: caller.signal }).catch((error: unknown) => error)
    await engine.clock.advance(50)
    caller.abort()
    await engine.clock.run(answer)
    expect(engine.sentAtMs).toEqual([0])
    expect(stopped).toMatchObject([{ reason: 'aborted' }])
  })
})
