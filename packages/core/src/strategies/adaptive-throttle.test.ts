import { describe, expect, test } from 'vitest'
import { isHoldfastError } from '../errors.ts'
import { refusalOf } from '../../test/limits.ts'
import { rejected } from '../call.ts'
import type { CallOptions } from '../call-options.ts'
import { wrapFetch } from '../adapters/fetch.ts'
import { createPolicy } from '../policy.ts'
import { defineStrategy, type Strategy } from '../strategy.ts'
import { recordEvents } from '../testing/record-events.ts'
import { createTestClock } from '../testing/test-clock.ts'
import { adaptiveThrottle, type AdaptiveThrottleOptions } from './adaptive-throttle.ts'
import { attemptTimeout } from './attempt-timeout.ts'
import { retry } from './retry.ts'

const ORIGIN = 'https://api.example'
let policies = 0

const setUp = (options: Partial<AdaptiveThrottleOptions> = {}, ...others: readonly Strategy[]) => {
  const clock = createTestClock()
  const server = { status: 503, sent: 0 }
  const chance = { next: 0.999 }
  const policy = createPolicy({
    name: `throttle-${(policies += 1)}`,
    clock,
    random: () => chance.next,
    strategies: [adaptiveThrottle(options), ...others],
  })
  const fetch = wrapFetch(policy, () => {
    server.sent += 1
    return Promise.resolve(new Response('', { status: server.status }))
  })
  const get = async (resilience: object = {}): Promise<number | string> => {
    try {
      return (await fetch(ORIGIN, { resilience: resilience as CallOptions })).status
    } catch (error) {
      if (isHoldfastError(error)) return error.code
      throw error
    }
  }
  const repeat = async (times: number): Promise<void> => {
    for (let call = 0; call < times; call += 1) await get()
  }
  const facts = (): Readonly<Record<string, unknown>> => policy.health().keys[ORIGIN]?.['adaptiveThrottle'] ?? {}
  return { clock, policy, server, chance, fetch, get, repeat, facts }
}

