import { onAbort } from './abort.ts'
import type { Clock } from './clock.ts'

/**
 * Waits until `clock.now()` has advanced by `delayMs`; resolves to false as soon as `signal` aborts.
 *
 * The timer keeps the process alive: somebody awaits the call it belongs to.
 */
export const sleep = (clock: Clock, delayMs: number, signal?: AbortSignal): Promise<boolean> => {
  if (signal?.aborted === true) return Promise.resolve(false)
  if (delayMs <= 0) return Promise.resolve(true)
  return new Promise((resolve) => {
    let unlink: (() => void) | undefined
    const timer = clock.setTimer(() => {
      unlink?.()
      resolve(true)
    }, delayMs)
    if (signal !== undefined) {
      unlink = onAbort(signal, () => {
        clock.clearTimer(timer)
        unlink?.()
        resolve(false)
      })
    }
  })
}
