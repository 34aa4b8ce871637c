import type { Attempt, TimerHandle } from '@holdfast/core'
import type { AxiosResponse } from 'axios'
import { isNodeStream, isWebStream, type NodeStream } from './response-stream.ts'

/** Which limit ended a streamed body. */
export type LimitCode = 'attempt-timeout' | 'deadline-exceeded'

/** What the guard of a streamed body needs to know and to do. */
interface StreamWatch {
  /** Whether the server has sent nothing since the last look, although somebody wants more. */
  isIdle(): boolean
  /** Ends the stream with an error for its reader. */
  cut(error: () => unknown): void
}

/** Under which attempt a body arrives, and who is told what. */
export interface GuardTerms {
  readonly attempt: Attempt
  /** Called once, when the body has settled. */
  readonly ended: () => void
  /** Makes the error the reader of the stream gets when a limit is passed. */
  readonly errorOf: (code: LimitCode) => unknown
}

interface Socket {
  readonly bytesRead: number
}

// A pause is found at most this share of its length too late.
const LOOKS_PER_PAUSE = 4

/** Holds a streamed body to the idle limit and the deadline with one timer, and reports its end once. */
export class StreamGuard {
  readonly #attempt: Attempt
  readonly #ended: () => void
  readonly #errorOf: (code: LimitCode) => unknown
  readonly #watch: StreamWatch
  #timer: TimerHandle | undefined = undefined
  #activeMs: number
  #hasEnded = false

  constructor(terms: GuardTerms, watch: StreamWatch) {
    this.#attempt = terms.attempt
    this.#ended = terms.ended
    this.#errorOf = terms.errorOf
    this.#watch = watch
    this.#activeMs = terms.attempt.call.clock.now()
    this.#arm()
  }

  /** Ends the stream before its time, because the caller wants that. */
  abort(error: unknown): void {
    this.#watch.cut(() => error)
    this.end()
  }

  end(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    if (this.#timer !== undefined) this.#attempt.call.clock.clearTimer(this.#timer)
    this.#ended()
  }

  #arm(): void {
    const { call } = this.#attempt
    if (call.hasUnboundedBody) return
    const delayMs = Math.min(call.bodyIdleMs / LOOKS_PER_PAUSE, call.remainingMs(call.clock.now()))
    if (delayMs === Infinity) return
    // The socket keeps the process alive while somebody reads; a dropped stream should not.
    this.#timer = call.clock.setTimer(
      () => {
        this.#look()
      },
      Math.max(0, delayMs),
      false,
    )
  }

  #look(): void {
    const { call } = this.#attempt
    const nowMs = call.clock.now()
    if (!this.#watch.isIdle()) this.#activeMs = nowMs
    if (nowMs >= call.deadlineAtMs) this.#cut('deadline-exceeded')
    else if (nowMs - this.#activeMs >= call.bodyIdleMs) this.#cut('attempt-timeout')
    else this.#arm()
  }

  #cut(code: LimitCode): void {
    // The reader gets our error first: the abort would make the adapter report a cancellation.
    this.#watch.cut(() => this.#errorOf(code))
    this.#attempt.cutBody(code)
    this.end()
  }
}

const socketOf = (request: unknown): Socket | undefined => {
  const { socket, session } = (request ?? {}) as { socket?: Socket | null; session?: { socket?: Socket } }
  return socket ?? session?.socket
}

// Reading, or even listening for data, would switch the mode of the stream: the socket is asked instead.
const guardNodeStream = (stream: NodeStream, request: unknown, terms: GuardTerms): StreamGuard => {
  const socket = socketOf(request)
  let seenBytes = socket?.bytesRead
  const guard = new StreamGuard(terms, {
    isIdle() {
      const bytes = socket?.bytesRead
      const hasMoved = bytes !== seenBytes
      seenBytes = bytes
      // Data that waits here waits for its reader, not for the server.
      return socket !== undefined && !hasMoved && stream.readableLength === 0
    },
    cut(error) {
      // A stream nobody reads is closed quietly: an `error` event without a listener would end the process.
      const isRead = stream.readableFlowing !== null || stream.listenerCount('error') > 0
      stream.destroy(isRead ? error() : undefined)
    },
  })
  const end = (): void => {
    guard.end()
  }
  stream.once('end', end)
  stream.once('close', end)
  return guard
}

const guardWebStream = (
  response: AxiosResponse,
  stream: ReadableStream<Uint8Array>,
  terms: GuardTerms,
): StreamGuard => {
  const reader = stream.getReader()
  let isWaiting = false
  let hasMoved = false
  let fail: ((reason: unknown) => void) | undefined
  const guard = new StreamGuard(terms, {
    isIdle() {
      const isIdle = isWaiting && !hasMoved
      hasMoved = false
      return isIdle
    },
    cut(error) {
      fail?.(error())
      reader.cancel().catch(() => undefined)
    },
  })
  response.data = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        fail = (reason) => {
          controller.error(reason)
        }
      },
      async pull(controller) {
        isWaiting = true
        hasMoved = true
        try {
          const { done, value } = await reader.read()
          if (done) {
            guard.end()
            controller.close()
          } else controller.enqueue(value)
        } catch (error) {
          guard.end()
          controller.error(error)
        } finally {
          isWaiting = false
          hasMoved = true
        }
      },
      async cancel(reason) {
        guard.end()
        await reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
  return guard
}

/** Keeps the limits of an attempt in force until a streamed body has settled; undefined when there is nothing to wait for. */
export const guardStream = (response: AxiosResponse, terms: GuardTerms): StreamGuard | undefined => {
  const data: unknown = response.data
  if (isNodeStream(data))
    return data.destroyed || data.readableEnded ? undefined : guardNodeStream(data, response.request, terms)
  return isWebStream(data) && !data.locked ? guardWebStream(response, data, terms) : undefined
}
