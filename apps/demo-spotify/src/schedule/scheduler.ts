import { systemClock, type Clock, type TimerHandle } from '@holdfast/core'
import { nextRun, noteMissedMonths, type NextRun } from './plan.ts'
import type { Store } from '../store/index.ts'

export interface SchedulerOptions {
  readonly store: Store
  readonly schedule: string
  readonly now: () => number
  /** Does what is due; it may fail. */
  readonly run: (job: NextRun['job']) => Promise<void>
  readonly onError: (error: unknown) => void
  readonly clock?: Clock
  readonly random?: () => number
}

// A machine that slept wakes up late: the plan is looked at again every hour.
const LONGEST_SLEEP_MS = 3_600_000

/** Runs the monthly job at its time, and soon after a start that came too late for it. */
export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #clock: Clock
  #timer: TimerHandle | undefined
  #next: NextRun | undefined
  #isStopped = false

  constructor(options: SchedulerOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
  }

  get next(): NextRun | undefined {
    return this.#next
  }

  start(): void {
    noteMissedMonths({ ...this.#options, nowMs: this.#options.now() })
    this.#plan()
  }

  stop(): void {
    this.#isStopped = true
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer)
  }

  #plan(): void {
    if (this.#isStopped) return
    const nowMs = this.#options.now()
    this.#next = nextRun({ ...this.#options, nowMs })
    this.#sleep()
  }

  #sleep(): void {
    const leftMs = Math.max(0, (this.#next?.atMs ?? 0) - this.#options.now())
    this.#timer = this.#clock.setTimer(
      () => {
        if ((this.#next?.atMs ?? 0) <= this.#options.now()) void this.#run()
        else this.#sleep()
      },
      Math.min(leftMs, LONGEST_SLEEP_MS),
    )
  }

  async #run(): Promise<void> {
    try {
      await this.#options.run(this.#next?.job ?? 'month')
    } catch (error) {
      this.#options.onError(error)
    }
    this.#plan()
  }
}
