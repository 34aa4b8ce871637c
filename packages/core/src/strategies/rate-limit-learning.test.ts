import { describe, expect, test } from 'vitest'
import { limited, limitedServer, ORIGIN } from '../../test/limits.ts'
import { wrapFetch } from '../adapters/fetch.ts'
import { rejected } from '../call.ts'
import { etsyHeaders } from '../rate-headers.ts'
import { defineStrategy } from '../strategy.ts'
import { recordEvents } from '../testing/record-events.ts'
import type { ScriptedAnswer } from '../testing/scripted-fetch.ts'
import { deadline } from './deadline.ts'
import { rateLimit, type RateLimitInit } from './rate-limit.ts'
import { serverGate } from './server-gate.ts'

const HOUR_MS = 3_600_000

const setUp = (options: RateLimitInit, script: readonly ScriptedAnswer[]) => {
  const parts = limited('rateLimit', [deadline({ afterMs: 120_000 }), rateLimit(options)])
  return { ...parts, ...limitedServer(parts.clock, parts.policy, script) }
}

const quick = { permits: 100, perMs: 1_000 }

describe('rateLimit learns', () => {
  test('to wait for the reset when the server says that nothing is left', async () => {
    const headers = { ratelimit: '"burst";r=0;t=30', 'ratelimit-policy': '"burst";q=100;w=60' }
    const { clock, policy, server, facts, get } = setUp(quick, [{ status: 200, headers }, 200])
    const observed = recordEvents(policy, 'quota-observed')
    expect(await get()).toBe(200)
    expect(observed[0]).toMatchObject({
      key: ORIGIN,
      reason: 'headers',
      quotas: [{ name: 'burst', limit: 100, remaining: 0, resetAfterMs: 30_000, windowMs: 60_000 }],
    })
    expect(facts()).toMatchObject({ quotas: { burst: { remaining: 0, resetAfterMs: 30_000 } } })
    expect(await get({ deadline: { afterMs: 5_000 } })).toBe('rate-limited 30000')
    const waiting = get()
    await clock.advance(30_000)
    expect(await waiting).toBe(200)
    expect(server.attempts.map(({ atMs }) => atMs)).toEqual([0, 30_000])
  })

  test('not to spend what is left faster than it lasts', async () => {
    // 20 requests a minute in fixed windows; somebody else has spent 10 of the first one.
    const { clock, policy } = limited('rateLimit', [rateLimit({ permits: 20, perMs: 1_000 })])
    const spentAtMs: number[] = []
    const fetch = wrapFetch(policy, () => {
      const nowMs = clock.now()
      const windowStartMs = Math.floor(nowMs / 60_000) * 60_000
      spentAtMs.push(nowMs)
      const spent = spentAtMs.filter((atMs) => atMs >= windowStartMs).length + (windowStartMs === 0 ? 10 : 0)
      const left = Math.max(0, 20 - spent)
      const headers = {
        ratelimit: `"fixed";r=${left};t=${Math.ceil((windowStartMs + 60_000 - nowMs) / 1_000)}`,
        'ratelimit-policy': '"fixed";q=20;w=60',
      }
      return Promise.resolve(new Response('', { status: spent > 20 ? 429 : 200, headers }))
    })
    const first = await fetch(ORIGIN)
    const calls = Array.from({ length: 29 }, () => fetch(ORIGIN))
    await clock.advance(120_000)
    const statuses = [first, ...(await Promise.all(calls))].map(({ status }) => status)
    expect(new Set(statuses)).toEqual(new Set([200]))
    const inFirst = spentAtMs.filter((atMs) => atMs < 60_000)
    expect(inFirst).toHaveLength(10)
    for (let index = 2; index < inFirst.length; index += 1)
      expect((inFirst[index] ?? 0) - (inFirst[index - 1] ?? 0)).toBeGreaterThan(6_000)
  })

  test('to take calls in flight off what the server says is left', async () => {
    const { clock, server, get } = setUp(quick, [
      { status: 200, headers: { 'x-ratelimit-limit': '5', 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': '10' } },
      { status: 200, delayMs: 5_000 },
    ])
    await get()
    const calls = Array.from({ length: 5 }, () => get())
    await clock.advance(9_999)
    expect(server.attempts).toHaveLength(4)
    await clock.advance(20_000)
    await Promise.all(calls)
    expect(server.attempts).toHaveLength(6)
  })

  test('the daily count of a provider, and keeps a reserve of it', async () => {
    const day = (remaining: number): ScriptedAnswer => ({
      status: 200,
      headers: {
        'x-limit-per-second': '10',
        'x-remaining-this-secon': '9',
        'x-limit-per-day': '1000',
        'x-remaining-today': String(remaining),
      },
    })
    const { clock, facts, get } = setUp({ ...quick, reserve: 0.1, headers: etsyHeaders }, [
      day(100),
      day(50),
      day(50),
      day(0),
    ])
    expect(await get()).toBe(200)
    expect(facts()).toMatchObject({ remainingToday: 100 })
    expect(await get({ priority: 'background' })).toBe(`quota-exhausted ${HOUR_MS}`)
    expect(await get()).toBe(200)
    expect(await get()).toBe(`quota-exhausted ${HOUR_MS}`)
    expect(await get({ priority: 'critical' })).toBe(200)
    expect(await get({ priority: 'critical' })).toBe(200)
    expect(await get({ priority: 'critical' })).toBe(`quota-exhausted ${HOUR_MS}`)
    await clock.advance(HOUR_MS)
    expect(await get()).toBe(200)
  })

  test('an exhausted day from a 429, and waits as long as it was told to', async () => {
    const headers = { 'x-remaining-this-second': '9', 'x-remaining-today': '0', 'retry-after': '86400' }
    const { clock, get } = setUp({ ...quick, headers: etsyHeaders }, [{ status: 429, headers }, 200])
    expect(await get()).toBe(429)
    expect(await get()).toBe(`quota-exhausted ${24 * HOUR_MS}`)
    await clock.advance(24 * HOUR_MS)
    expect(await get()).toBe(200)
  })

  test('a daily quota by its name and its own reset', async () => {
    const { get } = setUp(quick, [{ status: 200, headers: { ratelimit: '"daily";r=0;t=7200' } }])
    await get()
    expect(await get()).toBe(`quota-exhausted ${2 * HOUR_MS}`)
  })

  test('those who wait are told when the day ends meanwhile', async () => {
    const { clock, server, get } = setUp({ permits: 1, perMs: 1_000, daily: 2 }, [200])
    const calls = [get(), get(), get(), get()]
    await clock.advance(1_000)
    expect(await Promise.all(calls)).toEqual([
      200,
      200,
      `quota-exhausted ${25 * HOUR_MS - 1_000}`,
      `quota-exhausted ${25 * HOUR_MS - 1_000}`,
    ])
    expect(server.attempts).toHaveLength(2)
    expect(await get()).toMatch(/^quota-exhausted/)
    expect(clock.pendingTimers).toBe(0)
  })

  test('a weight above the daily quota can never be met', async () => {
    const { get } = setUp({ ...quick, daily: 2 }, [200])
    expect(await get({ rateLimit: { weight: 3 } })).toBe('quota-exhausted undefined')
  })

  test('to halve the rate on a 429 that explains nothing, and eases back', async () => {
    const { clock, policy, server, facts, get } = setUp({ permits: 10, perMs: 1_000, burst: 1 }, [429, 429, 200])
    const changes = recordEvents(policy, 'limit-changed')
    await get()
    expect(facts()).toMatchObject({ rateFactor: 0.5 })
    const second = get()
    await clock.advance(200)
    await second
    expect(facts()).toMatchObject({ rateFactor: 0.25 })
    const rest = Array.from({ length: 4 }, () => get())
    await clock.advance(2_000)
    await Promise.all(rest)
    // 2.5 a second, and 3.5 a second from a second after the last 429.
    const wantedMs = [0, 200, 600, 1_000, 1_343, 1_629]
    expect(server.attempts).toHaveLength(wantedMs.length)
    for (const [index, { atMs }] of server.attempts.entries())
      expect(Math.abs(atMs - (wantedMs[index] ?? 0))).toBeLessThan(50)
    await clock.advance(10_000)
    await get()
    expect(changes.map(({ factor, reason }) => [factor, reason])).toEqual([
      [0.5, 'throttled-by-server'],
      [0.25, 'throttled-by-server'],
      [1, 'eased'],
    ])
  })

  test('that what came before a refusal came at the old rate', async () => {
    const { clock, facts, get } = setUp({ permits: 10, perMs: 1_000 }, [{ status: 429, delayMs: 500 }])
    const calls = Array.from({ length: 10 }, () => get())
    await clock.advance(500)
    await Promise.all(calls)
    expect(facts()).toMatchObject({ rateFactor: 0.5, remaining: 5 })
    await clock.advance(400)
    expect(facts()).toMatchObject({ remaining: 7 })
  })

  test('one burst of refusals as one', async () => {
    const { clock, facts, get } = setUp({ permits: 10, perMs: 1_000 }, [{ status: 429, delayMs: 50 }])
    const calls = Array.from({ length: 10 }, () => get())
    await clock.advance(50)
    await Promise.all(calls)
    expect(facts()).toMatchObject({ rateFactor: 0.5 })
  })

  test('a pause from Retry-After without slowing down afterwards', async () => {
    const { clock, server, facts, get } = setUp(quick, [{ status: 429, headers: { 'retry-after': '7' } }, 200])
    await get()
    expect(facts()).toMatchObject({ rateFactor: 1 })
    const waiting = get()
    await clock.advance(7_000)
    expect(await waiting).toBe(200)
    expect(server.attempts.map(({ atMs }) => atMs)).toEqual([0, 7_000])
  })

  test('from a 429 whose quota is used up, without halving the rate', async () => {
    const headers = { 'x-limit-per-second': '10', 'x-remaining-this-second': '0' }
    const { clock, server, facts, get } = setUp({ ...quick, headers: etsyHeaders }, [{ status: 429, headers }, 200])
    await get()
    expect(facts()).toMatchObject({ rateFactor: 1 })
    const waiting = get()
    await clock.advance(1_000)
    await waiting
    expect(server.attempts.map(({ atMs }) => atMs)).toEqual([0, 1_000])
  })

  test('nothing from units that are not requests', async () => {
    const { get, facts } = setUp(quick, [
      {
        status: 200,
        headers: { ratelimit: '"bytes";r=0;t=30', 'ratelimit-policy': '"bytes";q=10;qu="content-bytes"' },
      },
    ])
    await get()
    expect(facts()).toMatchObject({ quotas: {} })
    expect(await get()).toBe(200)
  })

  test('nothing when it is told not to', async () => {
    const headers = { ratelimit: '"burst";r=0;t=30' }
    const { clock, policy, get, facts } = setUp({ ...quick, learn: false }, [
      { status: 200, headers },
      429,
      { status: 429, headers: { 'retry-after': '7' } },
      200,
    ])
    const events = recordEvents(policy, 'quota-observed', 'limit-changed')
    expect([await get(), await get(), await get(), await get()]).toEqual([200, 429, 429, 200])
    expect(events).toEqual([])
    expect(facts()).toMatchObject({ quotas: {}, rateFactor: 1 })
    expect(clock.pendingTimers).toBe(0)
  })

  test('from a server that speaks of quotas only after a while', async () => {
    const { get, facts, policy } = setUp({ permits: 1_000, perMs: 1_000 }, [
      ...Array.from({ length: 40 }, () => 200),
      {
        status: 200,
        headers: { 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': '90', 'x-ratelimit-reset': '60' },
      },
    ])
    const observed = recordEvents(policy, 'quota-observed')
    for (let call = 0; call < 60; call += 1) await get()
    expect(observed.length).toBeGreaterThan(0)
    expect(facts()).toHaveProperty('quotas.x-ratelimit')
  })

  test('nothing about the day from a limit without a count', async () => {
    const { get, facts } = setUp(quick, [{ status: 200, headers: { 'ratelimit-policy': '"daily";q=5;w=86400' } }])
    expect([await get(), await get()]).toEqual([200, 200])
    expect(facts()).not.toHaveProperty('remainingToday')
  })

  test('what the server gate reads too, and announces it once', async () => {
    const { clock, policy, facts } = limited('rateLimit', [serverGate(), rateLimit(quick)])
    const observed = recordEvents(policy, 'quota-observed')
    const headers = { ratelimit: '"burst";r=5;t=30' }
    const { get } = limitedServer(clock, policy, [{ status: 200, headers }])
    await get()
    expect(observed).toHaveLength(1)
    expect(facts()).toHaveProperty('quotas.burst')
  })

  test('its own headers, whatever the server gate reads', async () => {
    const { clock, policy, facts } = limited('rateLimit', [serverGate({ headers: etsyHeaders }), rateLimit(quick)])
    const headers = { 'x-remaining-today': '7', 'x-ratelimit-remaining': '8', 'x-ratelimit-reset': '60' }
    const { get } = limitedServer(clock, policy, [{ status: 200, headers }])
    await get()
    expect(facts()).toHaveProperty('quotas.x-ratelimit')
    expect(facts()).not.toHaveProperty('remainingToday')
  })

  test('that a call which was never sent has spent nothing', async () => {
    let isOpen = true
    const door = defineStrategy('door', () => (next) => (call) => {
      return isOpen ? next(call) : Promise.resolve(rejected(call, { code: 'killed' }))
    })
    const { clock, policy, facts } = limited('rateLimit', [rateLimit(quick), door({})])
    const headers = { 'x-ratelimit-limit': '2', 'x-ratelimit-remaining': '2', 'x-ratelimit-reset': '60' }
    const { get } = limitedServer(clock, policy, [{ status: 200, headers }])
    await get()
    isOpen = false
    for (let call = 0; call < 3; call += 1) expect(await get()).toBe('killed undefined')
    expect(facts()).toHaveProperty('quotas.x-ratelimit.remaining', 2)
  })

  test('its headers without hiding others from the server gate', async () => {
    const minute = { name: 'minute', remaining: ['x-left'], reset: ['x-reset'] }
    const { clock, policy } = limited('rateLimit', [serverGate({ headers: [minute] }), rateLimit(quick)])
    const headers = { 'x-left': '0', 'x-reset': '9' }
    const { get } = limitedServer(clock, policy, [{ status: 200, headers }])
    await get()
    expect(await get()).toBe('gate-closed 9000')
  })
})
