import { callReport, createPolicy, defineStrategy, Policy, retry } from '@holdfast/core'
import { createMonitor } from '@holdfast/core/monitor'
import { createTestClock } from '@holdfast/core/testing'
import { describe, expect, test } from 'vitest'
import { ask, framesOf, somePolicy, someTools } from './support.ts'

const { send } = Policy.prototype
const failing = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })

describe('the event stream', () => {
  test('a page gets everything first and then what changed, four times a second at most', async () => {
    const clock = createTestClock()
    const policy = somePolicy()
    const tools = someTools({ policies: [policy], clock })
    const stream = framesOf(await ask(tools, '/devtools/events'))
    const full = await stream.next()
    expect(full).toMatchObject({ isFull: true, actions: { isAllowed: false }, keys: [], timeline: [] })
    expect(full.policies?.[0]?.strategies.map(({ name }) => name)).toEqual([
      'deadline',
      'retryBudget',
      'retry',
      'circuitBreaker',
    ])
    const frames: number[] = []
    const following = stream.next()
    for (let beat = 0; beat < 100; beat += 1) {
      await policy.execute(() => Promise.resolve(beat))
      await clock.advance(10)
    }
    frames.push((await following).atMs)
    for (let more = 0; more < 3; more += 1) frames.push((await stream.next()).atMs)
    expect(frames.map((atMs) => atMs - full.atMs)).toEqual([250, 500, 750, 1_000])
    await stream.cancel()
    tools.close()
  })

  test('nothing is sent when nothing changes, but for a sign of life', async () => {
    const clock = createTestClock()
    const tools = someTools({ clock })
    const response = await ask(tools, '/devtools/events')
    const reader = response.body!.getReader()
    await reader.read()
    await reader.read()
    const next = reader.read()
    await clock.advance(14_900)
    expect(await Promise.race([next, Promise.resolve('nothing')])).toBe('nothing')
    await clock.advance(200)
    expect(new TextDecoder().decode((await next).value as Uint8Array)).toBe(': still here\n\n')
    await reader.cancel()
    tools.close()
  })

  test('an aborted request and close() end the stream', async () => {
    const clock = createTestClock()
    const tools = someTools({ clock })
    const controller = new AbortController()
    const aborted = framesOf(await ask(tools, '/devtools/events', { signal: controller.signal }))
    await aborted.next()
    controller.abort()
    await expect(aborted.next()).rejects.toThrow('the stream ended')
    const closed = framesOf(await ask(tools, '/devtools/events'))
    await closed.next()
    tools.close()
    await expect(closed.next()).rejects.toThrow('the stream ended')
    expect(clock.pendingTimers).toBe(0)
  })

  test('a page that does not read is skipped, and gets everything when it reads again', async () => {
    const clock = createTestClock()
    const policy = somePolicy()
    const tools = someTools({ policies: [policy], clock })
    const stream = framesOf(await ask(tools, '/devtools/events'))
    await stream.next()
    // Each beat has calls of long explanations; half a megabyte is full long before the end.
    for (let beat = 0; beat < 200; beat += 1) {
      const calls = Array.from({ length: 30 }, () =>
        policy.execute(() => Promise.reject(failing), { retry: false, idempotent: true, circuitBreaker: false }),
      )
      await Promise.allSettled(calls)
      await clock.advance(250)
    }
    let bytes = 0
    let frame = await stream.next()
    for (; !frame.isFull; frame = await stream.next()) {
      bytes += JSON.stringify(frame).length
      await policy.execute(() => Promise.resolve(1))
      await clock.advance(250)
    }
    expect(bytes).toBeGreaterThan(400_000)
    expect(bytes).toBeLessThan(700_000)
    expect(frame.calls?.at(-1)?.outcome).toBe('success')
    await stream.cancel()
    tools.close()
  })
})

