/** A handle returned by {@link Clock.setTimer}; opaque to everyone but the clock that made it. */
export type TimerHandle = object | number

/**
 * The only source of time in the engine.
 *
 * `now` is monotonic milliseconds for durations; `wall` is epoch milliseconds and is used for HTTP dates alone.
 */
export interface Clock {
  readonly now: () => number
  readonly wall: () => number
  /**
   * Runs `callback` once, never before `now()` has advanced by `delayMs`.
   *
   * @param keepAlive - Whether the pending timer keeps the process running. Default true.
   */
  setTimer(callback: () => void, delayMs: number, keepAlive?: boolean): TimerHandle
  clearTimer(handle: TimerHandle): void
}

// A longer delay fires at once on Node, Deno and Bun, so longer waits are chained.
const LONGEST_TIMER_MS = 2 ** 31 - 1

interface SystemTimer {
  callback: () => void
  dueAtMs: number
  keepAlive: boolean
  native: ReturnType<typeof setTimeout> | undefined
}

let lastNowMs = 0
const now = (): number => {
  const readMs = performance.now()
  return readMs > lastNowMs ? (lastNowMs = readMs) : lastNowMs
}

const letGo = (native: ReturnType<typeof setTimeout>): void => {
  // Browsers and Workers return a number.
  if (typeof native === 'object') (native as { unref?(): void }).unref?.()
}

// Node keeps a list a duration and drops it with its last timer, so that a lone timer pays for a list each time: with
// another one beside it setting and clearing takes 160 ns, without 560 ns. Limits of attempts are what repeats.
const platformTimer = globalThis.setTimeout
const keptLists = new Set<number>()
const MOST_KEPT_LISTS = 8
const SHORTEST_KEPT_MS = 1_000

const keepList = (durationMs: number): void => {
  if (durationMs < SHORTEST_KEPT_MS || keptLists.has(durationMs) || keptLists.size >= MOST_KEPT_LISTS) return
  // Somebody's virtual timers are counted, and shall not show a timer that nobody set.
  if (globalThis.setTimeout !== platformTimer) return
  keptLists.add(durationMs)
  letGo(setTimeout(() => keptLists.delete(durationMs), durationMs))
}

const arm = (timer: SystemTimer, delayMs: number): void => {
  const nativeMs = Math.min(Math.ceil(delayMs), LONGEST_TIMER_MS)
  const native = setTimeout(fire, nativeMs, timer)
  timer.native = native
  if (!timer.keepAlive) letGo(native)
  // Browsers, whose timers are numbers, need no such help.
  if (nativeMs === delayMs && typeof native === 'object') keepList(nativeMs)
}

// Node fires up to 1 ms early in about 1 % of waits: the rest is waited for.
const fire = (timer: SystemTimer): void => {
  const restMs = timer.dueAtMs - now()
  if (restMs > 0) arm(timer, restMs)
  else timer.callback()
}

/** The clock of the running process; it holds no state of its own but the last reading. */
export const systemClock: Clock = {
  now,
  wall: () => Date.now(),
  setTimer(callback, delayMs, keepAlive = true) {
    const timer: SystemTimer = { callback, dueAtMs: now() + delayMs, keepAlive, native: undefined }
    arm(timer, delayMs)
    return timer
  },
  clearTimer(handle) {
    clearTimeout((handle as SystemTimer).native)
  },
}