describe('adaptiveThrottle', () => {
  test('sheds by the formula (requests - 10 - 2 accepts) / (requests + 1)', async () => {
    const { server, chance, get, repeat, facts } = setUp()
    server.status = 200
    await repeat(5)
    server.status = 503
    await repeat(20)
    expect(facts()).toEqual({ rejectionProbability: 5 / 26, requests: 25, accepts: 5 })
    chance.next = 5 / 26
    expect(await get()).toBe(503)
    chance.next = 6 / 27 - 1e-9
    expect(await get()).toBe('throttled')
    expect(server.sent).toBe(26)
    // The shed call counts too, or shedding would end itself.
    expect(facts()).toMatchObject({ requests: 27 })
  })

  test('allows ten failures before it sheds anything, and never sheds more than nine in ten', async () => {
    const { chance, get, repeat, facts } = setUp()
    chance.next = 0
    await repeat(10)
    expect(facts()).toMatchObject({ rejectionProbability: 0, requests: 10 })
    expect(await get()).toBe(503)
    expect(await get()).toBe('throttled')
    await repeat(1_000)
    expect(facts()).toMatchObject({ rejectionProbability: 0.9 })
    chance.next = 0.9
    expect(await get()).toBe(503)
  })

  test('sheds background calls first and critical ones last', async () => {
    const { chance, get, repeat, facts } = setUp()
    await repeat(39)
    // 29 / 40 = 0.725
    expect(facts()).toMatchObject({ rejectionProbability: 0.725 })
    chance.next = 0.89
    expect(await get({ priority: 'background' })).toBe('throttled')
    expect(await get()).toBe(503)
    chance.next = 0.5
    expect(await get({ priority: 'critical' })).toBe(503)
    expect(await get()).toBe('throttled')
    chance.next = 0.2
    expect(await get({ priority: 'critical' })).toBe('throttled')
    chance.next = 0.9
    expect(await get({ priority: 'background' })).toBe(503)
  })

  test('never sheds a critical call while less than half would be shed', async () => {
    const { chance, get, repeat, facts } = setUp()
    await repeat(20)
    expect(facts()).toMatchObject({ rejectionProbability: 10 / 21 })
    chance.next = 0
    expect(await get({ priority: 'critical' })).toBe(503)
  })

  test.each([
    [429, true],
    [502, true],
    [504, true],
    [529, true],
    [500, false],
    [404, false],
    [200, false],
  ])('counts a %i as overload: %s', async (status, isOverload) => {
    const { server, repeat, facts } = setUp()
    server.status = status
    await repeat(30)
    expect(facts()).toEqual({
      rejectionProbability: isOverload ? 20 / 31 : 0,
      requests: 30,
      accepts: isOverload ? 0 : 30,
    })
  })

  test('counts timeouts as overload, and calls that their callers gave up neither way', async () => {
    const { clock, policy } = setUp({}, attemptTimeout({ afterMs: 1_000 }))
    const facts = (): unknown => policy.health().keys[policy.name]?.['adaptiveThrottle']
    const hang = (): Promise<never> => new Promise(() => undefined)
    const late = Array.from({ length: 12 }, () => policy.execute(hang).catch(() => undefined))
    await clock.advance(1_000)
    await Promise.all(late)
    expect(facts()).toEqual({ rejectionProbability: 2 / 13, requests: 12, accepts: 0 })
    const controller = new AbortController()
    const aborted = Array.from({ length: 8 }, () =>
      policy.execute(hang, { signal: controller.signal }).catch(() => undefined),
    )
    await clock.settle()
    controller.abort()
    await Promise.all(aborted)
    expect(facts()).toEqual({ rejectionProbability: 2 / 13, requests: 12, accepts: 0 })
  })

  test('does not take a burst of calls under way for overload', async () => {
    const { clock, policy } = setUp({})
    const answer = (): Promise<string> =>
      new Promise((resolve) =>
        clock.setTimer(() => {
          resolve('ok')
        }, 50),
      )
    const burst = await clock.run(Promise.all(Array.from({ length: 200 }, () => policy.execute(answer))))
    expect(burst.filter((result) => result === 'ok')).toHaveLength(200)
  })

  test('an attempt that another stage refuses is no request', async () => {
    const door = defineStrategy('door', () => () => (call) => Promise.resolve(rejected(call, { code: 'killed' })))
    const { get, facts } = setUp({}, door({}))
    expect(await get()).toBe('killed')
    expect(facts()).toMatchObject({ requests: 0 })
  })

  test('gives back what outer stages lent when it sheds', async () => {
    let cancelled = 0
    const lender = defineStrategy('lender', () => (next) => (call) => {
      call.hold({
        settle: () => undefined,
        cancel: () => {
          cancelled += 1
        },
      })
      return next(call)
    })
    const clock = createTestClock()
    const policy = createPolicy({
      name: `throttle-${(policies += 1)}`,
      clock,
      random: () => 0,
      strategies: [lender({}), adaptiveThrottle()],
    })
    const fetch = wrapFetch(policy, () => Promise.resolve(new Response('', { status: 503 })))
    for (let call = 0; call < 11; call += 1) await fetch(ORIGIN)
    await expect(fetch(ORIGIN)).rejects.toMatchObject({ code: 'throttled' })
    expect(cancelled).toBe(1)
  })

  test('may shed a retry as well', async () => {
    const clock = createTestClock()
    const policy = createPolicy({
      name: 'throttle-retry',
      clock,
      random: () => 0.01,
      strategies: [retry({ maxRetries: 1, baseMs: 1_000 }), adaptiveThrottle({ minimumRequests: 0 })],
    })
    let sent = 0
    const refusal = refusalOf(
      wrapFetch(policy, () => {
        sent += 1
        return Promise.resolve(new Response('', { status: 503 }))
      })(ORIGIN),
    )
    await clock.advance(1_000)
    expect((await refusal).code).toBe('throttled')
    expect(sent).toBe(1)
  })

  test('tells once when it begins and once when it ends', async () => {
    const { clock, policy, server, repeat, get } = setUp()
    const turns = recordEvents(policy, 'throttle-engaged', 'throttle-released')
    await repeat(30)
    server.status = 200
    await repeat(5)
    await clock.advance(10_500)
    await get()
    await get()
    expect(turns.map(({ type, probability, reason }) => [type, probability, reason])).toEqual([
      ['throttle-engaged', 1 / 12, 'overload'],
      ['throttle-released', 0, 'recovered'],
    ])
  })

  test('recovers in about two windows once the server does, by the calls it lets through', async () => {
    const { clock, server, chance, get } = setUp()
    let turn = 0
    const round = async (): Promise<void> => {
      // A fair spread of chances without any luck.
      for (let call = 0; call < 20; call += 1) {
        chance.next = ((turn += 7) % 20) / 20
        await get()
      }
      await clock.advance(500)
    }
    for (let second = 0; second < 20; second += 1) await round()
    const sentBefore = server.sent
    for (let second = 0; second < 10; second += 1) await round()
    const shareSent = (server.sent - sentBefore) / 200
    expect(shareSent).toBeCloseTo(0.1, 1)
    server.status = 200
    let rounds = 0
    let accepted = 0
    while (accepted < 20 && rounds < 60) {
      const before = server.sent
      await round()
      accepted = server.sent - before
      rounds += 1
    }
    expect(rounds * 500).toBeLessThanOrEqual(23_000)
  })

  test('looks back twice the attempt timeout, at least ten seconds', async () => {
    const { clock, repeat, facts } = setUp({}, attemptTimeout({ afterMs: 10_000 }))
    await repeat(20)
    await clock.advance(18_000)
    expect(facts()).toMatchObject({ requests: 20 })
    await clock.advance(2_000)
    expect(facts()).toMatchObject({ requests: 0 })
    const own = setUp({ windowMs: 2_000 })
    await own.repeat(20)
    await own.clock.advance(2_000)
    expect(own.facts()).toMatchObject({ requests: 0 })
    const plain = setUp()
    await plain.repeat(20)
    await plain.clock.advance(9_000)
    expect(plain.facts()).toMatchObject({ requests: 20 })
    plain.clock.jump(100_000)
    expect(plain.facts()).toMatchObject({ requests: 0 })
  })

  test('starts anew on reset and says so', async () => {
    const { policy, repeat, facts } = setUp()
    const released = recordEvents(policy, 'throttle-released')
    policy.reset()
    await repeat(30)
    policy.reset()
    policy.reset()
    expect(facts()).toEqual({ rejectionProbability: 0, requests: 0, accepts: 0 })
    expect(released).toHaveLength(1)
  })

  test.each([
    [{ factor: 1.1 }, 'adaptiveThrottle: option "factor" must be a number from 1.2 to 1000, but is 1.1.'],
    [{ maxProbability: 1 }, 'option "maxProbability" must be a number from 0 to 0.99, but is 1'],
    [{ windowMs: 0 }, 'option "windowMs" must be a number of milliseconds above 0, but is 0'],
    [{ minimumRequests: 1.5 }, 'option "minimumRequests" must be an integer'],
    [{ k: 2 }, 'adaptiveThrottle: unknown option "k"'],
  ])('refuses %j', (options, message) => {
    expect(() => adaptiveThrottle(options as object)).toThrow(message)
  })

  test('a call can only switch it off', async () => {
    const { chance, fetch, get, repeat } = setUp()
    await repeat(50)
    chance.next = 0
    expect(await get()).toBe('throttled')
    expect(await get({ adaptiveThrottle: false })).toBe(503)
    await expect(fetch(ORIGIN, { resilience: { adaptiveThrottle: {} } as CallOptions })).rejects.toThrow(
      '"adaptiveThrottle" must be false',
    )
  })
})
