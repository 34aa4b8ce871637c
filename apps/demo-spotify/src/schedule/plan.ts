import { Cron } from 'croner'
import { monthOf, PARTS } from '../snapshot/index.ts'
import type { Store } from '../store/index.ts'

const LONGEST_JITTER_MS = 10 * 60_000
const RETRY_AFTER_MS = 6 * 3_600_000

export interface NextRun {
  readonly atMs: number
  /** For a person. */
  readonly reason: string
  /** The whole month, or only playlists that are owed: a snapshot before its day would take the place of the right one. */
  readonly job: 'month' | 'playlists'
}

export interface PlanOptions {
  readonly store: Store
  /** Cron expression, in the zone of the machine. */
  readonly schedule: string
  readonly nowMs: number
  readonly random?: () => number
}

const isComplete = (store: Store, month: string): boolean =>
  store.snapshots.parts(month).filter(({ status }) => status === 'complete').length === PARTS.length

// A run that is due in this very second counts.
const lastDue = (cron: Cron, nowMs: number): Date | undefined => cron.previousRuns(1, new Date(nowMs + 1_000))[0]

/** Notes every month between two runs that passed without one: its lists cannot be had any more. */
export const noteMissedMonths = ({ store, schedule, nowMs }: PlanOptions): readonly string[] => {
  const first = store.snapshots.months()[0]
  if (first === undefined) return []
  const known = new Set(store.snapshots.months())
  const thisMonth = monthOf(nowMs)
  const missed: string[] = []
  const cron = new Cron(schedule, { paused: true })
  for (let due = cron.nextRun(new Date(`${first}-01T00:00:00Z`)); due !== null; due = cron.nextRun(due)) {
    const month = monthOf(due.getTime())
    if (month >= thisMonth) break
    if (!known.has(month)) missed.push(month)
  }
  const months = [...new Set(missed)]
  for (const month of months) {
    for (const { name } of PARTS) {
      store.snapshots.noteHole({
        month,
        part: name,
        status: 'missed',
        reasons: ['the time machine was not running in this month'],
        flags: [],
        takenAtMs: nowMs,
        runId: 'schedule',
      })
    }
  }
  return months
}

/** When the next snapshot is to be taken, and why then. */
export const nextRun = ({ store, schedule, nowMs, random = Math.random }: PlanOptions): NextRun => {
  const cron = new Cron(schedule, { paused: true })
  const jitterMs = random() * LONGEST_JITTER_MS
  const pause = store.limits.read()
  const earliestMs = Math.max(nowMs, pause?.untilMs ?? 0)
  const due = lastDue(cron, nowMs)
  const month = monthOf(nowMs)
  if (due !== undefined && monthOf(due.getTime()) === month && !isComplete(store, month)) {
    const triedMs = store.runs.newest('snapshot', month)?.startedAtMs ?? 0
    const job = 'month'
    if (earliestMs > nowMs) return { atMs: earliestMs + jitterMs, reason: 'Spotify asked for a pause until then', job }
    if (triedMs < due.getTime())
      return { atMs: nowMs + Math.min(jitterMs, 5_000), reason: 'the run of this month was missed', job }
    return { atMs: Math.max(nowMs, triedMs + RETRY_AFTER_MS) + jitterMs, reason: 'this month has holes', job }
  }
  const next = cron.nextRun(new Date(earliestMs))
  if (next === null) throw new RangeError(`The schedule ${schedule} never comes again.`)
  const owed = store.runs.owed('playlist')
  const retryMs = Math.max(earliestMs, RETRY_AFTER_MS + Math.max(...owed.map(({ startedAtMs }) => startedAtMs)))
  if (owed.length > 0 && retryMs < next.getTime()) {
    return { atMs: retryMs + jitterMs, reason: 'a playlist is not written yet', job: 'playlists' }
  }
  return { atMs: next.getTime() + jitterMs, reason: 'the schedule', job: 'month' }
}