describe('while nobody looks', () => {
  test('calls are not watched, changes of state are kept', async () => {
    const policy = somePolicy()
    const tools = someTools({ policies: [policy] })
    expect(Policy.prototype.send).toBe(send)
    expect([policy.events.hearsCalls, policy.events.hearsAttempts]).toEqual([false, false])
    await policy.execute(() => 1)
    policy.forceOpen('maintenance')
    policy.reset()
    const stream = framesOf(await ask(tools, '/devtools/events'))
    expect(Policy.prototype.send).not.toBe(send)
    const { timeline, calls, keys } = await stream.next()
    expect(timeline?.map(({ text }) => text)).toEqual([
      'closed → forced-open (manual: maintenance)',
      'forced-open → closed (manual)',
    ])
    expect(keys?.[0]?.history.map(([, state]) => state)).toEqual(['forced-open', 'closed'])
    expect(calls).toEqual([])
    await stream.cancel()
    expect(Policy.prototype.send).toBe(send)
    expect(policy.events.hearsCalls).toBe(false)
    tools.close()
    policy.forceOpen('nobody listens any more')
    expect(policy.events.hears('breaker-changed')).toBe(false)
  })
})

describe('calls', () => {
  test('are listed while under way and afterwards, with their explanation, also those of another view', async () => {
    const clock = createTestClock()
    const policy = somePolicy()
    const view = policy.with({ retry: { maxRetries: 0 } })
    const tools = someTools({ policies: [policy], clock })
    const stream = framesOf(await ask(tools, '/devtools/events'))
    await stream.next()
    let finish = (_value: unknown): void => undefined
    const pending = view.execute(() => new Promise((resolve) => (finish = resolve)))
    await clock.advance(250)
    const during = await stream.next()
    expect(during.inFlight).toMatchObject({ count: 1, calls: [{ policy: policy.name, method: 'CALL' }] })
    finish('done')
    expect(await pending).toBe('done')
    const error: unknown = await view
      .execute(() => Promise.reject(failing), { idempotent: true })
      .catch((thrown: unknown) => thrown)
    expect(error).toBe(failing)
    await clock.advance(250)
    const after = await stream.next()
    expect(after.inFlight?.count).toBe(0)
    expect(after.calls?.map(({ outcome }) => outcome)).toEqual(['success', 'failure'])
    expect(after.calls?.[1]).toMatchObject({ attempts: 1, code: 'connection-refused' })
    expect(after.calls?.[1]?.explain).toBe(callReport(error)?.explain())
    expect(after.traffic).toMatchObject([{ success: 1, failure: 1 }])
    await stream.cancel()
    tools.close()
  })

  test('a rejection nobody handles stays one', async () => {
    const policy = somePolicy()
    const tools = someTools({ policies: [policy] })
    const stream = framesOf(await ask(tools, '/devtools/events'))
    await stream.next()
    const unhandled: unknown[] = []
    const listeners = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    process.on('unhandledRejection', (reason) => unhandled.push(reason))
    void policy.execute(() => Promise.reject(failing), { retry: false })
    await new Promise((resolve) => setTimeout(resolve, 20))
    process.removeAllListeners('unhandledRejection')
    for (const listener of listeners) process.on('unhandledRejection', listener)
    expect(unhandled).toEqual([failing])
    await stream.cancel()
    tools.close()
  })

  test('a flood is cut to a few a beat, and trouble is not washed away', async () => {
    const clock = createTestClock()
    const policy = somePolicy()
    const tools = someTools({ policies: [policy], clock })
    const stream = framesOf(await ask(tools, '/devtools/events'))
    await stream.next()
    await policy.execute(() => Promise.reject(failing), { retry: false }).catch(() => undefined)
    await Promise.all(Array.from({ length: 1_000 }, () => policy.execute(() => 1)))
    await clock.advance(250)
    const { calls, traffic } = await stream.next()
    expect(calls).toHaveLength(25)
    expect(calls?.filter(({ outcome }) => outcome === 'failure')).toHaveLength(1)
    expect(traffic).toMatchObject([{ success: 1_000, failure: 1 }])
    for (let beat = 0; beat < 20; beat += 1) {
      await Promise.all(Array.from({ length: 50 }, () => policy.execute(() => 1)))
      await clock.advance(250)
      await stream.next()
    }
    const second = framesOf(await ask(tools, '/devtools/events'))
    const full = await second.next()
    expect(full.calls?.filter(({ outcome }) => outcome === 'failure')).toHaveLength(1)
    expect(full.calls?.length).toBeLessThanOrEqual(200)
    await Promise.all([stream.cancel(), second.cancel()])
    tools.close()
  })
})

