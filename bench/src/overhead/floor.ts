import type { Run } from './measure.ts'

/*
 * What an application would write by hand with the same duties and no options: the yardstick below which no library
 * can be expected to get.
 */

const RETRIES = 2
const OPEN_MS = 5_000
const WINDOW_MS = 10_000

interface Breaker {
  failures: number
  calls: number
  windowEndsMs: number
  openUntilMs: number
}

const admit = (breaker: Breaker): void => {
  const nowMs = performance.now()
  if (nowMs >= breaker.windowEndsMs) {
    breaker.failures = breaker.calls = 0
    breaker.windowEndsMs = nowMs + WINDOW_MS
  }
  if (nowMs < breaker.openUntilMs) throw new Error('open')
  breaker.calls += 1
}

const fail = (breaker: Breaker): void => {
  breaker.failures += 1
  if (breaker.calls >= 50 && breaker.failures / breaker.calls >= 0.8) breaker.openUntilMs = performance.now() + OPEN_MS
}

const pause = (retry: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * 100 * 2 ** retry))

/** Retries with a windowed breaker around `work`, in one function. */
export const createFloor = (work: () => Promise<unknown>): Run => {
  const breaker: Breaker = { failures: 0, calls: 0, windowEndsMs: 0, openUntilMs: 0 }
  return async () => {
    for (let retry = 0; ; retry += 1) {
      admit(breaker)
      try {
        return await work()
      } catch (error) {
        fail(breaker)
        if (retry >= RETRIES) throw error
      }
      await pause(retry)
    }
  }
}

/** The same with a timer and a controller for every attempt. */
export const createTimedFloor = (work: (signal: AbortSignal) => Promise<unknown>, timeoutMs: number): Run => {
  const breaker: Breaker = { failures: 0, calls: 0, windowEndsMs: 0, openUntilMs: 0 }
  return async () => {
    for (let retry = 0; ; retry += 1) {
      admit(breaker)
      const controller = new AbortController()
      const timer = setTimeout(() => {
        controller.abort(new Error('timeout'))
      }, timeoutMs)
      try {
        return await work(controller.signal)
      } catch (error) {
        fail(breaker)
        if (retry >= RETRIES) throw error
      } finally {
        clearTimeout(timer)
      }
      await pause(retry)
    }
  }
}
