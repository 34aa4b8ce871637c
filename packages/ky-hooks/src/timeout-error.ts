import { isHoldfastError, type HoldfastError } from '@holdfast/core'

/** ky's `TimeoutError` class. */
export type TimeoutErrorClass = new (request: Request) => Error

/** For want of ky's own class; `isTimeoutError` and `isKyError` of ky go by the name. */
class TimeoutErrorLikeKy extends Error {
  override readonly name = 'TimeoutError'
  readonly isKyError = true
  readonly request: Request

  constructor(request: Request) {
    super(`Request timed out: ${request.method} ${new URL(request.url).origin}`)
    this.request = request
  }
}

let installed: Promise<TimeoutErrorClass> | undefined

// Only when a limit has run out: until then nothing here needs ky, and the app has loaded it long ago.
const installedClass = (): Promise<TimeoutErrorClass> =>
  (installed ??= import('ky').then(
    (ky) => ky.TimeoutError,
    () => TimeoutErrorLikeKy,
  ))

/** Whether the policy gave up because its time ran out, and not because it refused. */
const isTimeLimit = (error: unknown): error is HoldfastError =>
  isHoldfastError(error) && (error.code === 'attempt-timeout' || error.code === 'deadline-exceeded')

/** What ky gets for an error of the policy: ky's own word for a time limit, everything else as it is. */
export const errorForKy = async (
  error: unknown,
  input: string | URL | Request,
  given: TimeoutErrorClass | undefined,
): Promise<unknown> => {
  if (!isTimeLimit(error)) return error
  const TimeoutError = given ?? (await installedClass())
  const timeout = new TimeoutError(input instanceof Request ? input : new Request(input))
  Object.defineProperty(timeout, 'cause', { value: error, writable: true, enumerable: false, configurable: true })
  return timeout
}
