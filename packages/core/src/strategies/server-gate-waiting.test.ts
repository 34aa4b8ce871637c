import { describe, expect, test } from 'vitest'
import { limited, limitedServer, ORIGIN } from '../../test/limits.ts'
import { countingSignal } from '../../test/counting-signal.ts'
import { wrapFetch } from '../adapters/fetch.ts'
import { callReport } from '../call-report.ts'
import { createPolicy } from '../policy.ts'
import { defineStrategy, type Strategy } from '../strategy.ts'
import { recordEvents } from '../testing/record-events.ts'
import { scriptedFetch, type ScriptedAnswer } from '../testing/scripted-fetch.ts'
import { createTestClock } from '../testing/test-clock.ts'
import { createTestRandom } from '../testing/test-random.ts'
import { concurrency } from './concurrency.ts'
import { deadline } from './deadline.ts'
import { retry } from './retry.ts'
import { serverGate } from './server-gate.ts'

interface SetUp {
  readonly script: readonly ScriptedAnswer[]
  readonly gate?: Parameters<typeof serverGate>[0]
  readonly outer?: readonly Strategy[]
  readonly inner?: readonly Strategy[]
  readonly random?: () => number
}

const setUp = ({ script, gate = {}, outer = [], inner = [], random = () => 0 }: SetUp) => {
  const parts = limited('serverGate', [deadline({ afterMs: 100_000 }), ...outer, serverGate(gate), ...inner], {
    random,
  })
  return { ...parts, ...limitedServer(parts.clock, parts.policy, script) }
}

const busy = (status: number, retryAfter: string): ScriptedAnswer => ({
  status,
  headers: { 'retry-after': retryAfter },
})

