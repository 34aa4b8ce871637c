import fc from 'fast-check'
import { expect } from 'vitest'
import { BreakerModel, TERMS, type Flight } from './breaker-model.ts'
import { countingSignal, type CountingSignal } from './counting-signal.ts'
import type { Attempt, Transport } from '../src/call.ts'
import { classification } from '../src/classification.ts'
import { createPolicy, type Policy } from '../src/policy.ts'
import { createTestClock, type TestClock } from '../src/testing/test-clock.ts'
import { circuitBreaker } from '../src/strategies/circuit-breaker.ts'

const KEY = 'https://api.example'

interface Live {
  readonly caller: CountingSignal
  readonly answer: Promise<unknown>
  readonly settle: (verdict: 'success' | 'failure') => void
}

/** The engine, with every attempt in the hands of the test. */
class Real {
  readonly clock: TestClock = createTestClock()
  readonly policy: Policy = createPolicy({
    name: 'model',
    clock: this.clock,
    random: () => 0.5,
    strategies: [circuitBreaker(TERMS)],
  })
  readonly flights = new Map<Flight, Live>()
  sent = 0

  /** Undefined when the call was refused. */
  async start(): Promise<Live | undefined> {
    const caller = countingSignal()
    const before = this.sent
    let settle = (_verdict: 'success' | 'failure'): void => undefined
    const transport: Transport = {
      send: (_attempt: Attempt) => {
        this.sent += 1
        return new Promise((resolve) => (settle = resolve))
      },
      // A verdict on every answer keeps latencies, which the model does not know, out of it.
      classify: (value, isError) =>
        isError
          ? classification('caller-aborted', { source: 'caller', breaker: 'ignore' })
          : classification(String(value), { breaker: value as 'success' | 'failure' }),
    }
    const answer = this.policy
      .send({ method: 'GET', url: KEY, transport, signal: caller.signal })
      .catch((error: unknown) => error)
    await this.clock.settle()
    if (this.sent === before) {
      expect(await answer).toMatchObject({ code: 'circuit-open' })
      expect(caller.listeners).toBe(0)
      return undefined
    }
    return { caller, answer, settle }
  }
}

const agree = (model: BreakerModel, real: Real): void => {
  expect(real.clock.now()).toBe(model.nowMs)
  const health = real.policy.health().keys[KEY]?.['circuitBreaker']
  if (health !== undefined) {
    expect(health).toMatchObject({
      state: model.state,
      openForMs: model.state === 'open' ? Math.max(0, model.openUntilMs - model.nowMs) : 0,
    })
  }
  expect(model.probesInFlight).toBeLessThanOrEqual(TERMS.probes)
  expect(real.flights.size).toBe(model.flights.length)
}

type Step = fc.AsyncCommand<BreakerModel, Real>
const step = (
  name: string,
  run: (model: BreakerModel, real: Real) => Promise<void> | void,
  check: (model: Readonly<BreakerModel>) => boolean = () => true,
): Step => ({
  check,
  run: async (model, real) => {
    await run(model, real)
    agree(model, real)
  },
  toString: () => name,
})

const start = step('start', async (model, real) => {
  const before = model.flights
  const isAdmitted = model.start()
  const live = await real.start()
  expect(live !== undefined).toBe(isAdmitted)
  const flight = model.flights.find((other) => !before.includes(other))
  if (flight !== undefined && live !== undefined) real.flights.set(flight, live)
})

const end = (pick: number, result: 'success' | 'failure' | 'ignored'): Step =>
  step(
    `${result} of ${pick}`,
    async (model, real) => {
      const flight = model.flights[pick % model.flights.length] as Flight
      const live = real.flights.get(flight) as Live
      real.flights.delete(flight)
      model.end(flight, result)
      if (result === 'ignored') live.caller.abort()
      else live.settle(result)
      await live.answer
      expect(live.caller.listeners).toBe(0)
    },
    ({ flights }) => flights.length > 0,
  )

// Alone, chance would seldom fail three calls in a row.
const outage = step('outage', async (model, real) => {
  for (let failure = 0; failure < TERMS.deadFailures; failure += 1) {
    await start.run(model, real)
    if (model.flights.length === 0) return
    await end(model.flights.length - 1, 'failure').run(model, real)
    await advance(TERMS.deadForMs).run(model, real)
  }
})

const advance = (ms: number): Step =>
  step(`advance ${ms} ms`, async (model, real) => {
    model.nowMs += ms
    await real.clock.advance(ms)
  })

const jump = (ms: number): Step =>
  step(`jump ${ms} ms`, (model, real) => {
    // Back is for the wall clock alone.
    model.nowMs += Math.max(0, ms)
    real.clock.jump(ms)
  })

const orders: readonly Step[] = [
  step('force open', (model, real) => {
    model.order('forced-open')
    real.policy.forceOpen('model')
  }),
  step('disable', (model, real) => {
    model.order('disabled')
    real.policy.disable('model')
  }),
  step('reset', (model, real) => {
    model.reset()
    real.policy.reset()
  }),
]

/** Random calls, ends, aborts, orders and clock jumps both ways, in the engine and in the model at once. */
export const checkBreakerAgainstModel = async (numRuns: number): Promise<void> => {
  const ends = fc
    .tuple(fc.nat(5), fc.constantFrom('success', 'success', 'failure', 'failure', 'ignored' as const))
    .map(([pick, result]) => end(pick, result))
  const commands = fc.commands(
    [
      fc.constant(start),
      fc.constant(start),
      ends,
      ends,
      fc.constant(outage),
      fc.constantFrom(50, 120, 1_000, 1_000, 4_000, 61_000).map(advance),
      fc.constantFrom(-5_000, 150, 1_000, 20_000).map(jump),
      fc.constantFrom(...orders),
    ],
    { maxCommands: 50, size: 'max' },
  )
  const property = fc.asyncProperty(commands, async (list) => {
    const [model, real] = [new BreakerModel(), new Real()]
    // Orders are for keys in use; the first call makes the key.
    await fc.asyncModelRun(() => ({ model, real }), [start, ...list])
    for (const live of real.flights.values()) {
      live.caller.abort()
      await live.answer
      expect(live.caller.listeners).toBe(0)
    }
    expect(real.clock.pendingTimers).toBe(0)
  })
  await fc.assert(property, { numRuns })
}
