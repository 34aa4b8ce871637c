import { createTestClock, type TestClock } from '../src/testing/test-clock.ts'

/** A test clock that can be moved from one timer to the next. */
export interface SteppingClock extends TestClock {
  /** Advances to the moment of the next timer; not at all when there is none. */
  step(): Promise<void>
}

export const createSteppingClock = (): SteppingClock => {
  const clock = createTestClock()
  const dueMs = new Map<unknown, number>()
  const { setTimer, clearTimer } = clock
  clock.setTimer = (callback, delayMs) => {
    const handle = setTimer(() => {
      dueMs.delete(handle)
      callback()
    }, delayMs)
    dueMs.set(handle, clock.now() + Math.max(0, delayMs))
    return handle
  }
  clock.clearTimer = (handle) => {
    dueMs.delete(handle)
    clearTimer(handle)
  }
  return Object.assign(clock, {
    step: () => clock.advance(dueMs.size === 0 ? 0 : Math.max(0, Math.min(...dueMs.values()) - clock.now())),
  })
}
