import { systemClock, type Clock, type TimerHandle } from '@holdfast/core'
import type { DeadLetterQueue, QueueStats } from './queue.ts'

/** Why somebody should look at the queue. */
export interface GrowthAlert {
  /** `growing`: more letters than usual came; `large`: too many are open; `old`: one waits too long; `parked`: people are needed; `recovered`: none of these any more. */
  readonly reason: 'growing' | 'large' | 'old' | 'parked' | 'recovered'
  readonly open: number
  readonly parked: number
  /** Open letters more than at the start of the window. */
  readonly growth: number
  readonly oldestOpenMs: number
  readonly byUpstream: Readonly<Record<string, number>>
}

export interface GrowthWatchOptions {
  readonly onAlert: (alert: GrowthAlert) => void
  /** Open letters more within `windowMs` than this. Default 20. */
  readonly maxGrowth?: number
  /** Default 300,000. */
  readonly windowMs?: number
  /** More open letters than this. Default 1,000. */
  readonly maxOpen?: number
  /** More parked letters than this. Default 0. */
  readonly maxParked?: number
  /** An open letter that failed longer ago than this, ms. Default 3,600,000. */
  readonly maxAgeMs?: number
  /** How often the queue is counted, ms. Default 30,000. */
  readonly everyMs?: number
  /** Pause before the same reason is told again, ms. Default 900,000. */
  readonly cooldownMs?: number
  /** Told when the queue cannot be read. Default: nobody. */
  readonly onError?: (error: unknown) => void
  /** For tests. */
  readonly clock?: Clock
}

interface Sample {
  readonly atMs: number
  readonly open: number
}

const OWNER = 'watchGrowth'
const NUMBERS = ['maxGrowth', 'windowMs', 'maxOpen', 'maxParked', 'maxAgeMs', 'everyMs', 'cooldownMs'] as const

/** Counts a queue from time to time and tells when it grows, is large, old or needs people; once per reason and cooldown. */
class GrowthWatch {
  readonly #queue: Pick<DeadLetterQueue, 'stats'>
  readonly #options: Required<GrowthWatchOptions>
  readonly #toldMs = new Map<GrowthAlert['reason'], number>()
  #samples: Sample[] = []
  #timer: TimerHandle | undefined = undefined
  #isStopped = false

  constructor(queue: Pick<DeadLetterQueue, 'stats'>, options: Required<GrowthWatchOptions>) {
    this.#queue = queue
    this.#options = options
  }

  async look(): Promise<void> {
    const { clock, everyMs, onError } = this.#options
    try {
      this.#judge(await this.#queue.stats())
    } catch (error) {
      onError(error)
    }
    if (!this.#isStopped) this.#timer = clock.setTimer(() => void this.look(), everyMs, false)
  }

  stop(): void {
    this.#isStopped = true
    if (this.#timer !== undefined) this.#options.clock.clearTimer(this.#timer)
  }

  #judge({ byStatus, byUpstream, oldestOpenAtMs }: QueueStats): void {
    const { clock, windowMs, maxGrowth, maxOpen, maxParked, maxAgeMs } = this.#options
    const nowMs = clock.now()
    const { open, parked } = byStatus
    this.#samples = [...this.#samples.filter(({ atMs }) => atMs >= nowMs - windowMs), { atMs: nowMs, open }]
    const growth = open - Math.min(...this.#samples.map((sample) => sample.open))
    const oldestOpenMs = oldestOpenAtMs === undefined ? 0 : Math.max(0, clock.wall() - oldestOpenAtMs)
    const facts = { open, parked, growth, oldestOpenMs, byUpstream }
    const checks = [
      ['growing', growth > maxGrowth],
      ['large', open > maxOpen],
      ['old', oldestOpenMs > maxAgeMs],
      ['parked', parked > maxParked],
    ] as const
    for (const [reason, isTrue] of checks) if (isTrue) this.#tell({ reason, ...facts })
    if (checks.every(([, isTrue]) => !isTrue) && this.#toldMs.size > 0) {
      this.#toldMs.clear()
      this.#options.onAlert({ reason: 'recovered', ...facts })
    }
  }

  #tell(alert: GrowthAlert): void {
    const { clock, cooldownMs, onAlert } = this.#options
    const toldMs = this.#toldMs.get(alert.reason)
    if (toldMs !== undefined && clock.now() - toldMs < cooldownMs) return
    this.#toldMs.set(alert.reason, clock.now())
    onAlert(alert)
  }
}

/**
 * Watches a queue and calls `onAlert` when it grows, is large, holds an old letter, or letters wait for people; and once
 * more when all of that is over. The first look is at once; its timer does not keep the process alive.
 *
 * @returns The function that stops it.
 * @throws {TypeError} For a bad option.
 */
export const watchGrowth = (queue: Pick<DeadLetterQueue, 'stats'>, options: GrowthWatchOptions): (() => void) => {
  if (typeof (options.onAlert as unknown) !== 'function')
    throw new TypeError(`${OWNER}: option "onAlert" must be a function.`)
  const settings: Required<GrowthWatchOptions> = {
    maxGrowth: 20,
    windowMs: 300_000,
    maxOpen: 1_000,
    maxParked: 0,
    maxAgeMs: 3_600_000,
    everyMs: 30_000,
    cooldownMs: 900_000,
    onError: () => undefined,
    clock: systemClock,
    ...options,
  }
  for (const name of NUMBERS) {
    const value = settings[name]
    if (typeof value !== 'number' || !(value >= 0) || (name === 'everyMs' && value === 0))
      throw new TypeError(`${OWNER}: option "${name}" must be a number, 0 or more, but is ${String(value)}.`)
  }
  const watch = new GrowthWatch(queue, settings)
  void watch.look()
  return () => {
    watch.stop()
  }
}
