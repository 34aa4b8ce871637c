import type { Clock } from '../clock.ts'

/** Waits for foreign work at most this long; what is ready at once costs no timer. What comes too late is dropped. */
export const within = async <Result>(
  clock: Clock,
  limitMs: number,
  work: () => Result | Promise<Result>,
): Promise<Result> => {
  const given = work()
  if (typeof (given as Partial<Promise<Result>> | undefined)?.then !== 'function') return given
  return new Promise<Result>((resolve, reject) => {
    const timer = clock.setTimer(() => {
      reject(new Error(`the store took longer than ${limitMs} ms`))
    }, limitMs)
    const ended = (): void => {
      clock.clearTimer(timer)
    }
    Promise.resolve(given).then(resolve, reject).finally(ended)
  })
}
