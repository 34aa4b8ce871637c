import type { Clock, TimerHandle } from '@holdfast/core'
import type { Frame } from './frame.ts'

const TICK_MS = 250
const HEARTBEAT_MS = 15_000
/** Bytes that may wait for a slow page; then it misses changes and gets everything anew once it has caught up. */
const MOST_WAITING_BYTES = 512 * 1_024
const SLOWEST_PAGE_MS = 60_000

/** What the streams are fed from. */
export interface FrameSource {
  /** Called when the first page opens; what it returns, when the last one closes. */
  start(): () => void
  all(): Frame
  changes(mayBeStale: boolean): Frame | undefined
}

interface Page {
  readonly controller: ReadableStreamDefaultController<Uint8Array>
  /** Since when it has not taken what it was sent, ms. */
  slowSinceMs: number | undefined
}

const encoder = new TextEncoder()
const eventOf = (frame: Frame): Uint8Array => encoder.encode(`data: ${JSON.stringify(frame)}\n\n`)

/** Sends every open page what changed, four times a second at most; without an open page nothing runs. */
export class EventStreams {
  readonly #source: FrameSource
  readonly #clock: Clock
  readonly #pages = new Set<Page>()
  #stop: (() => void) | undefined
  #timer: TimerHandle | undefined
  #sentMs = 0

  constructor(source: FrameSource, clock: Clock) {
    this.#source = source
    this.#clock = clock
  }

  get pages(): number {
    return this.#pages.size
  }

  /** A stream of server-sent events for one page, until it is cancelled or the signal aborts. */
  open(signal: AbortSignal): ReadableStream<Uint8Array> {
    let page: Page | undefined
    const close = (): void => {
      signal.removeEventListener('abort', close)
      if (page !== undefined) this.#close(page)
    }
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          page = { controller, slowSinceMs: undefined }
          this.#open(page)
          signal.addEventListener('abort', close)
        },
        cancel: close,
      },
      { highWaterMark: MOST_WAITING_BYTES, size: (chunk) => chunk.byteLength },
    )
  }

  /** Tells all pages now, for a change they asked for. */
  flush(): void {
    if (this.#pages.size > 0) this.#send(false)
  }

  closeAll(): void {
    for (const page of [...this.#pages]) this.#close(page)
  }

  #open(page: Page): void {
    this.#stop ??= this.#source.start()
    this.#send(false)
    page.controller.enqueue(encoder.encode('retry: 1000\n\n'))
    page.controller.enqueue(eventOf(this.#source.all()))
    this.#pages.add(page)
    this.#arm()
  }

  #close(page: Page): void {
    if (!this.#pages.delete(page)) return
    try {
      page.controller.close()
    } catch {
      // Cancelled by the other end.
    }
    if (this.#pages.size > 0) return
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer)
    this.#timer = undefined
    this.#stop?.()
    this.#stop = undefined
  }

  #arm(): void {
    this.#timer ??= this.#clock.setTimer(
      () => {
        this.#timer = undefined
        this.#send(true)
        if (this.#pages.size > 0) this.#arm()
      },
      TICK_MS,
      false,
    )
  }

  #send(mayBeStale: boolean): void {
    const nowMs = this.#clock.now()
    const frame = this.#source.changes(mayBeStale)
    if (frame === undefined && nowMs - this.#sentMs < HEARTBEAT_MS) return
    this.#sentMs = nowMs
    const bytes = frame === undefined ? encoder.encode(': still here\n\n') : eventOf(frame)
    let whole: Uint8Array | undefined
    for (const page of [...this.#pages]) {
      const isFull = (page.controller.desiredSize ?? 0) <= 0
      if (isFull) {
        page.slowSinceMs ??= nowMs
        if (nowMs - page.slowSinceMs > SLOWEST_PAGE_MS) this.#close(page)
      } else if (page.slowSinceMs === undefined) page.controller.enqueue(bytes)
      else {
        page.slowSinceMs = undefined
        page.controller.enqueue((whole ??= eventOf(this.#source.all())))
      }
    }
  }
}
