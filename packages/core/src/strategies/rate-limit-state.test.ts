import { describe, expect, test } from 'vitest'
import { limited, limitedServer, ORIGIN } from '../../test/limits.ts'
import type { ScriptedAnswer } from '../testing/scripted-fetch.ts'
import { deadline } from './deadline.ts'
import { rateLimit, type RateLimitInit } from './rate-limit.ts'

const setUp = (options: RateLimitInit, script: readonly ScriptedAnswer[]) => {
  const parts = limited('rateLimit', [deadline({ afterMs: 120_000 }), rateLimit(options)])
  return { ...parts, ...limitedServer(parts.clock, parts.policy, script) }
}

const quick = { permits: 100, perMs: 1_000 }

describe('the state of rateLimit', () => {
  test('outlives a restart, and the time between counts', async () => {
    const before = setUp({ permits: 2, perMs: 2_000, daily: 5, windows: [{ permits: 100, perMs: 60_000 }] }, [200])
    await before.get()
    await before.get()
    const saved = JSON.parse(JSON.stringify(before.policy.snapshot())) as ReturnType<typeof before.policy.snapshot>
    const after = setUp({ permits: 2, perMs: 2_000, daily: 5, windows: [{ permits: 100, perMs: 60_000 }] }, [200])
    after.clock.jump(500)
    after.policy.restore(saved)
    expect(after.facts()).toMatchObject({ remaining: 0, remainingToday: 3 })
    const next = after.get()
    await after.clock.advance(500)
    await next
    expect(after.server.attempts.map(({ atMs }) => atMs)).toEqual([1_000])
  })

  test.each([
    ['null', null],
    ['text', 'x'],
    ['odd numbers', { owed: [-1, 'x'], daily: { hours: 1 } }],
    ['nothing', {}],
  ])('ignores %s out of a store', async (_name, data) => {
    const { policy, facts, get } = setUp({ ...quick, windows: [{ permits: 5, perMs: 1_000 }] }, [200])
    policy.restore({
      version: 1,
      policy: policy.name,
      takenAtMs: policy.clock.wall(),
      keys: { [ORIGIN]: { rateLimit: data } },
    })
    expect(facts()).toMatchObject({ remaining: 5 })
    expect(await get()).toBe(200)
  })

  test('starts anew on reset, and those who wait go at once', async () => {
    const { clock, policy, facts, get } = setUp({ permits: 1, perMs: 60_000, daily: 1 }, [429, 200])
    await get()
    expect(await get()).toMatch(/^quota-exhausted/)
    policy.reset()
    expect(facts()).toMatchObject({ remaining: 1, remainingToday: 1, rateFactor: 1 })
    await get()
    const another = setUp({ permits: 1, perMs: 60_000 }, [200])
    await another.get()
    const waiting = another.get()
    another.policy.reset()
    expect(await waiting).toBe(200)
    expect(another.clock.pendingTimers + clock.pendingTimers).toBe(0)
  })
})

describe('the options of rateLimit', () => {
  test.each([
    [{}, 'rateLimit: option "permits" must be a number above 0, but is undefined.'],
    [{ permits: 1 }, 'rateLimit: option "perMs" must be a number of milliseconds above 0, but is undefined.'],
    [{ permits: 0, perMs: 1 }, 'option "permits" must be a number above 0, but is 0'],
    [{ permits: 1, perMs: 1, burst: 0.5 }, 'option "burst" must be a number from 1 up, but is 0.5'],
    [
      { permits: 1, perMs: 1, windows: {} },
      'option "windows" must be an array of { permits, perMs }, but is an object',
    ],
    [{ permits: 1, perMs: 1, windows: [{ permits: 1 }] }, 'rateLimit: windows[0]: option "perMs"'],
    [
      { permits: 1, perMs: 1, windows: [{ permits: 1, perMs: 1, per: 1 }] },
      'rateLimit: windows[0]: unknown option "per"',
    ],
    [{ permits: 1, perMs: 1, reserve: 2 }, 'option "reserve" must be a number from 0 to 1, but is 2'],
    [
      { permits: 1, perMs: 1, reserve: 0.1, learn: false },
      'option "reserve" must be 0 without "daily" or "learn", but is 0.1',
    ],
    [{ permits: 1, perMs: 1, daily: 0 }, 'option "daily"'],
    [{ permits: 1, perMs: 1, maxQueued: -1 }, 'option "maxQueued"'],
    [{ permits: 1, perMs: 1, learn: 1 }, 'option "learn" must be true or false, but is 1'],
    [
      { permits: 1, perMs: 1, headers: 'x' },
      'option "headers" must be an array of provider quotas, such as etsyHeaders, but is "x"',
    ],
    [
      { permits: 1, perMs: 1, rate: 1 },
      'rateLimit: unknown option "rate". Known options: permits, perMs, burst, windows',
    ],
  ])('refuses %j', (options, message) => {
    expect(() => rateLimit(options as RateLimitInit)).toThrow(message)
  })

  test('a bad weight is refused before anything is sent', async () => {
    const { fetch, server } = setUp(quick, [200])
    await expect(fetch(ORIGIN, { resilience: { rateLimit: { weight: 0 } } })).rejects.toThrow(
      'rateLimit: option "weight" must be a number above 0, but is 0.',
    )
    expect(server.attempts).toEqual([])
  })
})
