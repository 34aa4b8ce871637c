import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { ClientName } from '../clients/client-name.ts'
import { connectClient } from '../clients/connect-client.ts'
import { createInstance } from '../clients/instance.ts'
import type { DayScenario } from '../day-schedule/day-scenarios.ts'
import { callHeader, type DaySimulator, startDaySimulator } from '../day-schedule/day-simulator.ts'
import { phaseAt, type TimedPhase } from '../day-schedule/phase.ts'
import type { Listing } from '../shop/answers.ts'
import { type CallRecord, createCallJournal } from '../shop/call-journal.ts'
import { planDay, pollReceiptsEveryMs, syncListingsEveryMs } from '../shop/day-plan.ts'
import { createEtsyApi } from '../shop/etsy-api.ts'
import type { Job, JobRecord } from '../shop/job.ts'
import { createJobQueue } from '../shop/job-queue.ts'
import { pollReceipts, type SeenReceipts } from '../shop/poll-receipts.ts'
import { syncListings } from '../shop/sync-listings.ts'
import type { JournalLine } from '../simulator/index.ts'

/** One request out of the simulator's journal. */
export interface RequestRecord {
  /** Milliseconds from the start of the day. */
  readonly atMs: number
  readonly operation: string
  /** `undefined` when no answer was sent. */
  readonly status: number | undefined
  /** Scenario of the simulator that struck, such as `E16`. */
  readonly scenario: string | undefined
}

/** Everything that was recorded of one day with one client. */
export interface DayRecord {
  readonly client: ClientName
  readonly phases: readonly TimedPhase[]
  /** Out of the simulator's journal. */
  readonly requests: readonly RequestRecord[]
  /** Order of each e-mail to a buyer, out of the simulator's journal. */
  readonly emailedOrders: readonly string[]
  /** Marker tag of each draft that was created, out of the simulator's journal and shop. */
  readonly draftMarkers: readonly string[]
  /** Requests that the simulator counted against the daily quota. */
  readonly quotaBurned: number
  /** Requests by call, by the header that names it. */
  readonly requestsByCall: ReadonlyMap<string, number>
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
const warmUpCall = 'warm-up'

/** Runs one shop day with one client against a simulator of its own. */
export async function runDay(
  client: ClientName,
  scenario: DayScenario,
  seed: number,
  onProgress: (progress: DayProgress) => void,
): Promise<DayRecord> {
  const etsy = await startDaySimulator(scenario, seed)
  const instance = createInstance(etsy.simulator.url, etsy.accessToken)
  connectClient(client, instance, { perSecond: scenario.perSecondLimit, perDay: scenario.dailyLimit })
  const journal = createCallJournal()
  const context = { instance, journal, dayMs: etsy.dayMs, shopId: etsy.simulator.identity.shopId }
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
      requests: etsy.requestCount(),
      jobsCompleted: queue.records.length - parked,
      jobsWaiting: queue.waiting,
      jobsParked: parked,
    })
  }
  const pauses = monitorEventLoopDelay({ resolution: 10 })
  const lengthMs = etsy.phases.at(-1)?.toMs ?? 0
  try {
    // One request before the day opens the connection.
    await instance.get('/v3/application/openapi-ping', { headers: { [callHeader]: warmUpCall } })
    pauses.enable()
    etsy.startDay()
    for (const { atMs, job } of planDay(lengthMs, seed)) queue.add(job, atMs)
    await repeatThroughDay(lengthMs, etsy.dayMs, queue, report)
    await queue.close('the day ended before it could run again')
    report()
    return {
      client,
      phases: etsy.phases,
      ...simulatorRecord(etsy),
      longestPauseMs: pauses.max / 1e6,
      calls: journal.records,
      jobs: queue.records,
    }
  } finally {
    pauses.disable()
    await etsy.close()
  }
}

/** What the simulator knows of the day. */
function simulatorRecord(
  etsy: DaySimulator,
): Pick<DayRecord, 'requests' | 'emailedOrders' | 'draftMarkers' | 'quotaBurned' | 'requestsByCall' | 'ordersPlaced'> {
  const { store, clock } = etsy.simulator
  const lines = etsy.journal()
  const subjectsOf = (kind: JournalLine['kind']): string[] =>
    lines.filter((line) => line.kind === kind).map((line) => line.subject ?? '')
  return {
    requests: lines
      .filter((line) => line.kind === 'call')
      .map(({ atMs, operation, status, scenario }) => ({ atMs, operation, status, scenario })),
    emailedOrders: subjectsOf('email-sent'),
    draftMarkers: subjectsOf('listing-created').map((id) => store.listing(Number(id))?.tags.join() ?? ''),
    quotaBurned: etsy.quotaBurned(),
    requestsByCall: new Map([...etsy.requestsByCall].filter(([callId]) => callId !== warmUpCall)),
    ordersPlaced: store.receiptsSince(clock.seconds(), 0).length,
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
