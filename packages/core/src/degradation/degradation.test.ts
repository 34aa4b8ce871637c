import { describe, expect, it, vi } from 'vitest'
import { MissingConfigError } from '../service-errors/kinds.ts'
import { createTestClock } from '../testing/test-clock.ts'
import { degradationHealth, degrade, type Degraded } from './degrade.ts'
import { memorySwitches, openFeatureSwitches } from './kill-switches.ts'

let count = 0
const freshName = (): string => `service-${(count += 1)}`

describe('degrade', () => {
  it('hands a success over and keeps quiet', async () => {
    const service = freshName()
    const onDegraded = vi.fn()
    expect(await degrade(() => 7, { service, fallback: 0, onDegraded, alert: onDegraded })).toBe(7)
    expect(onDegraded).not.toHaveBeenCalled()
    expect(degradationHealth()[service]).toEqual({
      degraded: false,
      inARow: 0,
      fallbacks: 0,
      calls: 1,
      lastCode: undefined,
    })
  })

  it('stands in with a value or a function of the error, and says so each time', async () => {
    const service = freshName()
    const events: Degraded[] = []
    const alert = vi.fn()
    const options = { service, onDegraded: (event: Degraded) => events.push(event), alert }
    const fail = () => Promise.reject(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }))
    expect(await degrade<unknown[]>(fail, { ...options, fallback: [] })).toEqual([])
    expect(await degrade<string>(fail, { ...options, fallback: ({ code }) => code })).toBe('service-unavailable')
    expect(events.map(({ inARow, reason }) => [inARow, reason])).toEqual([
      [1, 'error'],
      [2, 'error'],
    ])
    expect(alert).toHaveBeenCalledTimes(1)
    expect(degradationHealth()[service]).toMatchObject({ degraded: true, inARow: 2, lastCode: 'service-unavailable' })
    expect(await degrade(() => 1, { ...options, fallback: 0 })).toBe(1)
    expect(alert).toHaveBeenLastCalledWith({ service, recovered: true })
    expect(degradationHealth()[service]).toMatchObject({ degraded: false, fallbacks: 2, calls: 3 })
  })

  it('waits no longer than it is worth, and tells the work', async () => {
    const clock = createTestClock()
    let signal: AbortSignal | undefined
    const pending = degrade<string>(
      (context) => {
        signal = context.signal
        return new Promise(() => undefined)
      },
      { service: freshName(), fallback: 'cached', timeoutMs: 300, clock },
    )
    await clock.advance(299)
    expect(signal?.aborted).toBe(false)
    await clock.advance(1)
    expect(await pending).toBe('cached')
    expect(signal?.aborted).toBe(true)
  })

  it('leaves no timer and no listener behind', async () => {
    const clock = createTestClock()
    const { signal } = new AbortController()
    const removed = vi.spyOn(signal, 'removeEventListener')
    await degrade(() => 1, { service: freshName(), fallback: 0, timeoutMs: 300, clock, signal })
    expect(clock.pendingTimers).toBe(0)
    expect(removed).toHaveBeenCalledTimes(1)
  })

  it("throws the caller's own abort", async () => {
    const controller = new AbortController()
    const reason = new Error('user left')
    const options = { service: freshName(), fallback: 'cached', signal: controller.signal }
    const pending = degrade<string>(() => new Promise(() => undefined), options)
    controller.abort(reason)
    await expect(pending).rejects.toBe(reason)
    await expect(degrade<string>(() => 'never', options)).rejects.toBe(reason)
  })

  it('does not hide what must end the process', async () => {
    const fatal = new MissingConfigError(['KEY'])
    await expect(degrade(() => Promise.reject(fatal), { service: freshName(), fallback: 0 })).rejects.toBe(fatal)
  })

  it('asks its kill switch first', async () => {
    const killSwitches = memorySwitches()
    const service = freshName()
    const run = vi.fn(() => 'live')
    const reasons: string[] = []
    const options = {
      service,
      fallback: 'off',
      killSwitches,
      onDegraded: ({ reason }: Degraded) => reasons.push(reason),
    }
    killSwitches.kill(service, 'too expensive today')
    expect(await degrade(run, options)).toBe('off')
    expect(run).not.toHaveBeenCalled()
    killSwitches.revive(service)
    expect(await degrade(run, options)).toBe('live')
    expect(reasons).toEqual(['killed'])
  })

  it('outlives its listeners', async () => {
    const broken = (): never => {
      throw new Error('bug')
    }
    const options = { service: freshName(), fallback: 'saved', onDegraded: broken, alert: broken }
    expect(await degrade<string>(() => Promise.reject(new Error('x')), options)).toBe('saved')
    expect(await degrade<string>(() => 'fine', options)).toBe('fine')
  })

  it.each([
    [{ fallback: 0 }, 'option "service"'],
    [{ service: 'x' }, 'option "fallback" must be given'],
    [{ service: 'x', fallback: 0, timeoutMs: 0 }, 'option "timeoutMs"'],
    [{ service: 'x', fallback: 0, timeout: 5 }, 'unknown option "timeout"'],
  ])('refuses %j', async (options, message) => {
    await expect(degrade(() => 1, options as never)).rejects.toThrow(message)
  })

  it('keeps the state of 200 services', async () => {
    for (let index = 0; index < 250; index += 1) await degrade(() => 1, { service: `many-${index}`, fallback: 0 })
    expect(Object.keys(degradationHealth())).toHaveLength(200)
  })
})

describe('kill switches', () => {
  it('in memory want a reason', () => {
    const switches = memorySwitches()
    expect(() => {
      switches.kill('x', '')
    }).toThrow('needs a reason')
    switches.kill('x', 'why')
    expect([...switches.killed]).toEqual([['x', 'why']])
  })

  it('of OpenFeature hold the last answer and survive a broken service', async () => {
    const answers = [async () => true, () => Promise.reject(new Error('down')), async () => false]
    const asked: string[] = []
    const switches = openFeatureSwitches({
      getBooleanValue: (flag) => {
        asked.push(flag)
        return answers.shift()?.() ?? false
      },
    })
    const settle = async (): Promise<void> => {
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(switches.isKilled('tips')).toBe(false)
    expect(switches.isKilled('tips')).toBe(false)
    await settle()
    expect(asked).toEqual(['kill-tips'])
    expect(switches.isKilled('tips')).toBe(true)
    await settle()
    expect(switches.isKilled('tips')).toBe(true)
    await settle()
    expect(switches.isKilled('tips')).toBe(false)
  })

  it('of the web SDK answer at once, and follow a change', () => {
    let isOn = true
    let changed: (() => void) | undefined
    const client = {
      getBooleanValue: vi.fn((): boolean => {
        if (!isOn) throw new Error('not ready')
        return true
      }),
      addHandler: (_event: string, handler: () => void) => {
        changed = handler
      },
    }
    const switches = openFeatureSwitches(client, { flagOf: (name) => `ops.${name}` })
    expect(switches.isKilled('a')).toBe(true)
    isOn = false
    changed?.()
    expect(switches.isKilled('a')).toBe(true)
    expect(client.getBooleanValue).toHaveBeenCalledWith('ops.a', false)
  })
})
