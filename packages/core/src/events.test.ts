import { channel } from 'node:diagnostics_channel'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createEngine } from '../test/engine.ts'
import { Emitter, onPolicyEvent } from './events.ts'
import { retry } from './strategies/retry.ts'
import { serverGate } from './strategies/server-gate.ts'
import { recordEvents } from './testing/record-events.ts'

const STOPPED = { key: 'k', attempts: 1, reason: 'attempts', failure: 'http-503' } as const

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('Emitter', () => {
  it('delivers an event with its name and the policy to every listener of that name', () => {
    const emitter = new Emitter('etsy')
    const [first, second, other] = [vi.fn(), vi.fn(), vi.fn()]
    emitter.on('retry-stopped', first)
    emitter.on('retry-stopped', second)
    emitter.on('budget-exhausted', other)
    emitter.emit('retry-stopped', STOPPED)
    const event = { type: 'retry-stopped', policy: 'etsy', ...STOPPED }
    expect(first).toHaveBeenCalledExactlyOnceWith(event)
    expect(second).toHaveBeenCalledExactlyOnceWith(event)
    expect(other).not.toHaveBeenCalled()
  })

  it('stops by the returned function and by off', () => {
    const emitter = new Emitter('etsy')
    const listener = vi.fn()
    const stop = emitter.on('retry-stopped', listener)
    expect(emitter.hears('retry-stopped')).toBe(true)
    stop()
    emitter.on('retry-stopped', listener)
    emitter.off('retry-stopped', listener)
    emitter.emit('retry-stopped', STOPPED)
    expect(listener).not.toHaveBeenCalled()
    expect(emitter.hears('retry-stopped')).toBe(false)
  })

  it('calls a listener once, however often it was added', () => {
    const emitter = new Emitter('etsy')
    const listener = vi.fn()
    emitter.on('retry-stopped', listener)
    emitter.on('retry-stopped', listener)
    emitter.emit('retry-stopped', STOPPED)
    expect(listener).toHaveBeenCalledTimes(1)
  })

  it('reports a listener that throws, by an event, and goes on', () => {
    const emitter = new Emitter('etsy')
    const broken = new Error('logger is down')
    const [after, failed] = [vi.fn(), vi.fn()]
    emitter.on('retry-stopped', () => {
      throw broken
    })
    emitter.on('retry-stopped', after)
    emitter.on('listener-failed', failed)
    emitter.emit('retry-stopped', STOPPED)
    expect(after).toHaveBeenCalledTimes(1)
    expect(failed).toHaveBeenCalledExactlyOnceWith({
      type: 'listener-failed',
      policy: 'etsy',
      event: 'retry-stopped',
      errorName: 'Error',
      reason: 'threw',
    })
    expect((failed.mock.calls[0]?.[0] as { error: unknown }).error).toBe(broken)
  })

  it('does not report a failing reporter for ever', () => {
    const emitter = new Emitter('etsy')
    const failed = vi.fn(() => {
      throw new Error('this too')
    })
    emitter.on('listener-failed', failed)
    emitter.on('retry-stopped', () => {
      throw new Error('logger is down')
    })
    expect(() => {
      emitter.emit('retry-stopped', STOPPED)
    }).not.toThrow()
    expect(failed).toHaveBeenCalledTimes(1)
  })

  it('forgets all listeners when cleared', () => {
    const emitter = new Emitter('etsy')
    const listener = vi.fn()
    emitter.on('retry-stopped', listener)
    emitter.clear()
    emitter.emit('retry-stopped', STOPPED)
    expect(listener).not.toHaveBeenCalled()
  })

  it('publishes on the diagnostics channel where somebody subscribed', () => {
    const emitter = new Emitter('etsy')
    const messages: unknown[] = []
    const subscriber = (message: unknown): void => void messages.push(message)
    expect(emitter.hears('budget-exhausted')).toBe(false)
    channel('holdfast:budget-exhausted').subscribe(subscriber)
    expect(emitter.hears('budget-exhausted')).toBe(true)
    emitter.emit('budget-exhausted', { key: 'k', tokens: 0, reason: 'spent' })
    channel('holdfast:budget-exhausted').unsubscribe(subscriber)
    emitter.emit('budget-exhausted', { key: 'k', tokens: 0, reason: 'spent' })
    expect(messages).toEqual([{ type: 'budget-exhausted', policy: 'etsy', key: 'k', tokens: 0, reason: 'spent' }])
  })

  it.each([undefined, {}, { getBuiltinModule: () => undefined }])(
    'works where there are no channels: process is %o',
    (runtime) => {
      vi.stubGlobal('process', runtime)
      const emitter = new Emitter('etsy')
      const listener = vi.fn()
      emitter.on('retry-stopped', listener)
      emitter.emit('retry-stopped', STOPPED)
      expect(listener).toHaveBeenCalledTimes(1)
      expect(emitter.hears('budget-exhausted')).toBe(false)
    },
  )
})

