import type { KyFetch, KyOptions } from './ky-options.ts'

/** The options of a call of ky 1, of which its `fetch` option is a method. */
export interface NormalizedOptions extends KyOptions {
  retry: { shouldRetry?: unknown }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** What ky 1 has for `this` in its `fetch` option: the options of the one call, which are its own to change. */
export const optionsOfKy1 = (self: unknown): NormalizedOptions | undefined =>
  isObject(self) &&
  Object.hasOwn(self, 'prefixUrl') &&
  isObject((self as KyOptions).retry) &&
  Object.hasOwn((self as NormalizedOptions).retry, 'afterStatusCodes')
    ? (self as NormalizedOptions)
    : undefined

// ky 2 makes an object of exactly these two for the attempt it times.
const isTimedByKy2 = (self: unknown): boolean =>
  isObject(self) && Object.keys(self).length === 2 && typeof (self as KyOptions).timeout === 'number'

/** Whether ky itself called its `fetch` option, with a timer of its own beside it. */
export const isTimedByKy = (self: unknown, fetch: KyFetch): boolean =>
  (isTimedByKy2(self) || typeof optionsOfKy1(self)?.timeout === 'number') && (self as KyOptions).fetch === fetch

/**
 * Ends ky's timer of the attempt as soon as it has begun: the policy times every attempt itself.
 *
 * ky puts `.then(resolve).catch(reject).then(clearTimer)` on what its `fetch` option returns (`source/utils/timeout.ts`,
 * the same text from 1.13.0 to 2.1.0). The third link runs at once here. Were ky to change, its timer would bound all
 * attempts together. The option `timeout` itself stays as it is, so that ky bounds the reading of bodies by it as ever.
 */
export const withoutKysTimer = <Value>(sending: Promise<Value>): Promise<Value> => {
  const define = (target: object, method: 'then' | 'catch', value: unknown): void => {
    Object.defineProperty(target, method, { configurable: true, writable: true, value })
  }
  const then = sending.then.bind(sending)
  define(sending, 'then', (...handlers: Parameters<typeof then>) => {
    const settled = then(...handlers)
    const recover = settled.catch.bind(settled)
    define(settled, 'catch', (onRejected: Parameters<typeof recover>[0]) => {
      const last = recover(onRejected)
      const follow = last.then.bind(last)
      define(last, 'then', (clearTimer: () => void) => {
        clearTimer()
        return follow()
      })
      return last
    })
    return settled
  })
  return sending
}
