import { expect } from 'vitest'
import { callReport } from '../src/call-report.ts'
import type { PolicyEvent } from '../src/events.ts'
import type { Random } from '../src/random.ts'
import { attemptTimeout } from '../src/strategies/attempt-timeout.ts'
import { adaptiveThrottle } from '../src/strategies/adaptive-throttle.ts'
import { circuitBreaker } from '../src/strategies/circuit-breaker.ts'
import { concurrency } from '../src/strategies/concurrency.ts'
import { deadline } from '../src/strategies/deadline.ts'
import { rateLimit } from '../src/strategies/rate-limit.ts'
import { retryBudget } from '../src/strategies/retry-budget.ts'
import { retry } from '../src/strategies/retry.ts'
import { serverGate } from '../src/strategies/server-gate.ts'
import { recordEvents } from '../src/testing/record-events.ts'
import { countingSignal, type CountingSignal } from './counting-signal.ts'
import { createEngine, type Engine } from './engine.ts'
import { createLedger, type Ledger } from './ledger.ts'
import type { Answer } from './scripted-transport.ts'
import { createSteppingClock, type SteppingClock } from './stepping-clock.ts'

const KEY = 'https://api.example'
const BUDGET = 40
// Sums of times in floating point differ in the last digit.
const ROUNDING_MS = 1e-6

/** One call under watch. */
export interface WatchedCall {
  readonly caller: CountingSignal
  readonly startedMs: number
  abortedAtMs: number | undefined
  readonly ended: Promise<unknown>
}

/** The whole standard pipeline, with everything on it that an invariant speaks of being counted. */
export interface WatchedEngine extends Engine {
  readonly clock: SteppingClock
  readonly calls: readonly WatchedCall[]
  start(): WatchedCall
  abort(call: WatchedCall): void
  /** Runs every call to its end and checks the invariants. */
  finish(): Promise<void>
}

export const DEADLINE_MS = 5_000

export const createWatchedEngine = (
  script: (index: number) => Answer,
  random: Random,
  isDeaf: boolean,
): WatchedEngine => {
  const [outer, inner]: [Ledger, Ledger] = [createLedger('outerLedger'), createLedger('innerLedger')]
  const strategies = [
    deadline({ afterMs: DEADLINE_MS }),
    retryBudget({ capacity: BUDGET, dripPerSecond: 0 }),
    retry({ maxRetries: 3 }),
    outer.strategy,
    circuitBreaker({ deadFailures: 4, deadForMs: 300, minimumCalls: 8, openMs: 500, maxOpenMs: 1_000, probes: 2 }),
    serverGate(),
    adaptiveThrottle(),
    rateLimit({ permits: 20, perMs: 1_000 }),
    concurrency({ limit: 3, maxQueued: 5 }),
    attemptTimeout({ afterMs: 1_500 }),
    inner.strategy,
  ]
  const clock = createSteppingClock()
  const engine = createEngine(strategies, script, {
    testClock: clock,
    random,
    traits: { isDeaf, settlesOnAbort: !isDeaf },
  })
  const calls: WatchedCall[] = []
  const ends: PolicyEvent<'attempt-ended' | 'call-ended'>[] = []
  engine.policy.on('attempt-ended', (event) => ends.push(event))
  engine.policy.on('call-ended', (event) => ends.push(event))
  const scheduled = recordEvents(engine.policy, 'retry-scheduled')

  const checkSends = (): void => {
    for (const { attempt, atMs, isAborted } of engine.transport.sent) {
      expect(isAborted, 'sent after an abort').toBe(false)
      expect(atMs, 'sent after the deadline').toBeLessThan(attempt.deadlineAtMs)
    }
  }

  const checkPermits = (): void => {
    for (const ledger of [outer, inner]) {
      expect(ledger.broken).toEqual([])
      expect(ledger.settled + ledger.cancelled).toBe(ledger.lent)
      expect(ledger.settled).toBe(engine.transport.sent.length)
    }
    const health = engine.policy.health().keys[KEY] as Record<string, Record<string, unknown>>
    expect(health['concurrency']).toMatchObject({ inFlight: 0, queued: 0 })
  }

  const checkBudget = (): void => {
    const tokens = engine.policy.health().keys[KEY]?.['retryBudget']?.['tokens'] as number
    expect(tokens).toBeGreaterThanOrEqual(0)
    expect(tokens).toBeLessThanOrEqual(BUDGET)
  }

  const checkEvents = (): void => {
    const attempts = ends.filter(({ type }) => type === 'attempt-ended')
    expect(attempts, 'one end per attempt').toHaveLength(engine.transport.sent.length)
    expect(
      ends.filter(({ type }) => type === 'call-ended'),
      'one end per call',
    ).toHaveLength(calls.length)
    for (const { delayMs } of scheduled) expect(delayMs).toBeGreaterThanOrEqual(0)
  }

  const checkPushback = (result: unknown): void => {
    const { steps = [] } = callReport(result) ?? {}
    for (const step of steps)
      if (step.step === 'retry' && step.pushbackMs !== undefined)
        expect(step.delayMs, 'shorter than Retry-After').toBeGreaterThanOrEqual(step.pushbackMs)
    for (const [index, step] of steps.entries()) {
      const next = steps.slice(index + 1).find((other) => other.step === 'attempt')
      if (step.step === 'retry' && next !== undefined)
        expect(next.atMs, 'woke up early').toBeGreaterThanOrEqual(step.atMs + step.delayMs - ROUNDING_MS)
    }
  }

  return Object.assign(engine, {
    clock,
    calls,
    start: (): WatchedCall => {
      const caller = countingSignal()
      const ended = engine.call({ signal: caller.signal }).catch((error: unknown) => error)
      const call: WatchedCall = { caller, startedMs: engine.clock.now(), abortedAtMs: undefined, ended }
      calls.push(call)
      return call
    },
    abort: (call: WatchedCall): void => {
      call.abortedAtMs ??= engine.clock.now()
      call.caller.abort(new Error('the caller left'))
    },
    finish: async (): Promise<void> => {
      for (const call of calls) {
        checkPushback(await engine.clock.run(call.ended))
        expect(call.caller.listeners, 'listeners left').toBe(0)
      }
      // A deaf client may still hold its own timers; ours must be gone.
      if (!isDeaf) expect(engine.clock.pendingTimers, 'timers left').toBe(0)
      checkSends()
      checkPermits()
      checkBudget()
      checkEvents()
    },
  })
}
