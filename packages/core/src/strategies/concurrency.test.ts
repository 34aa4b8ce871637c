import { AsyncLocalStorage } from 'node:async_hooks'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { limited, limitedServer, refusalOf, sendLog } from '../../test/limits.ts'
import { wrapFetch } from '../adapters/fetch.ts'
import { callReport } from '../call-report.ts'
import { rejected } from '../call.ts'
import { createPolicy } from '../policy.ts'
import { defineStrategy, type Strategy } from '../strategy.ts'
import { recordEvents } from '../testing/record-events.ts'
import { createTestClock } from '../testing/test-clock.ts'
import { concurrency, type ConcurrencyInit } from './concurrency.ts'
import { deadline } from './deadline.ts'
import { retry } from './retry.ts'

let policies = 0

const setUp = (options: ConcurrencyInit, ...inner: Strategy[]) => {
  const clock = createTestClock()
  const policy = createPolicy({
    name: `concurrency-${(policies += 1)}`,
    clock,
    strategies: [deadline({ afterMs: 60_000 }), concurrency(options), ...inner],
  })
  const facts = (): Readonly<Record<string, unknown>> => Object.values(policy.health().keys)[0]?.['concurrency'] ?? {}
  const started: string[] = []
  let most = 0
  let inFlight = 0
  const work = (id: string, forMs: number) => async (): Promise<string> => {
    started.push(id)
    most = Math.max(most, (inFlight += 1))
    await new Promise<void>((resolve) => {
      clock.setTimer(resolve, forMs)
    })
    inFlight -= 1
    return id
  }
  return { clock, policy, facts, started, work, most: () => most }
}

