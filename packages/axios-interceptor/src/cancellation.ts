import type { CancelToken, InternalAxiosRequestConfig } from 'axios'
import type { AxiosCopy } from './axios-copy.ts'

/** The caller's wish to stop, from `signal`, `cancelToken` or both, as one signal. */
export interface Cancellation {
  readonly signal: AbortSignal | undefined
  /** Takes every listener away; the signal does not abort any more. */
  release(): void
}

const NONE: Cancellation = { signal: undefined, release() {} }

/** Follows a cancel token, and a signal beside it, with a signal of its own. */
class LinkedCancellation implements Cancellation {
  readonly #controller = new AbortController()
  readonly #token: CancelToken
  readonly #callers: AbortSignal | undefined
  readonly #onCancel: (reason: unknown) => void
  readonly #onAbort: () => void

  constructor(token: CancelToken, callers: AbortSignal | undefined) {
    this.#token = token
    this.#callers = callers
    this.#onCancel = (reason) => {
      this.#controller.abort(reason)
    }
    this.#onAbort = () => {
      this.#controller.abort(callers?.reason)
    }
    if (callers?.aborted === true) this.#onAbort()
    else callers?.addEventListener('abort', this.#onAbort, { once: true })
    token.subscribe(this.#onCancel)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  release(): void {
    this.#callers?.removeEventListener('abort', this.#onAbort)
    this.#token.unsubscribe(this.#onCancel)
  }
}

/** The caller's signal itself where there is no cancel token, so that nothing is made in vain. */
export const cancellationOf = (config: InternalAxiosRequestConfig): Cancellation => {
  const { cancelToken } = config
  const signal = config.signal as AbortSignal | undefined
  if (cancelToken) return new LinkedCancellation(cancelToken, signal ?? undefined)
  return signal ? { signal, release() {} } : NONE
}

/** Whether the caller has stopped the call before anything of it was sent. */
export const isCancelled = (config: InternalAxiosRequestConfig): boolean =>
  config.signal?.aborted === true || config.cancelToken?.reason !== undefined

/** What axios throws for such a call; a cancel token's own reason keeps its message. */
export const cancellationError = (copy: AxiosCopy, config: InternalAxiosRequestConfig): Error =>
  (config.cancelToken?.reason as Error | undefined) ?? new copy.CanceledError(undefined, config)

/** Whether the adapter itself says that the call was cancelled, with the words of the token if there are any. */
export const isCancelError = (error: unknown, tokenReason?: unknown): boolean => {
  const found = error as { __CANCEL__?: unknown; message?: unknown } | null | undefined
  const told = tokenReason as { message?: unknown } | undefined
  return found?.__CANCEL__ === true && (told === undefined || found.message === told.message)
}