describe('events of a call', () => {
  it('tell its story, each with a reason', async () => {
    const engine = createEngine([retry({ maxRetries: 1 })], [503, { status: 200, afterMs: 7 }])
    const events = recordEvents(engine.policy, 'attempt-ended', 'retry-scheduled', 'retry-stopped', 'call-ended')
    await engine.outcome({ method: 'put' })
    const common = { policy: 'test', key: 'https://api.example' }
    expect(events).toEqual([
      { ...common, type: 'attempt-ended', method: 'PUT', attempt: 1, durationMs: 0, status: 503, reason: 'http-503' },
      {
        ...common,
        type: 'retry-scheduled',
        attempt: 2,
        delayMs: 50,
        reason: 'http-503',
        isPushback: false,
        isTransparent: false,
      },
      { ...common, type: 'attempt-ended', method: 'PUT', attempt: 2, durationMs: 7, status: 200, reason: undefined },
      {
        ...common,
        type: 'call-ended',
        method: 'PUT',
        outcome: 'success',
        attempts: 2,
        durationMs: 57,
        reason: undefined,
      },
    ])
  })

  it('name the outcome of a call', async () => {
    const engine = createEngine([retry({ maxRetries: 0 })], [404, 'hang'])
    const ended = recordEvents(engine.policy, 'call-ended')
    await engine.outcome()
    const caller = new AbortController()
    const aborted = engine.call({ signal: caller.signal }).catch(() => undefined)
    caller.abort()
    await aborted
    expect(ended).toMatchObject([
      { outcome: 'failure', reason: 'http-404', attempts: 1 },
      { outcome: 'aborted', reason: 'caller-aborted', attempts: 1 },
    ])
  })

  it('cost no call its result when a listener throws', async () => {
    const engine = createEngine([retry()], [503, 200])
    for (const name of ['attempt-ended', 'retry-scheduled', 'call-ended'] as const) {
      engine.policy.on(name, () => {
        throw new Error('bug in a listener')
      })
    }
    expect(await engine.outcome()).toMatchObject({ status: 200 })
  })
})

describe('an event object', () => {
  it('is frozen, its quotas too, and says nothing of partitions', async () => {
    const headers = { ratelimit: '"a";r=1;t=9;pk=:c2VjcmV0:', 'ratelimit-policy': '"a";q=5;w=10;pk=:c2VjcmV0:' }
    const engine = createEngine([retry(), serverGate()], [{ status: 200, headers }])
    const [events, quotas] = [
      recordEvents(engine.policy, 'call-ended', 'attempt-ended'),
      recordEvents(engine.policy, 'quota-observed'),
    ]
    await engine.outcome()
    expect([...events, ...quotas].map((event) => Object.isFrozen(event))).toEqual([true, true, true])
    expect(quotas[0]?.quotas.map((quota) => Object.isFrozen(quota))).toEqual([true])
    expect(quotas[0]?.quotas).toEqual([
      { name: 'a', limit: 5, remaining: 1, resetAfterMs: 9_000, windowMs: 10_000, unit: 'requests' },
    ])
  })

  it('keeps what a listener threw off whatever logs the event', () => {
    const emitter = new Emitter('etsy')
    const failed = vi.fn()
    const thrown = Object.assign(new TypeError('x'), { config: { headers: { Authorization: 'Bearer S3CR3T' } } })
    emitter.on('listener-failed', failed)
    emitter.on('retry-stopped', () => {
      throw thrown
    })
    emitter.emit('retry-stopped', STOPPED)
    const event = failed.mock.calls[0]?.[0] as { error: unknown }
    expect(event).toMatchObject({ type: 'listener-failed', event: 'retry-stopped', errorName: 'TypeError' })
    expect(event.error).toBe(thrown)
    expect(Object.keys(event)).not.toContain('error')
  })
})

describe.each(['node', 'elsewhere'])('onPolicyEvent, %s', (where) => {
  it('hears all policies, contains what listeners throw and stops', () => {
    if (where === 'elsewhere') vi.stubGlobal('process', undefined)
    const heard: string[] = []
    const failed: unknown[] = []
    const stops = [
      onPolicyEvent('budget-exhausted', ({ policy }) => heard.push(policy)),
      onPolicyEvent('budget-exhausted', () => {
        throw new RangeError('bug')
      }),
      onPolicyEvent('listener-failed', ({ policy, event, errorName }) => {
        failed.push([policy, event, errorName])
        throw new Error('and another')
      }),
    ]
    const emitters = [new Emitter('etsy'), new Emitter('spotify')]
    for (const emitter of emitters) {
      expect(emitter.hears('budget-exhausted')).toBe(true)
      emitter.emit('budget-exhausted', { key: 'k', tokens: 0, reason: 'spent' })
    }
    expect(heard).toEqual(['etsy', 'spotify'])
    expect(failed).toEqual([
      ['etsy', 'budget-exhausted', 'RangeError'],
      ['spotify', 'budget-exhausted', 'RangeError'],
    ])
    for (const stop of stops) stop()
    expect(emitters.map((emitter) => emitter.hears('budget-exhausted'))).toEqual([false, false])
  })
})
