import { circuitBreaker, createPolicy, rateLimit, retry, type Policy } from '@holdfast/core'
import { createTestClock, scriptedFetch, type ScriptedAnswer, type TestClock } from '@holdfast/core/testing'
import {
  Replayer,
  type DeadLetterQueue,
  type ReplayEvent,
  type ReplayerOptions,
  type Upstream,
} from '@holdfast/dead-letter'
import { openSqliteQueue } from '@holdfast/dead-letter/sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { letter } from './letters.ts'

const origin = 'https://api.example'

let clock: TestClock
let queue: DeadLetterQueue
const policies: Policy[] = []

beforeEach(async () => {
  clock = createTestClock()
  queue = await openSqliteQueue(':memory:', { clock, onWarning: () => undefined })
})

afterEach(async () => {
  for (const policy of policies.splice(0)) policy.close()
  await queue.close()
})

const someLetter = (changes: Parameters<typeof letter>[0] = {}) =>
  letter({ origin, failedAtMs: clock.wall(), keepMs: 30 * 86_400_000, ...changes })

const setUp = (
  script: readonly ScriptedAnswer[],
  options: Partial<ReplayerOptions> = {},
  upstream: Partial<Upstream> = {},
  strategies: Parameters<typeof createPolicy>[0]['strategies'] = [retry({ maxRetries: 0 }), circuitBreaker()],
) => {
  const fetch = scriptedFetch(clock, script)
  const policy: Policy = createPolicy({ name: `replays-${policies.length}`, clock, random: () => 0.5, strategies })
  policies.push(policy)
  const events: ReplayEvent[] = []
  const replayer = new Replayer({
    queue,
    upstreams: { shop: { origin, policy, fetch, ...upstream } },
    clock,
    random: () => 0.5,
    onEvent: (event) => events.push(event),
    ...options,
  })
  return { fetch, policy, replayer, events }
}

