import type { ClientName } from '../clients/client-name.ts'
import { callDeadlineMs } from '../clients/instance.ts'
import type { DayRecord } from './run-day.ts'
import { recoveryTime } from './recovery.ts'

/** What one phase looked like. */
export interface PhaseFigures {
  readonly name: string
  readonly callsOffered: number
  readonly callsFailed: number
  readonly refusedLocally: number
  /** Requests that arrived at the simulator in this phase. */
  readonly requests: number
}

/** The figures of one day with one client. */
export interface DayFigures {
  readonly client: ClientName
  readonly jobs: { readonly total: number; readonly completed: number; readonly parked: number }
  readonly parked: readonly { readonly job: string; readonly reason: string }[]
  readonly calls: { readonly offered: number; readonly failed: number; readonly refusedLocally: number }
  readonly requests: number
  /** `null` when the scenario has no outage. */
  readonly outage: { readonly calls: number; readonly requests: number; readonly requestsPerCall: number } | null
  /** Milliseconds from the repair to normal; `null` when the scenario has no outage. */
  readonly recoveryMs: number | 'never' | null
  readonly quotaBurned: number
  /** Effects that happened more than once: parcels of one order, drafts of one job. */
  readonly duplicateWrites: { readonly parcels: number; readonly drafts: number; readonly total: number }
  readonly orders: {
    readonly placed: number
    readonly shipped: number
    readonly emails: number
    readonly emailsPerShippedOrder: number
    readonly mostEmailsForOneOrder: number
  }
  /** Calls that took longer than their deadline of 3 s and the slack. */
  readonly outlivedDeadline: number
  readonly longestCallMs: number
  /** Longest pause of the process, milliseconds. */
  readonly longestPauseMs: number
  /** Requests that met a scenario of the simulator, by its name. */
  readonly scenariosMet: Readonly<Record<string, number>>
  readonly phases: readonly PhaseFigures[]
}

/** Lateness of timers that is not counted as outliving a deadline, milliseconds, beside the pauses of a busy machine. */
const slackMs = 50

/** Works the figures out of the journals: requests, duplicates, e-mails and quota out of the simulator's own. */
export function measureDay(record: DayRecord): DayFigures {
  const emails = countsOf(record.emailedOrders)
  const drafts = countsOf(record.draftMarkers)
  const emailCount = sum(emails)
  const parcels = surplus(emails)
  const surplusDrafts = surplus(drafts)
  const parked = record.jobs.filter((job) => job.end === 'parked')
  const durations = record.calls.map((call) => call.settledAtMs - call.offeredAtMs)
  return {
    client: record.client,
    jobs: { total: record.jobs.length, completed: record.jobs.length - parked.length, parked: parked.length },
    parked: parked.map((job) => ({ job: job.id, reason: job.reason ?? '' })),
    calls: {
      offered: record.calls.length,
      failed: record.calls.filter((call) => call.outcome === 'failed').length,
      refusedLocally: record.calls.filter((call) => call.isLocalRefusal).length,
    },
    requests: record.requests.length,
    ...measureOutage(record),
    quotaBurned: record.quotaBurned,
    duplicateWrites: { parcels, drafts: surplusDrafts, total: parcels + surplusDrafts },
    orders: {
      placed: record.ordersPlaced,
      shipped: emails.size,
      emails: emailCount,
      emailsPerShippedOrder: emails.size === 0 ? 0 : emailCount / emails.size,
      mostEmailsForOneOrder: Math.max(0, ...emails.values()),
    },
    outlivedDeadline: durations.filter((duration) => duration > callDeadlineMs + slackMs + record.longestPauseMs)
      .length,
    longestCallMs: Math.max(0, ...durations),
    longestPauseMs: record.longestPauseMs,
    scenariosMet: scenariosMet(record),
    phases: measurePhases(record),
  }
}

function measureOutage(record: DayRecord): Pick<DayFigures, 'outage' | 'recoveryMs'> {
  const index = record.phases.findIndex((phase) => phase.conditions.outage !== undefined)
  const outage = record.phases[index]
  if (outage === undefined) return { outage: null, recoveryMs: null }
  const calls = record.calls.filter((call) => call.offeredAtMs >= outage.fromMs && call.offeredAtMs < outage.toMs)
  const requests = record.requests.filter((request) => request.atMs >= outage.fromMs && request.atMs < outage.toMs)
  const healthyUntilMs = record.phases[index + 1]?.toMs ?? outage.toMs
  return {
    outage: {
      calls: calls.length,
      requests: requests.length,
      requestsPerCall: requests.length / Math.max(1, calls.length),
    },
    recoveryMs: recoveryTime(record.calls, outage.toMs, healthyUntilMs),
  }
}

function measurePhases(record: DayRecord): PhaseFigures[] {
  const closing = { name: 'closing', fromMs: record.phases.at(-1)?.toMs ?? 0, toMs: Infinity }
  return [...record.phases, closing].map(({ name, fromMs, toMs }) => {
    const calls = record.calls.filter((call) => call.offeredAtMs >= fromMs && call.offeredAtMs < toMs)
    return {
      name,
      callsOffered: calls.length,
      callsFailed: calls.filter((call) => call.outcome === 'failed').length,
      refusedLocally: calls.filter((call) => call.isLocalRefusal).length,
      requests: record.requests.filter((request) => request.atMs >= fromMs && request.atMs < toMs).length,
    }
  })
}

function scenariosMet(record: DayRecord): Record<string, number> {
  const met = countsOf(record.requests.flatMap(({ scenario }) => (scenario === undefined ? [] : [scenario])))
  return Object.fromEntries([...met].sort(([a], [b]) => Number(a.slice(1)) - Number(b.slice(1))))
}

function countsOf(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0)
}

function surplus(counts: ReadonlyMap<string, number>): number {
  return sum(counts) - counts.size
}
