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
