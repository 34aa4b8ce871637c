import { onAbort } from './abort.ts'
import { Outcome, rejected, type Call, type Permit, type Rejection } from './call.ts'
import type { Clock, TimerHandle } from './clock.ts'
import { DeadlineHeap, type Expiring } from './deadline-heap.ts'
import { PriorityQueue, QueueEntry } from './priority-queue.ts'
import { abortedOutcome } from './send.ts'
import type { Environment, Next } from './strategy.ts'

/** A call that waits for a permit. */
export class Waiter extends QueueEntry implements Expiring {
  readonly call: Call
  readonly deadlineAtMs: number
  readonly sinceMs: number
  heapIndex = -1
  readonly resolve: (served: Permit | Outcome) => void
  unlink: (() => void) | undefined = undefined

  constructor(call: Call, weight: number, nowMs: number, resolve: (served: Permit | Outcome) => void) {
    super(call.priority, weight)
    this.call = call
    this.resolve = resolve
    this.deadlineAtMs = call.deadlineAtMs
    this.sinceMs = nowMs
  }
}

/** What the owner of a queue does for the next in line: a permit, a refusal, or the ms after which to ask again. */
export type Serve = (waiter: Waiter, nowMs: number) => Permit | Outcome | number

// Waking up again within the same millisecond would only spin.
const SHORTEST_TIMER_MS = 1
const ROUNDING_MS = 1e-6

/**
 * Calls that wait for permits of one key; an abort or a deadline takes a call out at once.
 *
 * It has one timer, and only while somebody waits. Each call awaits its own promise, so it resumes in the async
 * context of its caller.
 */
export class WaitQueue {
  /** What is waited for, in words. */
  readonly stage: string
  readonly reason: 'rate' | 'concurrency'
  readonly #clock: Clock
  readonly #serve: Serve
  readonly #line = new PriorityQueue<Waiter>()
  readonly #deadlines = new DeadlineHeap<Waiter>()
  #timer: TimerHandle | undefined = undefined
  #timerDueMs = Infinity

  constructor(clock: Clock, stage: string, reason: WaitQueue['reason'], serve: Serve) {
    this.stage = stage
    this.reason = reason
    this.#clock = clock
    this.#serve = serve
  }

  get size(): number {
    return this.#line.size
  }

  /** How many calls one of this priority would stand behind. */
  sizeAhead(call: Call): number {
    return this.#line.sizeAhead(call.priority)
  }

  /** How many permits one of this priority would stand behind. */
  weightAhead(call: Call): number {
    return this.#line.weightAhead(call.priority)
  }

  /** @param call - Not aborted yet. */
  wait(call: Call, weight: number, nowMs: number): Promise<Permit | Outcome> {
    const { signal } = call
    return new Promise((resolve) => {
      const waiter = new Waiter(call, weight, nowMs, resolve)
      if (signal !== undefined) {
        waiter.unlink = onAbort(signal, () => {
          this.#end(waiter, abortedOutcome(call))
          // The one behind may need less.
          this.serve(this.#clock.now())
        })
      }
      this.#line.push(waiter)
      if (waiter.deadlineAtMs !== Infinity) this.#deadlines.push(waiter)
      this.serve(nowMs)
    })
  }

  /** Lets everybody go whose turn or time has come; to be called whenever a permit may have come free. */
  serve(nowMs: number): void {
    this.#expire(nowMs)
    let dueMs = this.#deadlines.peek()?.deadlineAtMs ?? Infinity
    for (;;) {
      const waiter = this.#line.peek()
      if (waiter === undefined) break
      // Without this a gate that closes would flush the whole queue: each call refused makes room for the next.
      const heldMs = waiter.call.readyInMs(nowMs)
      const served = heldMs > 0 ? heldMs : this.#serve(waiter, nowMs)
      if (typeof served === 'number') {
        dueMs = Math.min(dueMs, nowMs + served)
        break
      }
      this.#end(waiter, served)
    }
    this.#arm(this.#line.size === 0 ? Infinity : dueMs, nowMs)
  }

  #expire(nowMs: number): void {
    for (;;) {
      const waiter = this.#deadlines.peek()
      if (waiter === undefined || waiter.deadlineAtMs > nowMs) return
      const detail = `it waited ${Math.round(nowMs - waiter.sinceMs)} ms for the ${this.stage}`
      this.#end(waiter, rejected(waiter.call, { code: 'deadline-exceeded', detail }))
    }
  }

  #end(waiter: Waiter, served: Permit | Outcome): void {
    this.#line.remove(waiter)
    this.#deadlines.remove(waiter)
    waiter.unlink?.()
    waiter.resolve(served)
  }

  #arm(dueMs: number, nowMs: number): void {
    if (this.#timer !== undefined) {
      if (Math.abs(this.#timerDueMs - dueMs) < SHORTEST_TIMER_MS / 2) return
      this.#clock.clearTimer(this.#timer)
      this.#timer = undefined
    }
    this.#timerDueMs = dueMs
    if (dueMs === Infinity) return
    const delayMs = Math.max(SHORTEST_TIMER_MS, Math.ceil(dueMs - nowMs - ROUNDING_MS))
    this.#timer = this.#clock.setTimer(() => {
      this.#timer = undefined
      this.serve(this.#clock.now())
    }, delayMs)
  }
}

/** A limit with a queue in front of it. */
export interface Line {
  readonly queue: WaitQueue
  /** Why a call should not even wait; undefined if it should. */
  refusal(call: Call, weight: number, nowMs: number): Rejection | undefined
}

/** Waits for a permit, then goes on with it or ends with a refusal; what other stages lent is given back then. */
export const waitInLine = async (
  env: Environment,
  line: Line,
  call: Call,
  weight: number,
  next: Next,
): Promise<Outcome> => {
  const { queue } = line
  const fromMs = call.isStarting ? call.startedMs : env.clock.now()
  if (call.signal?.aborted === true) {
    call.cancel(fromMs)
    return abortedOutcome(call)
  }
  const refusal = line.refusal(call, weight, fromMs)
  if (refusal !== undefined) {
    call.cancel(fromMs)
    return rejected(call, refusal)
  }
  const waiting = queue.wait(call, weight, fromMs)
  env.emit('call-queued', { key: call.key, stage: queue.stage, queued: queue.size, reason: queue.reason })
  const served = await waiting
  const nowMs = env.clock.now()
  call.note({ step: 'wait', atMs: fromMs - call.startedMs, stage: queue.stage, waitedMs: nowMs - fromMs })
  if (served instanceof Outcome) {
    call.cancel(nowMs)
    return served
  }
  call.hold(served)
  return next(call)
}
