import { describe, expect, test } from 'vitest'
import { limited, limitedServer, ORIGIN } from '../../test/limits.ts'
import { recordEvents } from '../testing/record-events.ts'
import type { ScriptedAnswer } from '../testing/scripted-fetch.ts'
import { deadline } from './deadline.ts'
import { serverGate } from './server-gate.ts'

interface SetUp {
  readonly script: readonly ScriptedAnswer[]
  readonly gate?: Parameters<typeof serverGate>[0]
}

const setUp = ({ script, gate = {} }: SetUp) => {
  const parts = limited('serverGate', [deadline({ afterMs: 100_000 }), serverGate(gate)])
  return { ...parts, ...limitedServer(parts.clock, parts.policy, script) }
}

const busy = (status: number, retryAfter: string): ScriptedAnswer => ({
  status,
  headers: { 'retry-after': retryAfter },
})

describe('serverGate', () => {
  test('holds every call back, not only the one that was told', async () => {
    const { clock, policy, get, facts, times } = setUp({ script: [busy(503, '30'), 200] })
    const closed = recordEvents(policy, 'gate-closed')
    expect(await get()).toBe(503)
    expect(await get()).toBe('gate-closed 30000')
    await clock.advance(10_000)
    expect(await get()).toBe('gate-closed 20000')
    expect(facts()).toEqual({ closedForMs: 20_000, waiting: 0 })
    await clock.advance(20_000)
    expect(await get()).toBe(200)
    expect(times()).toEqual([0, 30_000])
    expect(closed).toEqual([
      { type: 'gate-closed', policy: policy.name, key: ORIGIN, forMs: 30_000, reason: 'pushback' },
    ])
  })

  test('closes when a quota is used up, for requests only and only with a reset', async () => {
    const quota = (field: string, policy: string): ScriptedAnswer => ({
      status: 200,
      headers: { ratelimit: field, 'ratelimit-policy': policy },
    })
    const { clock, policy, get } = setUp({
      script: [
        quota('"bytes";r=0;t=9', '"bytes";q=9;qu="content-bytes"'),
        quota('"burst";r=0', '"burst";q=9'),
        quota('"burst";r=1;t=9', '"burst";q=9'),
        quota('"burst";r=0;t=9', '"burst";q=9'),
      ],
    })
    const events = recordEvents(policy, 'gate-closed', 'quota-observed')
    for (let call = 0; call < 4; call += 1) expect(await get()).toBe(200)
    expect(await get()).toBe('gate-closed 9000')
    expect(events.map(({ type, reason }) => [type, reason])).toEqual([
      ...Array.from({ length: 4 }, () => ['quota-observed', 'headers']),
      ['gate-closed', 'quota'],
    ])
    await clock.advance(9_000)
    expect(await get()).toBe(200)
  })

  test('reads the headers of a provider', async () => {
    const headers = [{ name: 'minute', windowMs: 60_000, remaining: ['x-left'] }]
    const { policy, get } = setUp({ script: [{ status: 200, headers: { 'x-left': '0' } }], gate: { headers } })
    const observed = recordEvents(policy, 'quota-observed')
    await get()
    expect(observed[0]?.quotas).toEqual([{ name: 'minute', windowMs: 60_000, remaining: 0, unit: 'requests' }])
    // Without a reset nobody knows when to open again.
    expect(await get()).toBe(200)
  })

  test('Retry-After wins over the reset of a quota', async () => {
    const headers = { 'retry-after': '3', ratelimit: '"burst";r=0;t=50' }
    const { get } = setUp({ script: [{ status: 429, headers }] })
    await get()
    expect(await get()).toBe('gate-closed 3000')
  })

  test('believes a 429 for a day and a 503 for a minute', async () => {
    const { get: afterQuota } = setUp({ script: [busy(429, '200000')] })
    await afterQuota()
    expect(await afterQuota()).toBe('gate-closed 86400000')
    const { get: afterOutage } = setUp({ script: [busy(503, '3600')] })
    await afterOutage()
    expect(await afterOutage()).toBe('gate-closed 60000')
    const { get: afterLittle } = setUp({ script: [busy(429, '3600')], gate: { maxQuotaCloseMs: 5_000 } })
    await afterLittle()
    expect(await afterLittle()).toBe('gate-closed 5000')
  })

  test('stays open after answers that concern one request alone', async () => {
    const { get } = setUp({ script: [busy(413, '60'), busy(408, '60'), busy(500, '60'), busy(429, '0'), 200] })
    expect([await get(), await get(), await get(), await get(), await get()]).toEqual([413, 408, 500, 429, 200])
  })

  test('an error without an answer teaches it nothing', async () => {
    const { get } = setUp({ script: [new TypeError('fetch failed'), 200] })
    expect(await get()).toMatch(/^threw/)
    expect(await get()).toBe(200)
  })

  test('a shorter pause does not open it sooner, and one burst is one event', async () => {
    const answers = [30_000, 29_500, 30_500, 5_000, 50_000].map((ms) => ({
      status: 429,
      headers: { 'retry-after-ms': String(ms) },
      delayMs: 10,
    }))
    const { clock, policy, get } = setUp({ script: answers })
    const closed = recordEvents(policy, 'gate-closed')
    const calls = answers.map(() => get())
    await clock.advance(10)
    await Promise.all(calls)
    expect(await get()).toBe('gate-closed 50000')
    expect(closed.map(({ forMs }) => forMs)).toEqual([30_000, 50_000])
  })

  test('stays closed over a restart, for what is left of the time', async () => {
    const before = setUp({ script: [busy(429, '3600')] })
    await before.get()
    const saved = JSON.parse(JSON.stringify(before.policy.snapshot())) as ReturnType<typeof before.policy.snapshot>
    const after = setUp({ script: [200] })
    after.clock.jump(600_000)
    after.policy.restore(saved)
    expect(await after.get()).toBe('gate-closed 3000000')
    await after.clock.advance(3_000_000)
    expect(await after.get()).toBe(200)
    expect(after.policy.snapshot().keys[ORIGIN]).not.toHaveProperty('serverGate')
  })

  test.each([
    ['text', '60'],
    ['a negative time', -5],
    ['an object', {}],
  ])('ignores %s out of a store', async (_name, data) => {
    const { policy, get } = setUp({ script: [200] })
    policy.restore({
      version: 1,
      policy: policy.name,
      takenAtMs: policy.clock.wall(),
      keys: { [ORIGIN]: { serverGate: data } },
    })
    expect(await get()).toBe(200)
  })

  test.each([
    [
      { maxWaitMs: -1 },
      'serverGate: option "maxWaitMs" must be a number of milliseconds, 0 or more, or Infinity, but is -1.',
    ],
    [{ maxCloseMs: 0 }, 'option "maxCloseMs" must be a number of milliseconds above 0, but is 0'],
    [{ maxQuotaCloseMs: Infinity }, 'option "maxQuotaCloseMs"'],
    [{ headers: {} }, 'option "headers" must be an array of provider quotas, such as etsyHeaders, but is an object'],
    [{ wait: 1 }, 'serverGate: unknown option "wait"'],
  ])('refuses %j', (options, message) => {
    expect(() => serverGate(options as object)).toThrow(message)
  })

  test('refuses a bad option of a call', async () => {
    const { fetch } = setUp({ script: [200] })
    await expect(fetch(ORIGIN, { resilience: { serverGate: { maxWaitMs: 'x' } } })).rejects.toThrow(
      'serverGate: option "maxWaitMs"',
    )
  })
})
