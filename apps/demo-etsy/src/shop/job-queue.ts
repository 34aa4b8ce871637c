import { chanceOf } from '@holdfast/fault-server'
import type { EtsyApi } from './etsy-api.ts'
import { describeFailure, type Failure } from './failure.ts'
import type { Job, JobRecord } from './job.ts'

/** Runs jobs when they are due and runs failed ones again, a bounded number of times. */
export interface JobQueue {
  readonly records: readonly JobRecord[]
  /** Jobs that have not ended. */
  readonly waiting: number
  /** @param inMs delay from now, milliseconds, default 0 */
  readonly add: (job: Job, inMs?: number) => void
  /** Whether a job of this kind has not ended. */
  has(kind: string): boolean
  /** Parks everything that has not ended; runs under way are waited for. */
  close(reason: string): Promise<void>
}

/** Pauses before the second, third, ... run, milliseconds, each varied by a quarter either way. */
const rerunAfterMs = [2_000, 4_000, 6_000, 8_000, 8_000, 8_000, 8_000]
/** A named wait longer than this ends the day's work on a job. */
const patienceMs = 10_000
/** The same item answered by 500 in this many runs: the item is at fault, not the day. */
const serverErrorsUntilParked = 3

interface Entry {
  readonly job: Job
  runs: number
  serverErrors: number
  isRunning: boolean
  timer: NodeJS.Timeout | undefined
}

/**
 * @param apiFor makes the API for one run of one job
 * @param dayMs milliseconds since the start of the day
 */
export function createJobQueue(
  apiFor: (job: Job, run: number) => EtsyApi,
  dayMs: () => number,
  seed: number,
): JobQueue {
  const entries = new Set<Entry>()
  const records: JobRecord[] = []
  const underWay = new Set<Promise<void>>()
  let closedBecause: string | undefined

  const schedule = (entry: Entry, inMs: number): void => {
    entry.timer = setTimeout(() => {
      const running = run(entry).finally(() => underWay.delete(running))
      underWay.add(running)
    }, inMs)
  }

  const end = (entry: Entry, reason: string | null): void => {
    if (!entries.delete(entry)) return
    const { id, kind } = entry.job
    records.push({
      id,
      kind,
      runs: entry.runs,
      endedAtMs: dayMs(),
      end: reason === null ? 'completed' : 'parked',
      reason,
    })
  }

  const add = (job: Job, inMs = 0): void => {
    const entry: Entry = { job, runs: 0, serverErrors: 0, isRunning: false, timer: undefined }
    entries.add(entry)
    if (closedBecause === undefined) schedule(entry, inMs)
    else end(entry, closedBecause)
  }

  async function run(entry: Entry): Promise<void> {
    entry.runs += 1
    entry.isRunning = true
    try {
      await entry.job.run({ api: apiFor(entry.job, entry.runs), run: entry.runs, add })
      end(entry, null)
    } catch (error) {
      const failure = describeFailure(error)
      if (failure.isServerError) entry.serverErrors += 1
      const reason = reasonToPark(entry, failure) ?? closedBecause
      if (reason !== undefined) end(entry, reason)
      else schedule(entry, Math.max(pauseBefore(entry, seed), failure.retryAfterMs))
    } finally {
      entry.isRunning = false
    }
  }

  return {
    records,
    get waiting() {
      return entries.size
    },
    add,
    has: (kind) => [...entries].some((entry) => entry.job.kind === kind),
    async close(reason) {
      closedBecause = reason
      for (const entry of [...entries]) {
        if (entry.isRunning) continue
        clearTimeout(entry.timer)
        end(entry, reason)
      }
      await Promise.all(underWay)
    },
  }
}

function reasonToPark(entry: Entry, failure: Failure): string | undefined {
  if (failure.isPermanent) return `refused by the server: ${failure.reason}`
  if (entry.serverErrors >= serverErrorsUntilParked) return `this item fails every time: ${failure.reason}`
  if (failure.retryAfterMs > patienceMs) {
    return `not before ${readableWait(failure.retryAfterMs)} from now: ${failure.reason}`
  }
  if (entry.runs > rerunAfterMs.length) return `gave up after ${entry.runs} runs: ${failure.reason}`
  return undefined
}

function pauseBefore(entry: Entry, seed: number): number {
  const pauseMs = rerunAfterMs[entry.runs - 1] ?? 0
  return pauseMs * (0.75 + 0.5 * chanceOf(seed, `${entry.job.id}-rerun${entry.runs}`))
}

function readableWait(waitMs: number): string {
  return waitMs < 3_600_000 ? `${Math.ceil(waitMs / 1_000)} s` : `${(waitMs / 3_600_000).toFixed(1)} h`
}
