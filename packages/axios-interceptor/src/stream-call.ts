import { HoldfastError, type Attempt } from '@holdfast/core'
import type { AxiosResponse } from 'axios'
import { AxiosCall, responseOf } from './axios-call.ts'
import { AxiosHead } from './axios-head.ts'
import { drainOrDestroy } from './response-stream.ts'
import { guardStream, type StreamGuard } from './stream-guard.ts'
import { timeoutError } from './timeout-error.ts'

/**
 * A call with `responseType: 'stream'`: its body arrives after it was handed over, or holds a socket when it is not.
 *
 * Every other response was read to its end before the adapter settled.
 */
export class StreamCall extends AxiosCall {
  #attempt: Attempt | undefined = undefined
  #isBodyOpen = false

  override send(attempt: Attempt): Promise<unknown> {
    this.#attempt = attempt
    return super.send(attempt)
  }

  discard(value: unknown, isError: boolean): Promise<void> | undefined {
    const response = responseOf(value, isError)
    if (this.#attempt === undefined || response === undefined) return undefined
    const contentLength = Number(new AxiosHead(response).header('content-length'))
    return drainOrDestroy(response.data, contentLength, this.#attempt.call.clock)
  }

  guardBody(value: unknown, attempt: Attempt, ended: () => void): boolean {
    return this.#guard(value as AxiosResponse, attempt, ended) !== undefined
  }

  protected override errorFor(error: unknown): unknown {
    const handed = super.errorFor(error)
    const response = responseOf(handed, true)
    if (response !== undefined && this.#attempt !== undefined) this.#guardErrorBody(response, this.#attempt)
    return handed
  }

  protected override close(): void {
    super.close(!this.#isBodyOpen)
  }

  #guard(response: AxiosResponse, attempt: Attempt, ended: () => void): StreamGuard | undefined {
    const { policy, key } = attempt.call
    const guard = guardStream(response, {
      attempt,
      ended: () => {
        this.cancellation.release()
        ended()
      },
      errorOf: (code) => {
        const limit = new HoldfastError(code, { policy, key, detail: 'while the body was arriving' })
        return timeoutError(this.copy, limit, this.config)
      },
    })
    this.#isBodyOpen = guard !== undefined
    return guard
  }

  // The attempt of an error has let go of the caller's signal already.
  #guardErrorBody(response: AxiosResponse, attempt: Attempt): void {
    const { signal } = this
    const onAbort = (): void => {
      guard?.abort(new this.copy.CanceledError(undefined, this.config))
    }
    const guard = this.#guard(response, attempt, () => signal?.removeEventListener('abort', onAbort))
    if (guard !== undefined) signal?.addEventListener('abort', onAbort, { once: true })
  }
}