describe('waiting at serverGate', () => {
  test('lets calls wait for a short pause, in their place', async () => {
    const { clock, policy, get, fetch, facts, times } = setUp({ script: [busy(429, '1'), 200] })
    const queued = recordEvents(policy, 'call-queued')
    await get()
    await clock.advance(400)
    const waiting = [get(), fetch(ORIGIN)] as const
    await clock.settle()
    expect(facts()).toEqual({ closedForMs: 600, waiting: 2 })
    await clock.advance(600)
    expect(await waiting[0]).toBe(200)
    const response = await waiting[1]
    expect(callReport(response)?.explain()).toContain('waited 600 ms in server gate')
    await response.text()
    expect(times()).toEqual([0, 1_000, 1_000])
    expect(queued.map(({ stage, queued: size, reason }) => [stage, size, reason])).toEqual([
      ['server gate', 1, 'gate'],
      ['server gate', 2, 'gate'],
    ])
    expect(clock.pendingTimers).toBe(0)
  })

  test('spreads those who wait over a tenth of their wait', async () => {
    const { clock, get, times } = setUp({ script: [busy(429, '1'), 200], random: createTestRandom(7) })
    await get()
    const waiting = Array.from({ length: 20 }, () => get())
    await clock.advance(1_100)
    await Promise.all(waiting)
    const arrivals = times().slice(1)
    expect(Math.min(...arrivals)).toBeGreaterThanOrEqual(1_000)
    expect(Math.max(...arrivals)).toBeLessThanOrEqual(1_100)
    expect(new Set(arrivals).size).toBe(20)
  })

  test('waits as long as the deadline allows when it is told to, and never past it', async () => {
    const { clock, get, times } = setUp({
      script: [busy(429, '50'), 200],
      gate: { maxWaitMs: Infinity },
      random: () => 0.999,
    })
    await get()
    const waiting = get()
    expect(await get({ deadline: { afterMs: 50_005 } })).toBe('gate-closed 50000')
    expect(await get({ serverGate: { maxWaitMs: 49_999 } })).toBe('gate-closed 50000')
    const tight = get({ deadline: { afterMs: 50_100 } })
    await clock.advance(51_000)
    expect(await waiting).toBe(200)
    expect(await tight).toBe(200)
    expect(times()[1]).toBeLessThanOrEqual(50_090)
    expect(times()[2]).toBeCloseTo(50_999)
  })

  test('refuses a call whose wait in all would be too long', async () => {
    const { clock, get, times } = setUp({
      script: [
        { status: 429, headers: { 'retry-after': '1' } },
        { status: 429, headers: { 'retry-after': '1' }, delayMs: 500 },
      ],
      gate: { maxWaitMs: 1_200 },
    })
    const both = [get(), get()]
    await clock.settle()
    // Closed until 1_000 by the first; the second answers at 500 and closes it until 1_500.
    const waiting = get()
    await clock.advance(1_000)
    expect(await Promise.all(both)).toEqual([429, 429])
    expect(await waiting).toBe('gate-closed 500')
    expect(times()).toEqual([0, 0])
    expect(clock.pendingTimers).toBe(0)
  })

  test('an abort ends the wait at once', async () => {
    const { clock, get, facts, times } = setUp({ script: [busy(429, '1'), 200] })
    await get()
    const controller = new AbortController()
    const waiting = get({}, controller.signal)
    await clock.settle()
    controller.abort('enough')
    expect(await waiting).toBe('threw enough')
    expect(await get({}, controller.signal)).toMatch(/^threw/)
    expect(facts()).toMatchObject({ waiting: 0 })
    expect(times()).toEqual([0])
    expect(clock.pendingTimers).toBe(0)
  })

  test('refuses at the last moment what stood in a queue behind it', async () => {
    let open: (() => void) | undefined
    const queue = defineStrategy('queue', (env) => (next) => async (call) => {
      if (call.priority !== 'background') return next(call)
      await new Promise<void>((resolve) => {
        open = resolve
      })
      expect(env.clock.now()).toBe(0)
      return next(call)
    })
    const { clock, get, times } = setUp({ script: [busy(503, '20'), 200], inner: [queue({})] })
    const queued = get({ priority: 'background' })
    await clock.settle()
    await get()
    open?.()
    expect(await queued).toBe('gate-closed 20000')
    expect(times()).toEqual([0])
  })

  test('the retry that waited for this very pause gets through, even to the millisecond', async () => {
    const { clock, get, times } = setUp({
      script: [busy(429, '7'), 200],
      outer: [retry({ baseMs: 0, throttledBaseMs: 0 })],
    })
    const call = get()
    await clock.advance(7_000)
    expect(await call).toBe(200)
    expect(times()).toEqual([0, 7_000])
  })

  test('opens for those who wait when it is reset', async () => {
    const { clock, policy, get, times } = setUp({ script: [busy(429, '90'), 200], gate: { maxWaitMs: Infinity } })
    await get()
    const waiting = [get(), get()]
    await clock.settle()
    policy.reset()
    expect(await Promise.all(waiting)).toEqual([200, 200])
    expect(times()).toEqual([0, 0, 0])
    expect(clock.pendingTimers).toBe(0)
  })

  test('keeps a key at which calls wait', async () => {
    const clock = createTestClock()
    const policy = createPolicy({
      name: 'gate-keys',
      clock,
      random: () => 0,
      keys: { maxKeys: 2 },
      strategies: [serverGate()],
    })
    const fetch = wrapFetch(policy, scriptedFetch(clock, [busy(429, '1'), 200]))
    await fetch(ORIGIN)
    const waiting = fetch(ORIGIN)
    for (const name of ['a', 'b', 'c']) await fetch(`https://${name}.example`)
    expect(Object.keys(policy.health().keys)).toEqual([ORIGIN, 'https://c.example'])
    await clock.advance(1_000)
    expect((await waiting).status).toBe(200)
  })

  test('a retry that finds the gate closed again waits for it too', async () => {
    const { clock, get, times } = setUp({
      script: [busy(429, '1'), { ...(busy(429, '2') as object), status: 429, delayMs: 500 }, 200],
      outer: [retry({ baseMs: 0, throttledBaseMs: 0 })],
      gate: { maxWaitMs: Infinity },
    })
    const calls = [get(), get()]
    await clock.advance(2_500)
    expect(await Promise.all(calls)).toEqual([200, 200])
    // The second answer, at 500 ms, closed the gate until 2_500 ms for the retry of the first one as well.
    expect(times()).toEqual([0, 0, 2_500, 2_500])
  })

  test('leaves no listener on the signal of a caller', async () => {
    const { clock, get } = setUp({ script: [busy(429, '1'), 200] })
    const counting = countingSignal()
    const { signal } = counting
    await get()
    const calls = [get({}, signal), get({}, signal)]
    await clock.settle()
    expect(counting.listeners).toBeGreaterThan(0)
    await clock.advance(1_000)
    await Promise.all(calls)
    expect(counting.listeners).toBe(0)
  })

  test('calls that stand in a queue behind it stay there while it is closed', async () => {
    const { clock, get, times } = setUp({
      script: [
        { status: 503, headers: { 'retry-after': '5' }, delayMs: 100 },
        { status: 200, delayMs: 100 },
      ],
      gate: { maxWaitMs: 10_000 },
      inner: [concurrency({ limit: 1, maxQueued: 10 })],
    })
    const calls = [get(), get(), get()]
    const outside = get({ serverGate: false })
    const late = get({ deadline: { afterMs: 3_000 } })
    await clock.advance(6_000)
    expect(await Promise.all(calls)).toEqual([503, 200, 200])
    expect(await outside).toBe(200)
    expect(await late).toBe('deadline-exceeded undefined')
    expect(times()).toEqual([0, 5_100, 5_200, 5_300])
    expect(clock.pendingTimers).toBe(0)
  })

  test('a call that would not have waited in front of it does not wait behind it', async () => {
    const { clock, get, times } = setUp({
      script: [{ status: 503, headers: { 'retry-after': '5' }, delayMs: 100 }],
      inner: [concurrency({ limit: 1 })],
    })
    const calls = [get(), get()]
    await clock.advance(100)
    expect(await Promise.all(calls)).toEqual([503, 'gate-closed 5000'])
    expect(times()).toEqual([0])
  })
})
