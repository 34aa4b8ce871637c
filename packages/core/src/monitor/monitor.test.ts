import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { createPolicy } from '../policy.ts'
import { RateLimitedError, ServiceUnavailableError } from '../service-errors/kinds.ts'
import { createTestClock } from '../testing/test-clock.ts'
import type { Alert } from './alert-desk.ts'
import { EventRing } from './event-ring.ts'
import { fingerprintOf, normaliseMessage } from './fingerprint.ts'
import { createMonitor } from './monitor.ts'
import type { MonitorOptions } from './monitor-options.ts'

const engine = (options: Partial<MonitorOptions> = {}) => {
  const clock = createTestClock()
  const alerts: Alert[] = []
  const monitor = createMonitor({ clock, onAlert: (alert) => alerts.push(alert), alertOnNewErrors: false, ...options })
  const short = (): string[] => alerts.map(({ kind, state, subject }) => `${state} ${kind} ${subject}`)
  return { clock, alerts, monitor, short }
}

const down = (): ServiceUnavailableError => new ServiceUnavailableError({ upstream: 'etsy', operation: 'getListing' })

describe('EventRing', () => {
  it('agrees with a list of all events', () => {
    const events = fc.array(fc.record({ stepMs: fc.nat({ max: 5_000 }), isError: fc.boolean() }), { maxLength: 60 })
    fc.assert(
      fc.property(events, fc.integer({ min: 1, max: 10 }), (list, slices) => {
        const ring = new EventRing(1_000, 10)
        const seen: { slice: number; isError: boolean }[] = []
        let nowMs = 0
        for (const { stepMs, isError } of list) {
          nowMs += stepMs
          ring.add(isError, nowMs)
          seen.push({ slice: Math.floor(nowMs / 1_000), isError })
          const inside = seen.filter(({ slice }) => slice > Math.floor(nowMs / 1_000) - slices)
          expect(ring.counts(slices * 1_000, nowMs)).toEqual({
            errors: inside.filter((event) => event.isError).length,
            total: inside.length,
          })
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('fingerprintOf', () => {
  it('puts 5,000 variants of one failure together', () => {
    const prints = new Set<string>()
    for (let index = 0; index < 5_000; index += 1) {
      const id = index.toString(16).padStart(8, 'a1')
      const message = `shop ${index} at https://api.example/v3/${index}?q=${id} from 10.0.0.${index % 250}: "${id}" not found`
      prints.add(fingerprintOf(new Error(message), { upstream: 'etsy', route: 'getShop' }))
    }
    expect(prints.size).toBe(1)
  })

  it('tells kinds apart by code, upstream, route and words', () => {
    const error = (message: string, code?: string): Error => Object.assign(new Error(message), { code })
    const prints = [
      fingerprintOf(error('a')),
      fingerprintOf(error('b')),
      fingerprintOf(error('a', 'ECONNRESET')),
      fingerprintOf(error('a'), { upstream: 'etsy' }),
      fingerprintOf(error('a'), { route: 'getShop' }),
      fingerprintOf('a'),
    ]
    expect(new Set(prints).size).toBe(prints.length)
    expect(prints.every((print) => /^[\da-z]{14}$/.test(print))).toBe(true)
  })

  it('tells kinds apart by the frame of the application, without its line and what libraries and Node did', () => {
    const at = (...frames: readonly string[]): string =>
      fingerprintOf(
        Object.assign(new Error('x'), { stack: `Error: x\n${frames.map((frame) => `    at ${frame}`).join('\n')}` }),
      )
    const own = 'save (file:///srv/app/shop/save.ts:10:5)'
    expect(at(own)).toBe(at('load (/elsewhere/shop/save.ts:99:1)'))
    expect(at(own)).toBe(at('C:\\app\\shop\\save.ts:1:2'))
    expect(at('get (/srv/node_modules/axios/index.js:1:1)', 'node:net:1:1', 'emit (node:events:5:5)', own)).toBe(
      at(own),
    )
    expect(at('async /srv/app/shop/load.ts:10:5')).not.toBe(at(own))
    expect(at('get (/srv/node_modules/axios/index.js:1:1)')).toBe(at())
  })

  it('normalises and takes no longer for hostile texts', () => {
    expect(normaliseMessage('row 17 of 0xdeadbeef01 for 3f2504e0-4f89-11d3-9a0c-0305e82c3301')).toBe(
      'row <n> of <hex> for <uuid>',
    )
    for (const unit of ['a', '1', '"', 'http://', 'a1', '0x']) {
      const startedMs = performance.now()
      normaliseMessage(unit.repeat(100_000))
      expect(performance.now() - startedMs).toBeLessThan(50)
    }
  })
})

describe('a monitor', () => {
  it('alerts once per incident and once when it is over, in a scripted day', async () => {
    const { clock, monitor, short } = engine()
    const minute = async (failing: boolean): Promise<void> => {
      for (let call = 0; call < 300; call += 1) {
        if (failing && call % 5 < 3) monitor.error(down(), {}, 'down')
        else monitor.success({ upstream: 'etsy' })
        if (call % 50 === 49) await clock.advance(10_000)
      }
    }
    for (let index = 0; index < 60; index += 1) await minute(false)
    expect(short()).toEqual([])
    for (let index = 0; index < 10; index += 1) await minute(true)
    expect(short()).toEqual(['firing burn-fast etsy', 'firing burn-slow etsy'])
    for (let index = 0; index < 70; index += 1) await minute(false)
    expect(short().slice(2)).toEqual(['recovered burn-fast etsy', 'recovered burn-slow etsy'])
  })

  it('notices the end though nothing happens any more', async () => {
    const { clock, monitor, short } = engine()
    for (let second = 0; second < 120; second += 1) {
      monitor.error(down(), {}, 'down')
      await clock.advance(1_000)
    }
    expect(short()).toContain('firing burn-fast etsy')
    await clock.advance(3_700_000)
    expect(short()).toContain('recovered burn-fast etsy')
    expect(clock.pendingTimers).toBe(0)
  })

  it('stays quiet for the cooldown after an incident', async () => {
    const { clock, monitor, short } = engine({ cooldownMs: 3_600_000 })
    const burst = async (): Promise<void> => {
      for (let index = 0; index < 60; index += 1) {
        monitor.error(down(), {}, 'down')
        await clock.advance(1_000)
      }
      await clock.advance(600_000)
    }
    await burst()
    await burst()
    expect(short().filter((line) => line === 'firing burn-fast etsy')).toHaveLength(1)
  })

  it('concludes nothing from a few events', async () => {
    const { clock, monitor, alerts } = engine()
    for (let index = 0; index < 19; index += 1) {
      monitor.error(down(), {}, 'down')
      await clock.advance(2_000)
    }
    expect(alerts).toEqual([])
  })

  it('follows thresholds', async () => {
    const name = 'rate limits'
    const { clock, monitor, short } = engine({
      minimumEvents: 1_000,
      thresholds: [{ name, matches: ({ code }) => code === 'rate-limited', count: 3, withinMs: 60_000 }],
    })
    for (let index = 0; index < 10; index += 1) {
      monitor.error(index < 3 ? down() : new RateLimitedError({ upstream: 'etsy' }))
      await clock.advance(1_500)
    }
    expect(short()).toEqual([`firing threshold ${name}`])
    await clock.advance(120_000)
    expect(short()).toEqual([`firing threshold ${name}`, `recovered threshold ${name}`])
  })

  it('tells of a new kind of failure once, and folds a storm into one alert', async () => {
    const { clock, monitor, short } = engine({ alertOnNewErrors: true })
    monitor.error(new Error('one'))
    monitor.error(new Error('one'))
    expect(short()).toHaveLength(1)
    for (let index = 0; index < 100; index += 1) {
      monitor.error(new Error('x'), {}, `kind-${index}`)
      await clock.advance(100)
    }
    expect(short().filter((line) => line.includes('new-error'))).toHaveLength(20)
    expect(short().filter((line) => line.includes('storm'))).toEqual(['firing storm alerts'])
    await clock.advance(700_000)
    expect(short()).toContain('recovered storm alerts')
  })

  it('is bounded in every direction', () => {
    const { monitor } = engine({ maxGroups: 100 })
    for (let index = 0; index < 5_000; index += 1) {
      const event = { upstream: `u${index}`, route: `r${index}`, durationMs: 5 }
      monitor.error(Object.assign(new Error('x'), { code: `E${index}` }), event, `f${index}`)
    }
    const summary = monitor.summary()
    expect(summary.groups).toHaveLength(20)
    expect(summary.folded).toBe(4_900)
    expect(Object.keys(summary.byUpstream)).toHaveLength(201)
    expect(summary.byUpstream['other']?.errors).toBe(4_800)
    expect(Object.keys(summary.byRoute)).toHaveLength(201)
    expect(Object.keys(summary.latency)).toHaveLength(200)
    expect(summary.lastFiveMinutes).toEqual({ errors: 5_000, total: 5_000 })
  })

  it('gives the place of a quiet kind to a new one', async () => {
    const { clock, monitor } = engine({ maxGroups: 2 })
    monitor.error(down(), {}, 'old')
    await clock.advance(3_700_000)
    monitor.error(down(), {}, 'busy')
    monitor.error(down(), {}, 'new')
    expect(
      monitor
        .summary()
        .groups.map(({ fingerprint }) => fingerprint)
        .toSorted(),
    ).toEqual(['busy', 'new'])
    expect(monitor.summary().folded).toBe(1)
  })

  it('forgets the latencies of what was used least lately', async () => {
    const { clock, monitor } = engine()
    const call = (route: string): void => {
      monitor.success({ upstream: 'u', route, durationMs: 5 })
    }
    for (let index = 0; index < 200; index += 1) call(`r${index}`)
    await clock.advance(2_000)
    call('r0')
    call('new')
    const kept = Object.keys(monitor.summary().latency)
    expect(kept).toHaveLength(200)
    expect(kept).toContain('u r0')
    expect(kept).not.toContain('u r1')
  })

  it('keeps the kinds that go on, in whatever order they came', async () => {
    const { clock, monitor } = engine({ maxGroups: 2 })
    monitor.error(down(), {}, 'busy')
    monitor.error(down(), {}, 'quiet')
    for (let minute = 0; minute < 70; minute += 1) {
      await clock.advance(60_000)
      monitor.error(down(), {}, 'busy')
    }
    monitor.error(down(), {}, 'new')
    expect(monitor.summary().groups.map(({ fingerprint }) => fingerprint)).toEqual(['busy', 'new'])
  })

  it('warns of slow calls and knows the quantiles', () => {
    const onSlowCall = vi.fn(() => {
      throw new Error('bug')
    })
    const { monitor } = engine({ slowMs: 100, onSlowCall })
    for (let index = 1; index <= 100; index += 1)
      monitor.success({ upstream: 'etsy', route: 'getShop', durationMs: index })
    expect(onSlowCall.mock.calls).toEqual([[{ upstream: 'etsy', route: 'getShop', durationMs: 100 }]])
    const { p50Ms, p95Ms, p99Ms } = monitor.summary().latency['etsy getShop'] ?? {}
    for (const [found, right] of [
      [p50Ms, 50],
      [p95Ms, 95],
      [p99Ms, 99],
    ] as const) {
      expect((found ?? 0) / right).toBeGreaterThan(0.8)
      expect((found ?? 0) / right).toBeLessThan(1.3)
    }
  })

  it('watches a policy', async () => {
    const { monitor } = engine()
    const policy = createPolicy({ name: 'watched', strategies: [] })
    const stop = monitor.watch(policy)
    await policy.execute(() => 1)
    await policy
      .execute(() => Promise.reject(Object.assign(new Error('x'), { code: 'ECONNREFUSED' })))
      .catch(() => undefined)
    stop()
    await policy.execute(() => 1)
    expect(monitor.summary().byUpstream['watched']).toEqual({ errors: 1, total: 2 })
    expect(monitor.summary().groups[0]?.message).toMatch(/^service-unavailable: /)
  })

  it('needs no options', () => {
    expect(createMonitor().error(new Error('x'))).toMatch(/^[\da-z]{14}$/)
  })

  it('outlives an alert handler that throws', () => {
    const { monitor } = engine({
      alertOnNewErrors: true,
      onAlert: () => {
        throw new Error('pager down')
      },
    })
    expect(monitor.error(new Error('x'))).toMatch(/^[\da-z]{14}$/)
  })

  it.each([
    [{ errorBudget: 1 }, 'option "errorBudget"'],
    [{ maxGroups: 0 }, 'option "maxGroups"'],
    [{ onAlarm: () => undefined }, 'unknown option "onAlarm"'],
  ])('refuses %j', (options, message) => {
    expect(() => createMonitor(options as never)).toThrow(message)
  })
})
