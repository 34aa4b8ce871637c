import type { Attempt } from '../call.ts'
import type { TimerHandle } from '../clock.ts'

const READERS = ['text', 'json', 'arrayBuffer', 'blob', 'bytes', 'formData'] as const

/** Watches one response body from the headers to its end: pauses, deadline and the release of the attempt. */
class BodyGuard {
  readonly #response: Response
  readonly #native: ReadableStream<Uint8Array>
  readonly #attempt: Attempt
  readonly #ended: () => void
  #stream: ReadableStream<Uint8Array> | undefined = undefined
  #timer: TimerHandle | undefined = undefined
  #touchedMs: number
  #hasEnded = false

  constructor(response: Response, native: ReadableStream<Uint8Array>, attempt: Attempt, ended: () => void) {
    this.#response = response
    this.#native = native
    this.#attempt = attempt
    this.#ended = ended
    this.#touchedMs = attempt.call.clock.now()
  }

  install(): void {
    const { call } = this.#attempt
    if (!call.hasUnboundedBody) this.#arm()
    const properties: PropertyDescriptorMap = { body: { configurable: true, get: () => this.#observed() } }
    for (const reader of READERS) {
      if (reader in this.#response)
        properties[reader] = { configurable: true, writable: true, value: () => this.#read(reader) }
    }
    properties['clone'] = { configurable: true, writable: true, value: () => this.#clone() }
    Object.defineProperties(this.#response, properties)
  }

  // Without a per-chunk limit the platform's own reader does, and costs nothing.
  async #read(reader: (typeof READERS)[number]): Promise<unknown> {
    const { call } = this.#attempt
    const response = this.#response
    const watchesChunks = !call.hasUnboundedBody && call.bodyIdleMs < call.remainingMs(this.#touchedMs)
    try {
      if (this.#stream === undefined && !watchesChunks) return await this.#own(reader)
      const stream = this.#observed()
      if (stream.locked || response.bodyUsed) return await this.#own(reader)
      return await new Response(stream, { headers: response.headers })[reader]()
    } catch (error) {
      // Platforms word the abort of a body in their own ways; the caller gets the reason it was aborted for.
      const { signal } = this.#attempt
      throw signal.aborted ? signal.reason : error
    } finally {
      this.#end()
    }
  }

  // The prototype's method, because `fetch` may come from another copy of undici.
  #own<Method extends (typeof READERS)[number] | 'clone'>(method: Method): ReturnType<Response[Method]> {
    const own = (Object.getPrototypeOf(this.#response) as Response)[method] as () => ReturnType<Response[Method]>
    return own.call(this.#response)
  }

  #clone(): Response {
    const response = this.#response
    if (this.#stream === undefined) return this.#own('clone')
    if (this.#stream.locked) throw new TypeError('Response.clone: the body is locked or already read.')
    const [mine, theirs] = this.#stream.tee()
    this.#stream = mine
    return new Response(theirs, response)
  }

  #observed(): ReadableStream<Uint8Array> {
    if (this.#stream !== undefined) return this.#stream
    const native = this.#native
    // Somebody holds the platform's own stream already: it can only be handed on.
    if (native.locked || this.#hasEnded) return native
    const reader = native.getReader()
    this.#stream = new ReadableStream(
      {
        type: 'bytes',
        pull: async (controller: ReadableByteStreamController) => {
          this.#touch()
          try {
            const { done, value } = await reader.read()
            this.#touch()
            if (done) {
              this.#end()
              controller.close()
              controller.byobRequest?.respond(0)
            } else controller.enqueue(value as Uint8Array<ArrayBuffer>)
          } catch (error) {
            this.#end()
            controller.error(error)
          }
        },
        cancel: async (reason: unknown) => {
          this.#end()
          await reader.cancel(reason)
        },
      },
      { highWaterMark: 0 },
    )
    this.#touch()
    if (!this.#attempt.call.hasUnboundedBody) this.#arm()
    return this.#stream
  }

  #touch(): void {
    this.#touchedMs = this.#attempt.call.clock.now()
  }

  // A body nobody has asked for yet is idle by the caller's choice; only the deadline counts then.
  #arm(): void {
    const { call } = this.#attempt
    const idleAtMs = this.#stream === undefined ? Infinity : this.#touchedMs + call.bodyIdleMs
    const wakeMs = Math.min(idleAtMs, call.deadlineAtMs)
    if (this.#timer !== undefined) call.clock.clearTimer(this.#timer)
    this.#timer = undefined
    if (wakeMs === Infinity) return
    // Not kept alive by us: a caller that drops the response may let the process end.
    this.#timer = call.clock.setTimer(
      () => {
        this.#wake()
      },
      Math.max(0, wakeMs - call.clock.now()),
      false,
    )
  }

  #wake(): void {
    const { call } = this.#attempt
    const nowMs = call.clock.now()
    if (nowMs >= call.deadlineAtMs) this.#cut('deadline-exceeded')
    else if (this.#stream !== undefined && nowMs - this.#touchedMs >= call.bodyIdleMs) this.#cut('attempt-timeout')
    else this.#arm()
  }

  #cut(code: 'deadline-exceeded' | 'attempt-timeout'): void {
    this.#attempt.cutBody(code)
    this.#end()
  }

  #end(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    if (this.#timer !== undefined) this.#attempt.call.clock.clearTimer(this.#timer)
    this.#ended()
  }
}

/**
 * Keeps an attempt's signal and limits in force until the body of its response has settled.
 *
 * The response stays the platform's own object; only its readers are watched.
 */
export const guardBody = (response: Response, attempt: Attempt, ended: () => void): boolean => {
  const { body } = response
  // Some `fetch` packages give a Node stream, which has no reader to watch.
  if (body === null || typeof (body as Partial<ReadableStream>).getReader !== 'function') return false
  new BodyGuard(response, body, attempt, ended).install()
  return true
}