describe('Replayer', () => {
  it('waits longer after each failure and parks what never works', async () => {
    await queue.add(someLetter())
    const { fetch, replayer, events } = setUp([500], { maxReplays: 4 })
    replayer.start()
    await clock.advance(3_600_000)
    await replayer.stop()
    expect(events.map((event) => [event.type, 'delayMs' in event ? event.delayMs : undefined])).toEqual([
      ['postponed', 15_000],
      ['postponed', 30_000],
      ['postponed', 60_000],
      ['parked', undefined],
    ])
    expect(fetch.attempts).toHaveLength(4)
    expect(new Set(fetch.attempts.map(({ headers }) => headers.get('idempotency-key'))).size).toBe(1)
    expect((await queue.list())[0]).toMatchObject({
      status: 'parked',
      parkReason: 'poison',
      errorCode: 'http-500',
      httpStatus: 500,
      replays: 4,
    })
  })

  it('obeys Retry-After as a floor', async () => {
    await queue.add(someLetter())
    const { replayer, events } = setUp([{ status: 429, headers: { 'retry-after': '120' } }, 200])
    replayer.start()
    await clock.advance(119_000)
    expect(events).toMatchObject([{ type: 'postponed', delayMs: 120_000 }])
    await clock.advance(5_000)
    await replayer.stop()
    expect(events.at(-1)).toMatchObject({ type: 'replayed', status: 200 })
  })

  it('gives a letter back uncounted while the policy refuses', async () => {
    await queue.add(someLetter())
    const { fetch, policy, replayer, events } = setUp([200])
    policy.forceOpen('maintenance')
    replayer.start()
    await clock.advance(60_000)
    expect(events.length).toBeGreaterThan(20)
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['given-back']))
    expect((await queue.list())[0]).toMatchObject({ replays: 0, status: 'open', errorCode: 'circuit-open' })
    policy.reset()
    await clock.advance(5_000)
    await replayer.stop()
    expect(events.at(-1)).toMatchObject({ type: 'replayed' })
    expect(fetch.attempts).toHaveLength(1)
  })

  it('leaves the permits of others alone: background priority ends at the reserve', async () => {
    for (let index = 0; index < 10; index += 1) await queue.add(someLetter())
    const limit = rateLimit({ permits: 100, perMs: 1_000, daily: 10, reserve: 0.5 })
    const { fetch, policy, replayer } = setUp([200], {}, {}, [limit])
    const { replayed, givenBack } = await clock.run(replayer.runOnce({ limit: 10 }))
    expect([replayed, givenBack]).toEqual([5, 5])
    expect(fetch.attempts).toHaveLength(5)
    await expect(policy.execute(async () => 'a customer', { key: origin })).resolves.toBe('a customer')
  })

  it('takes an answer for what it is', async () => {
    const cases: readonly (readonly [
      status: number,
      reason: string | undefined,
      changes?: Parameters<typeof letter>[0],
    ])[] = [
      [201, undefined],
      [409, undefined],
      [422, undefined],
      [409, 'http-409', { method: 'PUT', idempotencyKey: undefined }],
      [400, 'http-400'],
      [401, 'http-401'],
      [404, 'http-404'],
      [304, 'redirect'],
    ]
    for (const [status, reason, changes] of cases) {
      const own = someLetter(changes)
      await queue.add(own)
      const { replayer } = setUp([status])
      await clock.run(replayer.runOnce())
      const expected =
        reason === undefined ? { status: 'replayed', replayStatus: status } : { status: 'parked', parkReason: reason }
      expect(await queue.get(own.id)).toMatchObject(expected)
    }
    for (const status of [408, 425, 500, 503]) {
      const own = someLetter()
      await queue.add(own)
      await clock.run(setUp([status]).replayer.runOnce())
      expect(await queue.get(own.id)).toMatchObject({ status: 'open', replays: 1, errorCode: `http-${status}` })
    }
  })

  it('ends each replay well within the lease', async () => {
    await queue.add(someLetter())
    const { fetch, replayer, events } = setUp(['hang'], { leaseMs: 10_000 })
    replayer.start()
    await clock.advance(7_999)
    expect(events).toEqual([])
    await clock.advance(2)
    expect(events).toMatchObject([{ type: 'postponed', reason: 'deadline-exceeded' }])
    await replayer.stop()
    expect(fetch.attempts).toHaveLength(1)
  })

  it('sends no faster than it was told to', async () => {
    for (let index = 0; index < 5; index += 1) await queue.add(someLetter())
    const { fetch, replayer } = setUp([200], { perSecond: 2, concurrency: 3 })
    await clock.run(replayer.runOnce())
    expect(fetch.attempts.map(({ atMs }) => atMs)).toEqual([0, 500, 1_000, 1_500, 2_000])
  })

  it('keeps the letter when credentials cannot be had, and nothing of the error', async () => {
    await queue.add(someLetter())
    const authorize = () => Promise.reject(new Error('token=planted-5ecret'))
    const { fetch, replayer, events } = setUp([200], {}, { authorize })
    await clock.run(replayer.runOnce())
    expect(events).toMatchObject([{ type: 'postponed', reason: 'authorize-failed' }])
    expect(fetch.attempts).toEqual([])
    expect(JSON.stringify([events, await queue.list()])).not.toContain('planted-5ecret')
  })

  it('tells what it removes because it is too old', async () => {
    await queue.add(someLetter({ keepMs: 1_000 }))
    await clock.advance(1_001)
    const { fetch, replayer, events } = setUp([200])
    await clock.run(replayer.runOnce())
    expect(events).toEqual([{ type: 'expired', removed: 1, unreplayed: 1 }])
    expect(fetch.attempts).toEqual([])
  })

  it('ends what is under way when it is stopped, and survives a listener that throws', async () => {
    await queue.add(someLetter())
    await queue.add(someLetter())
    const { fetch, replayer } = setUp([{ status: 200, delayMs: 1_000 }], {
      onEvent: () => {
        throw new Error('x')
      },
    })
    replayer.start()
    await clock.advance(10)
    const stopping = replayer.stop()
    await clock.run(stopping)
    expect(fetch.attempts).toHaveLength(1)
    expect((await queue.stats()).byStatus).toMatchObject({ replayed: 1, open: 1 })
  })

  it.each<[Partial<ReplayerOptions>, string]>([
    [{ leaseMs: 10 }, 'option "leaseMs" must be a number from 50'],
    [{ concurrency: 0 }, 'option "concurrency" must be an integer from 1 to 100'],
    [{ perSecond: 0 }, 'option "perSecond"'],
    [{ maxReplays: 1.5 }, 'option "maxReplays"'],
    [{ orderPolicy: 'any' as 'skip' }, "'block' or 'skip'"],
    [{ upstreams: {} }, 'at least one service'],
    [{ queue: {} as DeadLetterQueue }, 'a queue such as openSqliteQueue() returns'],
    [{ upstreams: { shop: { origin, policy: {} as unknown as Policy } } }, 'upstream "shop": option "policy"'],
    [{ upstreams: { shop: { origin, host: 'x' } as unknown as Upstream } }, 'unknown option "host"'],
  ])('refuses %o', (options, message) => {
    expect(() => setUp([200], options)).toThrow(message)
  })
})
