import type { Attempt } from '../call.ts'
import type { TimerHandle } from '../clock.ts'
import { watchOf, watchResponse, type Reader, type ResponseWatch } from './watched-response.ts'

/** What the clones of one response share: their body is over when one has read it all, or when all were given up. */
class BodyBranches {
  readonly #guards: BodyGuard[] = []
  readonly #ended: () => void
  #open = 0
  hasEnded = false
  hasGivenUp = false

  constructor(ended: () => void) {
    this.#ended = ended
  }

  add(guard: BodyGuard): void {
    this.#guards.push(guard)
    this.#open += 1
  }

  /** One branch was cancelled; the platform goes on as long as another may read. */
  giveUp(): void {
    this.hasGivenUp = true
    this.#open -= 1
    if (this.#open <= 0) this.end()
  }

  /** The body has come to its end, good or bad. */
  end(): void {
    if (this.hasEnded) return
    this.hasEnded = true
    for (const guard of this.#guards) guard.disarm()
    this.#ended()
  }
}

/** Watches one response body from the headers to its end: pauses, deadline and the release of the attempt. */
class BodyGuard implements ResponseWatch {
  readonly #response: Response
  readonly #attempt: Attempt
  readonly #branches: BodyBranches
  /** The guard of another policy around the same response. */
  readonly #inner: ResponseWatch | undefined
  readonly own: Response
  #native: ReadableStream<Uint8Array>
  #stream: ReadableStream<Uint8Array> | undefined = undefined
  #nativeReader: ReadableStreamDefaultReader<Uint8Array> | undefined = undefined
  #timer: TimerHandle | undefined = undefined
  #touchedMs: number
  #isGivenUp = false
  #isCut = false

  constructor(response: Response, native: ReadableStream<Uint8Array>, attempt: Attempt, branches: BodyBranches) {
    this.#response = response
    this.#native = native
    this.#attempt = attempt
    this.#branches = branches
    this.#inner = watchOf(response)
    this.own = this.#inner?.own ?? (Object.getPrototypeOf(response) as Response)
    this.#touchedMs = attempt.call.clock.now()
    branches.add(this)
  }

  install(): void {
    if (!this.#attempt.call.hasUnboundedBody) this.#arm()
    watchResponse(this.#response, this)
  }

  // Without a per-chunk limit the platform's own reader does, and costs nothing.
  async read(reader: Reader): Promise<unknown> {
    const { call } = this.#attempt
    const response = this.#response
    const watchesChunks = !call.hasUnboundedBody && call.bodyIdleMs < call.remainingMs(this.#touchedMs)
    if (this.#stream?.locked) {
      // Somebody reads our stream, and has perhaps not begun: the platform shall see its own as taken and say so.
      if (!this.#native.locked) this.#nativeReader = this.#native.getReader()
      return this.#ownRead(reader)
    }
    try {
      if (this.#isCut) throw this.#attempt.signal.reason
      if (this.#stream === undefined && !watchesChunks) return await this.#ownRead(reader)
      const stream = this.body
      if (stream.locked || response.bodyUsed) return await this.#ownRead(reader)
      return await new Response(stream, { headers: response.headers })[reader]()
    } catch (error) {
      // Platforms word the abort of a body in their own ways; the caller gets the reason it was aborted for.
      const { signal } = this.#attempt
      throw signal.aborted ? signal.reason : error
    } finally {
      this.#branches.end()
    }
  }

  clone(): Response {
    const response = this.#response
    if (this.#stream === undefined) {
      const copy = this.#ownClone()
      // The platform has split the body: each half is a stream of its own, and one may outlive the other.
      this.#native = this.#ownBody()
      if (copy.body !== null && !this.#branches.hasEnded) {
        new BodyGuard(copy, copy.body, this.#attempt, this.#branches).install()
      }
      return copy
    }
    if (this.#stream.locked) throw new TypeError('Response.clone: the body is locked or already read.')
    const [mine, theirs] = this.#stream.tee()
    this.#stream = mine
    return new Response(theirs, response)
  }

  cloneGivenUp(): void {
    this.#branches.hasGivenUp = true
    this.#inner?.cloneGivenUp()
  }

  get body(): ReadableStream<Uint8Array> {
    if (this.#stream !== undefined) return this.#stream
    const native = this.#native
    // Somebody holds the platform's own stream already: it can only be handed on.
    if (native.locked || this.#branches.hasEnded) return native
    // Taken at the first read: until then nothing is used up, and Bun says of a locked body that it was used.
    this.#stream = new ReadableStream(
      {
        type: 'bytes',
        pull: async (controller: ReadableByteStreamController) => {
          this.#touch()
          try {
            this.#nativeReader ??= native.getReader()
            const { done, value } = await this.#nativeReader.read()
            this.#touch()
            if (done) {
              this.#branches.end()
              controller.close()
              controller.byobRequest?.respond(0)
            } else controller.enqueue(value as Uint8Array<ArrayBuffer>)
          } catch (error) {
            this.#branches.end()
            controller.error(error)
          }
        },
        cancel: async (reason: unknown) => {
          this.#giveUp()
          await (this.#nativeReader ?? native).cancel(reason)
        },
      },
      { highWaterMark: 0 },
    )
    this.#touch()
    if (!this.#attempt.call.hasUnboundedBody) this.#arm()
    return this.#stream
  }

  // The prototype's members, because `fetch` may come from another copy of undici.
  #ownRead(reader: Reader): Promise<unknown> {
    return this.#inner === undefined ? this.own[reader].call(this.#response) : this.#inner.read(reader)
  }

  #ownClone(): Response {
    return this.#inner === undefined ? this.own.clone.call(this.#response) : this.#inner.clone()
  }

  #ownBody(): ReadableStream<Uint8Array> {
    return this.#inner?.body ?? (Reflect.get(this.own, 'body', this.#response) as ReadableStream<Uint8Array>)
  }

  #touch(): void {
    this.#touchedMs = this.#attempt.call.clock.now()
  }

  // A body nobody has asked for yet is idle by the caller's choice; only the deadline counts then.
  #arm(): void {
    const { call } = this.#attempt
    const idleAtMs = this.#stream === undefined ? Infinity : this.#touchedMs + call.bodyIdleMs
    const wakeMs = Math.min(idleAtMs, call.deadlineAtMs)
    this.disarm()
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
    this.#isCut = true
    // Undici 7 throws the reason of an abort into the void when a clone of the response was cancelled before: nobody reads
    // here, so that the rest can be cancelled as well.
    if (this.#branches.hasGivenUp && !this.#native.locked) this.#native.cancel().catch(() => undefined)
    this.#attempt.cutBody(code)
    this.#branches.end()
  }

  disarm(): void {
    if (this.#timer !== undefined) this.#attempt.call.clock.clearTimer(this.#timer)
    this.#timer = undefined
  }

  #giveUp(): void {
    if (this.#isGivenUp) return
    this.#isGivenUp = true
    this.disarm()
    this.#branches.giveUp()
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
  if (typeof (body as Partial<ReadableStream> | undefined)?.getReader !== 'function') return false
  new BodyGuard(response, body as ReadableStream<Uint8Array>, attempt, new BodyBranches(ended)).install()
  return true
}
