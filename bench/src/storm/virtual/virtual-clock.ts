import type { Clock } from '@holdfast/core'

interface VirtualTimer {
  readonly dueMs: number
  readonly order: number
  callback: (() => void) | undefined
}

const START_WALL_MS = Date.UTC(2026, 0, 1)
// Node empties the microtask queue between two immediates of one turn of its event loop, and a turn is what costs.
const IMMEDIATES_PER_TURN = 64

const isBefore = (first: VirtualTimer, second: VirtualTimer): boolean =>
  first.dueMs < second.dueMs || (first.dueMs === second.dueMs && first.order < second.order)

/**
 * The clock of a discrete-event simulation: time jumps from timer to timer.
 *
 * Between two timers every promise that can settle does, so code under test runs as it would on a real clock.
 */
export class VirtualClock implements Clock {
  #nowMs = 0
  #order = 0
  /** A binary heap; cancelled timers stay until they come up. */
  readonly #timers: VirtualTimer[] = []

  now(): number {
    return this.#nowMs
  }

  wall(): number {
    return START_WALL_MS + this.#nowMs
  }

  setTimer(callback: () => void, delayMs: number): VirtualTimer {
    const timer: VirtualTimer = { dueMs: this.#nowMs + Math.max(0, delayMs), order: (this.#order += 1), callback }
    this.#push(timer)
    return timer
  }

  clearTimer(handle: unknown): void {
    ;(handle as VirtualTimer).callback = undefined
  }

  /** Runs everything that comes due until `untilMs`, then stands there; rejects when a timer's callback throws. */
  run(untilMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let waiting = 0
      let isIdle = false
      const turn = (): void => {
        waiting -= 1
        try {
          isIdle = !this.#fireNext(untilMs)
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)))
          return
        }
        if (waiting > 0) return
        if (!isIdle) schedule()
        else {
          this.#nowMs = Math.max(this.#nowMs, untilMs)
          resolve()
        }
      }
      const schedule = (): void => {
        for (; waiting < IMMEDIATES_PER_TURN; waiting += 1) setImmediate(turn)
      }
      schedule()
    })
  }

  #fireNext(untilMs: number): boolean {
    for (;;) {
      const [first] = this.#timers
      if (first === undefined || first.dueMs > untilMs) return false
      this.#pop()
      const { callback } = first
      if (callback === undefined) continue
      this.#nowMs = Math.max(this.#nowMs, first.dueMs)
      callback()
      return true
    }
  }

  #push(timer: VirtualTimer): void {
    const timers = this.#timers
    let index = timers.push(timer) - 1
    while (index > 0) {
      const above = (index - 1) >> 1
      const parent = timers[above]
      if (parent === undefined || !isBefore(timer, parent)) break
      timers[index] = parent
      index = above
    }
    timers[index] = timer
  }

  #pop(): void {
    const timers = this.#timers
    const last = timers.pop()
    if (last === undefined || timers.length === 0) return
    let index = 0
    for (;;) {
      let below = 2 * index + 1
      const left = timers[below]
      if (left === undefined) break
      const right = timers[below + 1]
      const lesser = right !== undefined && isBefore(right, left) ? right : left
      if (lesser === right) below += 1
      if (!isBefore(lesser, last)) break
      timers[index] = lesser
      index = below
    }
    timers[index] = last
  }
}
