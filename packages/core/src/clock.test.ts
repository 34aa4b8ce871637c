import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from './clock.ts'

// The platform's timers are virtual here, and `performance.now` is moved by hand so that a timer can fire early.
describe('systemClock', () => {
  let readMs = 1_000_000

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    // The clock never runs back, and its last reading outlives a test.
    readMs += 10 ** 11
    vi.spyOn(performance, 'now').mockImplementation(() => readMs)
  })

  afterEach(() => {
    vi.restoreAllMocks()
    vi.unstubAllGlobals()
    vi.useRealTimers()
  })

  const elapse = (ms: number): void => {
    readMs += ms
    vi.advanceTimersByTime(ms)
  }

  it('never runs back when the platform does', () => {
    const before = systemClock.now()
    readMs -= 5_000
    expect(systemClock.now()).toBe(before)
    readMs += 5_001
    expect(systemClock.now()).toBe(before + 1)
  })

  it('reads the wall clock as epoch milliseconds', () => {
    vi.spyOn(Date, 'now').mockReturnValue(1_234)
    expect(systemClock.wall()).toBe(1_234)
  })

  it('fires once, after the delay', () => {
    const fired = vi.fn()
    systemClock.setTimer(fired, 50)
    elapse(49)
    expect(fired).not.toHaveBeenCalled()
    elapse(1)
    elapse(100)
    expect(fired).toHaveBeenCalledTimes(1)
  })

  it('waits for the rest when the platform fires early', () => {
    const fired = vi.fn()
    systemClock.setTimer(fired, 50)
    readMs += 49.2
    vi.advanceTimersByTime(50)
    expect(fired).not.toHaveBeenCalled()
    elapse(1)
    expect(fired).toHaveBeenCalledTimes(1)
  })

  it('rounds a fractional delay up, so that it is never too short', () => {
    const delays = vi.spyOn(globalThis, 'setTimeout')
    systemClock.setTimer(() => undefined, 10.2)
    expect(delays.mock.calls[0]?.[1]).toBe(11)
  })

  it('chains a delay that the platform would fire at once', () => {
    const fired = vi.fn()
    const delays = vi.spyOn(globalThis, 'setTimeout')
    systemClock.setTimer(fired, 2 ** 31 + 500)
    expect(delays.mock.calls[0]?.[1]).toBe(2 ** 31 - 1)
    elapse(2 ** 31 - 1)
    expect(fired).not.toHaveBeenCalled()
    elapse(501)
    expect(fired).toHaveBeenCalledTimes(1)
  })

  it('clears a timer, also one that was armed again', () => {
    const fired = vi.fn()
    const handle = systemClock.setTimer(fired, 50)
    readMs += 40
    vi.advanceTimersByTime(50)
    systemClock.clearTimer(handle)
    elapse(1_000)
    expect(fired).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('keeps the process alive unless told otherwise', () => {
    const unref = vi.fn()
    vi.stubGlobal('setTimeout', () => ({ unref }))
    systemClock.setTimer(() => undefined, 10)
    expect(unref).not.toHaveBeenCalled()
    systemClock.setTimer(() => undefined, 10, false)
    expect(unref).toHaveBeenCalledTimes(1)
  })

  it('copes with timers that are numbers, or objects without unref', () => {
    vi.stubGlobal('setTimeout', () => 7)
    expect(() => systemClock.setTimer(() => undefined, 10, false)).not.toThrow()
    vi.stubGlobal('setTimeout', () => ({}))
    expect(() => systemClock.setTimer(() => undefined, 10, false)).not.toThrow()
  })
})

describe('the lists of repeated durations', () => {
  interface Native {
    readonly run: () => void
    readonly delayMs: number
    isHeld: boolean
  }

  const freshClock = async (): Promise<{ clock: typeof systemClock; natives: Native[] }> => {
    const natives: Native[] = []
    vi.stubGlobal('setTimeout', (run: (timer: unknown) => void, delayMs: number, timer: unknown) => {
      const native = { run: () => run(timer), delayMs, isHeld: true, unref: () => (native.isHeld = false) }
      natives.push(native)
      return native
    })
    vi.resetModules()
    return { clock: (await import('./clock.ts')).systemClock, natives }
  }

  afterEach(() => {
    vi.unstubAllGlobals()
    vi.resetModules()
  })

  it('are kept by one more timer, which does not keep the process', async () => {
    const { clock, natives } = await freshClock()
    for (let call = 0; call < 3; call += 1) clock.setTimer(() => undefined, 10_000)
    expect(natives.map(({ isHeld }) => isHeld)).toEqual([true, false, true, true])
    expect(natives.map(({ delayMs }) => delayMs)).toEqual([10_000, 10_000, 10_000, 10_000])
    natives[1]?.run()
    clock.setTimer(() => undefined, 10_000)
    expect(natives.slice(4).map(({ isHeld }) => isHeld)).toEqual([true, false])
  })

  it('are few, and none for short or odd durations', async () => {
    const { clock, natives } = await freshClock()
    for (const delayMs of [10, 999, 1_000.5]) clock.setTimer(() => undefined, delayMs)
    expect(natives).toHaveLength(3)
    for (let durationMs = 1_000; durationMs < 1_020; durationMs += 1) clock.setTimer(() => undefined, durationMs)
    expect(natives.filter(({ isHeld }) => !isHeld)).toHaveLength(8)
  })

  it('are left alone while somebody counts timers', async () => {
    const { clock } = await freshClock()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      clock.clearTimer(clock.setTimer(() => undefined, 10_000))
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })
})
