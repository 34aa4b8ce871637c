import { describe, expect, it } from 'vitest'
import { countingSignal } from '../test/counting-signal.ts'
import { sleep } from './sleep.ts'
import { createTestClock } from './testing/test-clock.ts'

describe('sleep', () => {
  it('waits for the delay and not a moment less', async () => {
    const clock = createTestClock()
    let awake: boolean | undefined
    void sleep(clock, 100).then((value) => (awake = value))
    await clock.advance(99.9)
    expect(awake).toBeUndefined()
    await clock.advance(0.1)
    expect(awake).toBe(true)
  })

  it.each([0, -5])('does not wait for %d ms', async (delayMs) => {
    const clock = createTestClock()
    expect(await sleep(clock, delayMs)).toBe(true)
    expect(clock.pendingTimers).toBe(0)
  })

  it('does not start when the signal has aborted', async () => {
    const clock = createTestClock()
    const caller = countingSignal()
    caller.abort()
    expect(await sleep(clock, 100, caller.signal)).toBe(false)
    expect(await sleep(clock, 0, caller.signal)).toBe(false)
    expect(clock.pendingTimers).toBe(0)
    expect(caller.listeners).toBe(0)
  })

  it('ends at the abort and leaves neither timer nor listener', async () => {
    const clock = createTestClock()
    const caller = countingSignal()
    const sleeping = sleep(clock, 100, caller.signal)
    expect(caller.listeners).toBe(1)
    caller.abort()
    expect(await sleeping).toBe(false)
    expect(clock.pendingTimers).toBe(0)
    expect(caller.listeners).toBe(0)
  })

  it('takes its listener away when time is up, so that a late abort changes nothing', async () => {
    const clock = createTestClock()
    const caller = countingSignal()
    const sleeping = sleep(clock, 100, caller.signal)
    await clock.advance(100)
    expect(caller.listeners).toBe(0)
    caller.abort()
    expect(await sleeping).toBe(true)
  })
})