describe('bounds', () => {
  test('of a thousand keys the most troubled are shown, the rest is counted', async () => {
    const policy = somePolicy()
    const tools = someTools({ policies: [policy] })
    for (let key = 0; key < 200; key += 1) await policy.execute(() => 1, { key: `https://host-${key}.example` })
    policy.forceOpen('maintenance', { key: 'https://host-7.example' })
    const stream = framesOf(await ask(tools, '/devtools/events'))
    const { keys, hiddenKeys } = await stream.next()
    expect(keys).toHaveLength(60)
    expect(hiddenKeys).toBe(140)
    expect(keys?.[0]).toMatchObject({ label: 'https://host-7.example', breaker: { state: 'forced-open' } })
    await stream.cancel()
    tools.close()
  })

  test('a gate that closes again and again is one line, and the timeline keeps 500', async () => {
    const policy = somePolicy()
    const tools = someTools({ policies: [policy] })
    for (let time = 0; time < 50; time += 1)
      policy.events.emit('gate-closed', { key: 'k', forMs: 100, reason: 'pushback' })
    for (let time = 0; time < 600; time += 1)
      policy.events.emit('budget-exhausted', { key: 'k', tokens: time, reason: 'spent' })
    const stream = framesOf(await ask(tools, '/devtools/events'))
    const { timeline } = await stream.next()
    expect(timeline).toHaveLength(500)
    policy.events.emit('gate-closed', { key: 'k', forMs: 100, reason: 'pushback' })
    await stream.cancel()
    const second = framesOf(await ask(tools, '/devtools/events'))
    expect((await second.next()).timeline?.at(-1)).toMatchObject({ kind: 'gate-closed', times: 1 })
    await second.cancel()
    tools.close()
  })
})

describe('what else is shown', () => {
  test('errors by fingerprint, and alerts as they begin and end', async () => {
    const clock = createTestClock()
    const monitor = createMonitor({
      clock,
      thresholds: [{ name: 'database', matches: () => true, count: 2, withinMs: 60_000 }],
    })
    const tools = someTools({ monitor, clock })
    monitor.error(new Error('first'))
    const stream = framesOf(await ask(tools, '/devtools/events'))
    const full = await stream.next()
    expect(full.monitor).toMatchObject({ groups: [{ count: 1 }], alerts: [] })
    await clock.advance(2_000)
    for (let time = 0; time < 5; time += 1) monitor.error(new Error('first'))
    await clock.advance(2_000)
    monitor.error(new Error('first'))
    await clock.advance(1_000)
    const frames = [await stream.next(), await stream.next()]
    const texts = frames.flatMap(({ timeline = [] }) => timeline.map(({ text }) => text))
    expect(frames.findLast(({ monitor: seen }) => seen !== undefined)?.monitor?.alerts[0]).toMatchObject({
      kind: 'threshold',
      subject: 'database',
    })
    expect(texts[0]).toMatch(/^threshold: database/)
    await stream.cancel()
    tools.close()
  })

  test('facts of an unknown strategy are shown without secrets', async () => {
    const ownStrategy = defineStrategy('audit', (env) => {
      const cellOf = env.cell(() => ({ health: () => ({ depth: 3, apiKey: 'sk_live_51planted0secret', nested: {} }) }))
      return (next) => (call) => {
        cellOf(call)
        return next(call)
      }
    })
    const policy = createPolicy({ name: 'audited', strategies: [ownStrategy({}), retry()] })
    await policy.execute(() => 1)
    const tools = someTools({ policies: [policy] })
    const stream = framesOf(await ask(tools, '/devtools/events'))
    expect((await stream.next()).keys?.[0]?.others).toEqual(['audit: depth 3, apiKey [redacted]'])
    await stream.cancel()
    tools.close()
    policy.close()
  })
})
