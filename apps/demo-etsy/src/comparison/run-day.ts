import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { JournalEntry } from '@holdfast/fault-server'
import type { ClientName } from '../clients/client-name.ts'
import { connectClient } from '../clients/connect-client.ts'
import { createInstance } from '../clients/instance.ts'
import type { Listing } from '../shop/answers.ts'
import { type CallRecord, createCallJournal } from '../shop/call-journal.ts'
import { planDay, pollReceiptsEveryMs, syncListingsEveryMs } from '../shop/day-plan.ts'
import { createEtsyApi } from '../shop/etsy-api.ts'
import type { Job, JobRecord } from '../shop/job.ts'
import { createJobQueue } from '../shop/job-queue.ts'
import { pollReceipts, type SeenReceipts } from '../shop/poll-receipts.ts'
import { syncListings } from '../shop/sync-listings.ts'
import { callHeader, startEtsy } from '../shop-day/etsy-server.ts'
import { phaseAt, type TimedPhase } from '../shop-day/phase.ts'
import type { Scenario } from '../shop-day/scenarios.ts'

/** One request out of the server's journal; times in milliseconds from the start of the day. */
export interface RequestRecord {
  readonly atMs: number
  readonly method: string
  readonly path: string
  readonly callId: string
  readonly processed: boolean
  readonly answered: string
}

/** Everything that was recorded of one day with one client. */
export interface DayRecord {
  readonly client: ClientName
  readonly phases: readonly TimedPhase[]
  /** The server's journal. */
  readonly requests: readonly RequestRecord[]
  readonly ordersPlaced: number
  /** Longest time in which this process did not get to run anything, milliseconds: how busy the machine was. */
  readonly longestPauseMs: number
  /** The jobs' journal. */
  readonly calls: readonly CallRecord[]
  readonly jobs: readonly JobRecord[]
}

/** State of a day under way. */
export interface DayProgress {
  readonly client: ClientName
  readonly dayMs: number
  readonly phase: string
  readonly callsOffered: number
  readonly callsFailed: number
  readonly requests: number
  readonly jobsCompleted: number
  readonly jobsWaiting: number
  readonly jobsParked: number
}

/** Time after the last phase in which failed jobs may still be completed, milliseconds. */
const closingMs = 15_000
const reportEveryMs = 250

/** Runs one shop day with one client against a server of its own. */
export async function runDay(
  client: ClientName,
  scenario: Scenario,
  seed: number,
  onProgress: (progress: DayProgress) => void,
): Promise<DayRecord> {
  const etsy = await startEtsy(scenario, seed)
  const instance = createInstance(etsy.url)
  connectClient(client, instance, { perSecond: scenario.perSecondLimit, perDay: scenario.dailyLimit })
  const journal = createCallJournal()
  const context = { instance, journal, dayMs: etsy.dayMs, shopId: etsy.shop.shopId }
  const apiFor = (job: Job, run: number): ReturnType<typeof createEtsyApi> =>
    createEtsyApi(context, { jobId: job.id, run, priority: job.priority })
  const queue = createJobQueue(apiFor, etsy.dayMs, seed)
  const report = (): void => {
    const parked = queue.records.filter((record) => record.end === 'parked').length
    onProgress({
      client,
      dayMs: etsy.dayMs(),
      phase: phaseAt(etsy.phases, etsy.dayMs()).name,
      callsOffered: journal.offered,
      callsFailed: journal.records.filter((record) => record.outcome === 'failed').length,
      requests: etsy.server.journal.entries.length,
      jobsCompleted: queue.records.length - parked,
      jobsWaiting: queue.waiting,
      jobsParked: parked,
    })
  }
  const pauses = monitorEventLoopDelay({ resolution: 10 })
  const lengthMs = etsy.phases.at(-1)?.toMs ?? 0
  try {
    // One request before the day opens the connection and leaves the journal empty.
    await instance.get('/v3/application/openapi-ping', { headers: { [callHeader]: 'warm-up' } })
    etsy.server.journal.clear()
    pauses.enable()
    etsy.startDay()
    for (const { atMs, job } of planDay(lengthMs, seed)) queue.add(job, atMs)
    await repeatThroughDay(lengthMs, etsy.dayMs, queue, report)
    await queue.close('the day ended before it could run again')
    report()
    return {
      client,
      phases: etsy.phases,
      requests: etsy.server.journal.entries.map((entry) => requestRecord(entry, etsy.dayStartedAtMs)),
      longestPauseMs: pauses.max / 1e6,
      ordersPlaced: [...etsy.shop.receipts.values()].length,
      calls: journal.records,
      jobs: queue.records,
    }
  } finally {
    pauses.disable()
    await etsy.close()
  }
}

/** Adds the recurring jobs until the day is over, then waits for the queue to empty. */
async function repeatThroughDay(
  lengthMs: number,
  dayMs: () => number,
  queue: ReturnType<typeof createJobQueue>,
  report: () => void,
): Promise<void> {
  const seen: SeenReceipts = { ids: new Set(), newestSeconds: 0 }
  const listings = new Map<number, Listing>()
  const recurring = [
    { kind: 'poll-receipts', everyMs: pollReceiptsEveryMs, make: (round: number) => pollReceipts(round, seen) },
    { kind: 'sync-listings', everyMs: syncListingsEveryMs, make: (round: number) => syncListings(round, listings) },
  ].map((duty) => ({ ...duty, round: -1 }))
  await new Promise<void>((resolve) => {
    const tick = setInterval(() => {
      const now = dayMs()
      for (const duty of recurring) {
        const round = Math.floor(now / duty.everyMs)
        if (now >= lengthMs || round === duty.round) continue
        duty.round = round
        if (!queue.has(duty.kind)) queue.add(duty.make(round))
      }
      report()
      const isOver = now >= lengthMs && queue.waiting === 0
      if (!isOver && now < lengthMs + closingMs) return
      clearInterval(tick)
      resolve()
    }, reportEveryMs)
  })
}

function requestRecord(entry: JournalEntry, dayStartedAtMs: number): RequestRecord {
  return {
    atMs: entry.atMs - dayStartedAtMs,
    method: entry.method,
    path: entry.path,
    callId: entry.headers[callHeader] ?? '',
    processed: entry.processed,
    answered: entry.answered,
  }
}
