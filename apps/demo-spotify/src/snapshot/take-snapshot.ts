import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { settleEach } from '@holdfast/core/degradation'
import { ConflictError, type ServiceError } from '@holdfast/core/service-errors'
import { isSetupProblem, type SpotifyClient } from '../client/index.ts'
import { whenUnlocked, type Part, type Store } from '../store/index.ts'
import { monthOf, PARTS, type PartPlan } from './parts.ts'
import { readPart } from './read-part.ts'

export interface SnapshotOptions {
  readonly client: SpotifyClient
  readonly store: Store
  readonly now?: () => number
  /** How long another process that is at it is waited for, ms. Default 120_000. */
  readonly otherRunWaitMs?: number
}

export type SnapshotOutcome = 'complete' | 'partial' | 'failed'

export interface SnapshotReport {
  readonly month: string
  readonly runId: string
  readonly outcome: SnapshotOutcome
  /** Every part of the month as it stands now. */
  readonly parts: readonly Part[]
  /** Names of the lists that this run asked for. */
  readonly asked: readonly string[]
  /** The error that ended the run early, or the first of those that left a hole. */
  readonly error: ServiceError | undefined
  readonly summary: string
}

const LEASE = 'snapshot'
const POLL_MS = 100

const claim = async (store: Store, runId: string, longestMs: number): Promise<void> => {
  const startedMs = performance.now()
  while (!(await whenUnlocked(() => store.runs.acquire(LEASE, runId)))) {
    if (performance.now() - startedMs > longestMs) {
      throw new ConflictError({ upstream: 'time machine', operation: 'snapshot', details: { problem: 'other-run' } })
    }
    await sleep(POLL_MS)
  }
}

const pointless = (error: ServiceError): boolean =>
  isSetupProblem(error) ||
  error.code === 'authentication' ||
  error.details['pauseUntil'] !== undefined ||
  // A lack of consent for one list is a lack for all of its kind; another endpoint may be missing alone.
  error.details['refusal'] === 'missing-scope' ||
  error.category === 'fatal'

const words = (error: ServiceError): string => `${error.code}${error.status === undefined ? '' : ` (${error.status})`}`

const outcomeOf = (parts: readonly Part[]): SnapshotOutcome => {
  if (parts.length === PARTS.length && parts.every(({ status }) => status === 'complete')) return 'complete'
  return parts.some(({ status }) => status === 'complete' || status === 'partial') ? 'partial' : 'failed'
}

const fetchPart = async ({ client, store, now = Date.now }: SnapshotOptions, plan: PartPlan, runId: string) => {
  const month = monthOf(now())
  const { items, plays, reasons, flags } = await readPart(client, plan)
  const status = reasons.length === 0 ? 'complete' : 'partial'
  const part: Part = { month, part: plan.name, status, reasons, flags, takenAtMs: now(), runId }
  await whenUnlocked(() => {
    const held = store.snapshots.ranks(plan.name, month)
    // A second look that shows less must not cost what the first one found.
    if (status === 'partial' && held.length > items.length) return
    if (plan.kind === 'plays') store.snapshots.savePlays(part, plays)
    else store.snapshots.savePart(part, items)
  })
}

/**
 * Takes the snapshot of this month: seven lists, each saved by itself.
 *
 * Lists that are complete already are left alone, so that a second run only fills holes. An error that holds for all
 * lists ends the run at once; what it did not reach is noted with the reason and is asked for by the next run.
 */
export const takeSnapshot = async (options: SnapshotOptions): Promise<SnapshotReport> => {
  const { store, now = Date.now, otherRunWaitMs = 120_000 } = options
  const runId = randomUUID()
  const month = monthOf(now())
  await claim(store, runId, otherRunWaitMs)
  try {
    await whenUnlocked(() => store.runs.start({ id: runId, kind: 'snapshot', month, startedAtMs: now() }))
    const done = new Set(
      store.snapshots.parts(month).flatMap(({ part, status }) => (status === 'complete' ? [part] : [])),
    )
    const holes = PARTS.filter(({ name }) => !done.has(name))
    const settled = await settleEach(holes, (plan) => fetchPart(options, plan, runId), {
      concurrency: 2,
      idOf: ({ name }) => name,
      stopOn: pointless,
    })
    const left = [
      ...settled.failed.map(({ item, error }) => ({ item, reason: words(error) })),
      ...settled.skipped.map(({ item }) => ({
        item,
        reason: settled.stoppedBy === undefined ? 'not asked for' : `not asked for: ${words(settled.stoppedBy)}`,
      })),
    ]
    for (const { item, reason } of left) {
      await whenUnlocked(() =>
        store.snapshots.noteHole({
          month,
          part: item.name,
          status: 'failed',
          reasons: [reason],
          flags: [],
          takenAtMs: now(),
          runId,
        }),
      )
    }
    const parts = store.snapshots.parts(month)
    const outcome = outcomeOf(parts)
    const complete = parts.filter(({ status }) => status === 'complete').length
    const summary = `${complete} of ${PARTS.length} lists complete; this run: ${settled.summary()}`
    await whenUnlocked(() => store.runs.end(runId, now(), outcome, summary))
    const error = settled.stoppedBy ?? settled.failed[0]?.error
    return { month, runId, outcome, parts, asked: holes.map(({ name }) => name), error, summary }
  } finally {
    await whenUnlocked(() => store.runs.release(LEASE, runId))
  }
}