describe('concurrency', () => {
  test('lets so many in at once, the others in turn, and keeps no timer without a deadline or a lease to watch', async () => {
    const { clock, policy, facts, started, work, most } = setUp({ limit: 2, maxQueued: 10 })
    const queued = recordEvents(policy, 'call-queued')
    const calls = ['a', 'b', 'c', 'd', 'e'].map((id) => policy.execute(work(id, 100)))
    await clock.settle()
    expect(started).toEqual(['a', 'b'])
    expect(facts()).toEqual({ limit: 2, inFlight: 2, queued: 3, lostLeases: 0 })
    await clock.advance(300)
    expect(await Promise.all(calls)).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(most()).toBe(2)
    expect(queued.map(({ stage, queued: size, reason }) => [stage, size, reason])).toEqual(
      [1, 2, 3].map((size) => ['concurrency limit', size, 'concurrency']),
    )
    expect(facts()).toMatchObject({ inFlight: 0, queued: 0 })
    expect(clock.pendingTimers).toBe(0)
  })

  test('serves critical first', async () => {
    const { clock, policy, started, work } = setUp({ limit: 1, maxQueued: 10 })
    const calls = [policy.execute(work('first', 10))]
    for (const priority of ['background', 'default', 'critical'] as const)
      calls.push(policy.execute(work(priority, 10), { priority }))
    await clock.advance(100)
    await Promise.all(calls)
    expect(started).toEqual(['first', 'critical', 'default', 'background'])
  })

  test('lets as many wait as may be in flight unless told otherwise, and refuses the next', async () => {
    const { clock, policy, work } = setUp({ limit: 2 })
    const calls = ['a', 'b', 'c', 'd'].map((id) => policy.execute(work(id, 10)))
    const error = await refusalOf(policy.execute(work('e', 10)))
    expect(error.code).toBe('queue-full')
    expect(error.message).toContain('2 calls wait, 2 are in flight')
    await clock.advance(20)
    await Promise.all(calls)
    const { clock: other, policy: strict, work: task } = setUp({ limit: 1, maxQueued: 0 })
    const only = strict.execute(task('a', 10))
    expect((await refusalOf(strict.execute(task('b', 10)))).code).toBe('queue-full')
    await other.advance(10)
    await only
  })

  test('refuses at once when those before it take until after the deadline', async () => {
    const { clock, policy, work } = setUp({ limit: 1, maxQueued: 100 })
    for (const id of ['a', 'b', 'c']) {
      const call = policy.execute(work(id, 1_000))
      await clock.advance(1_000)
      await call
    }
    const calls = ['d', 'e', 'f', 'g'].map((id) => policy.execute(work(id, 1_000)))
    const error = await refusalOf(policy.execute(work('h', 1_000), { deadline: { afterMs: 2_500 } }))
    expect(error.code).toBe('queue-full')
    expect(error.message).toMatch(/3 calls before it would take about \d+ ms, 2500 ms are left/)
    expect(error.retryAfterMs).toBeGreaterThan(2_500)
    // A critical one stands before them.
    const critical = policy.execute(work('i', 1_000), { priority: 'critical', deadline: { afterMs: 2_500 } })
    await clock.advance(10_000)
    await Promise.all([...calls, critical])
  })

  test('reckons that several places serve the queue', async () => {
    const { clock, policy, work } = setUp({ limit: 4, maxQueued: 100 })
    const first = policy.execute(work('a', 1_000))
    await clock.advance(1_000)
    await first
    const calls = Array.from({ length: 8 }, (_, index) => policy.execute(work(`b${index}`, 1_000)))
    // Four before it, four at a time.
    const last = policy.execute(work('c', 1_000), { deadline: { afterMs: 3_500 } })
    await clock.advance(3_000)
    expect(await last).toBe('c')
    await Promise.all(calls)
  })

  test('takes a call out when its deadline passes or its caller aborts', async () => {
    const { clock, policy, facts, started, work } = setUp({ limit: 1, maxQueued: 10 })
    const first = policy.execute(work('a', 1_000))
    const controller = new AbortController()
    const aborted = policy.execute(work('b', 10), { signal: controller.signal })
    const late = refusalOf(policy.execute(work('c', 10), { deadline: { afterMs: 300 } }))
    const last = policy.execute(work('d', 10))
    controller.abort('enough')
    await expect(aborted).rejects.toBe('enough')
    await clock.advance(300)
    const error = await late
    expect(error).toMatchObject({ code: 'deadline-exceeded' })
    expect(callReport(error)?.explain()).toContain('waited 300 ms in concurrency limit')
    expect(facts()).toMatchObject({ queued: 1 })
    await clock.advance(1_000)
    await Promise.all([first, last])
    expect(started).toEqual(['a', 'd'])
    expect(clock.pendingTimers).toBe(0)
  })

  test('a call that is aborted already waits for nothing', async () => {
    const { clock, policy, work } = setUp({ limit: 1, maxQueued: 0 })
    const first = policy.execute(work('a', 10))
    await expect(policy.execute(work('b', 10), { signal: AbortSignal.abort('gone') })).rejects.toBe('gone')
    await clock.advance(10)
    await first
  })

  test('a place is free when the body has settled, not at the headers', async () => {
    const { clock, policy, facts } = setUp({ limit: 1 })
    const bodies: ReadableStreamDefaultController<Uint8Array>[] = []
    const fetch = wrapFetch(policy, () => {
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => {
          bodies.push(controller)
        },
      })
      return Promise.resolve(new Response(body))
    })
    const first = await fetch('https://api.example/')
    const second = fetch('https://api.example/')
    await clock.settle()
    expect(facts()).toMatchObject({ inFlight: 1, queued: 1 })
    const text = first.text()
    bodies[0]?.enqueue(new TextEncoder().encode('done'))
    bodies[0]?.close()
    expect(await text).toBe('done')
    const response = await second
    expect(facts()).toMatchObject({ inFlight: 1, queued: 0 })
    await response.body?.cancel()
    await clock.settle()
    expect(facts()).toMatchObject({ inFlight: 0 })
  })

  test('a body that nobody ever reads loses its place when the lease is over', async () => {
    const { clock, policy, facts } = setUp({ limit: 1, leaseMs: 5_000 })
    const fetch = wrapFetch(policy, () => Promise.resolve(new Response(new ReadableStream())))
    const resilience = { body: 'unbounded' } as const
    await fetch('https://api.example/', { resilience })
    const second = fetch('https://api.example/', { resilience })
    await clock.advance(4_999)
    expect(facts()).toMatchObject({ queued: 1 })
    await clock.advance(1)
    const response = await second
    expect(facts()).toMatchObject({ inFlight: 1, queued: 0, lostLeases: 1 })
    expect(clock.pendingTimers).toBe(0)
    // Nobody has to wait for the lease to be looked at.
    clock.jump(5_000)
    await fetch('https://api.example/', { resilience })
    expect(facts()).toMatchObject({ inFlight: 1, lostLeases: 2 })
    await response.body?.cancel()
    await clock.settle()
    expect(facts()).toMatchObject({ inFlight: 1 })
  })

  test('an attempt that is never sent gives its place back at once', async () => {
    const door = defineStrategy('door', () => () => (call) => Promise.resolve(rejected(call, { code: 'killed' })))
    const { policy, facts } = setUp({ limit: 1, maxQueued: 0 }, door({}))
    for (let call = 0; call < 3; call += 1) expect((await refusalOf(policy.execute(() => 1))).code).toBe('killed')
    expect(facts()).toMatchObject({ inFlight: 0 })
  })

  test('a retry asks for a place again', async () => {
    const { clock, policy, facts } = limited('concurrency', [retry({ baseMs: 100 }), concurrency({ limit: 1 })])
    const { get, times } = limitedServer(clock, policy, [500, { status: 200, delayMs: 1_000 }, 200])
    const calls = [get(), get()]
    await clock.advance(1_000)
    // The second call took the place while the first one backed off.
    expect(await Promise.all(calls)).toEqual([200, 200])
    expect(times()).toEqual([0, 0, 1_000])
    expect(facts()).toMatchObject({ inFlight: 0, queued: 0 })
  })

  test('keeps a key with attempts in flight or calls that wait', async () => {
    const { clock, policy } = limited('concurrency', [concurrency({ limit: 1 })], { keys: { maxKeys: 2 } })
    const { send, sent } = sendLog(clock)
    const hold = (): Promise<void> =>
      new Promise((resolve) => {
        clock.setTimer(resolve, 100)
      })
    const calls: Promise<unknown>[] = [policy.execute(hold, { key: 'a' }), policy.execute(send('a2'), { key: 'a' })]
    for (const key of ['b', 'c', 'd']) await policy.execute(send(key), { key })
    expect(Object.keys(policy.health().keys)).toEqual(['a', 'd'])
    await clock.advance(100)
    await Promise.all(calls)
    await policy.execute(send('e'), { key: 'e' })
    expect(sent.map(([id]) => id)).toEqual(['b', 'c', 'd', 'a2', 'e'])
    expect(Object.keys(policy.health().keys)).toEqual(['d', 'e'])
  })

  test('each caller wakes up in its own async context', async () => {
    const { clock, policy } = setUp({ limit: 1, maxQueued: 10 })
    const context = new AsyncLocalStorage<string>()
    const task = async (): Promise<string | undefined> => {
      await new Promise<void>((resolve) => {
        clock.setTimer(resolve, 10)
      })
      return context.getStore()
    }
    const calls = ['a', 'b', 'c'].map((id) => context.run(id, () => policy.execute(task)))
    await clock.advance(100)
    expect(await Promise.all(calls)).toEqual(['a', 'b', 'c'])
  })

  test('never more than the limit, everybody gets an answer, and nothing is left behind', async () => {
    const step = fc.record({
      afterMs: fc.integer({ min: 0, max: 60 }),
      forMs: fc.integer({ min: 1, max: 200 }),
      priority: fc.constantFrom('critical' as const, 'default' as const, 'background' as const),
      deadlineMs: fc.constantFrom(40, 200, 60_000),
      abortAfterMs: fc.option(fc.integer({ min: 0, max: 150 }), { nil: undefined }),
      jumpMs: fc.constantFrom(0, 0, 0, 100, -1_000),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 25 }),
        fc.integer({ min: 1, max: 4 }),
        async (steps, limit) => {
          const { clock, policy, facts, started, work, most } = setUp({ limit, maxQueued: 10 })
          const ends: Promise<unknown>[] = []
          for (const [id, { afterMs, forMs, priority, deadlineMs, abortAfterMs, jumpMs }] of steps.entries()) {
            const controller = new AbortController()
            const options = { signal: controller.signal, priority, deadline: { afterMs: deadlineMs } }
            ends.push(policy.execute(work(`${priority} ${id}`, forMs), options).catch(() => 'ended'))
            if (abortAfterMs !== undefined)
              clock.setTimer(() => {
                controller.abort()
              }, abortAfterMs)
            await clock.settle()
            // Work that a caller gave up goes on for a while, so only what the limiter counts can be compared.
            expect(facts()['inFlight']).toBeLessThanOrEqual(limit)
            clock.jump(jumpMs)
            await clock.advance(afterMs)
          }
          await clock.advance(60_000)
          await Promise.all(ends)
          expect(facts()).toMatchObject({ inFlight: 0, queued: 0, lostLeases: 0 })
          expect(clock.pendingTimers).toBe(0)
          if (steps.every(({ abortAfterMs, deadlineMs }) => abortAfterMs === undefined && deadlineMs > 200))
            expect(most()).toBeLessThanOrEqual(limit)
          for (const priority of ['critical', 'default', 'background']) {
            const turns = started.filter((id) => id.startsWith(priority)).map((id) => Number(id.split(' ')[1]))
            expect(turns).toEqual([...turns].sort((a, b) => a - b))
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  test.each([
    [{}, 'concurrency: option "limit" must be an integer from 1 to 1000000, but is undefined.'],
    [{ limit: 0 }, 'option "limit" must be an integer from 1 to 1000000, but is 0'],
    [{ limit: 1, maxQueued: -1 }, 'option "maxQueued"'],
    [{ limit: 1, leaseMs: 0 }, 'option "leaseMs" must be a number of milliseconds above 0, but is 0'],
    [{ limit: 1, max: 1 }, 'concurrency: unknown option "max". Known options: limit, maxQueued, leaseMs.'],
  ])('refuses %j', (options, message) => {
    expect(() => concurrency(options as ConcurrencyInit)).toThrow(message)
  })
})
