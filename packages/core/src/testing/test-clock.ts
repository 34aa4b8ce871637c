import { systemClock, type Clock, type TimerHandle } from '../clock.ts'

/** A clock that moves only when a test says so. */
export interface TestClock extends Clock {
  /** Moves time on, fires what comes due in order and lets everything awaiting it run. */
  readonly advance: (ms: number) => Promise<void>
  /** Moves time without firing anything until the next `advance`, as a sleeping machine does; negative moves the wall clock back. */
  readonly jump: (ms: number) => void
  /** Lets pending promise callbacks run without moving time. */
  readonly settle: () => Promise<void>
  /** Advances from timer to timer until `promise` settles. */
  readonly run: <Result>(promise: Promise<Result>) => Promise<Result>
  readonly pendingTimers: number
}

interface TestTimer {
  readonly dueMs: number
  readonly order: number
  readonly callback: () => void
}

const START_WALL_MS = Date.UTC(2026, 0, 1)

// One macrotask: every microtask queued so far, and those they queue, run before it.
const macrotask = (): Promise<void> =>
  new Promise((resolve) => {
    const { setImmediate: immediate } = globalThis as { setImmediate?: (callback: () => void) => void }
    if (immediate === undefined) systemClock.setTimer(resolve, 0)
    else immediate(resolve)
  })

/**
 * A virtual clock for `createPolicy({ clock })` and `policy.fork({ clock })`.
 *
 * @param options.wallMs - Epoch ms at the start. Default 2026-01-01T00:00:00Z.
 * @param options.nowMs - Monotonic ms at the start. Default 0.
 */
export const createTestClock = (options: { readonly wallMs?: number; readonly nowMs?: number } = {}): TestClock => {
  let nowMs = options.nowMs ?? 0
  let wallOffsetMs = (options.wallMs ?? START_WALL_MS) - nowMs
  let order = 0
  const timers = new Set<TestTimer>()

  const nextTimer = (untilMs: number): TestTimer | undefined => {
    let next: TestTimer | undefined
    for (const timer of timers) {
      if (timer.dueMs > untilMs) continue
      if (next === undefined || timer.dueMs < next.dueMs || (timer.dueMs === next.dueMs && timer.order < next.order))
        next = timer
    }
    return next
  }

  const fireNext = async (untilMs: number): Promise<boolean> => {
    const timer = nextTimer(untilMs)
    if (timer === undefined) return false
    timers.delete(timer)
    nowMs = Math.max(nowMs, timer.dueMs)
    timer.callback()
    await macrotask()
    return true
  }

  return {
    now: () => nowMs,
    wall: () => nowMs + wallOffsetMs,
    setTimer(callback, delayMs): TimerHandle {
      const timer: TestTimer = { dueMs: nowMs + Math.max(0, delayMs), order: (order += 1), callback }
      timers.add(timer)
      return timer
    },
    clearTimer(handle) {
      timers.delete(handle as TestTimer)
    },
    async advance(ms) {
      const untilMs = nowMs + ms
      await macrotask()
      while (await fireNext(untilMs));
      nowMs = Math.max(nowMs, untilMs)
    },
    jump(ms) {
      // The monotonic clock never runs back; only the wall clock can.
      if (ms >= 0) nowMs += ms
      else wallOffsetMs += ms
    },
    settle: macrotask,
    async run(promise) {
      const state = { isSettled: false }
      const settled = (): void => {
        state.isSettled = true
      }
      promise.then(settled, settled)
      await macrotask()
      while (!state.isSettled && (await fireNext(Infinity)));
      if (!state.isSettled) throw new Error('The promise waits for something that is not on the test clock.')
      return promise
    },
    get pendingTimers() {
      return timers.size
    },
  }
}
