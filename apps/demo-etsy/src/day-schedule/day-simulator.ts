import type { ReceivedRequest } from '@holdfast/fault-server'
import {
  createSimulatedClock,
  type JournalLine,
  makeReceipt,
  type ScheduledFault,
  type Simulator,
  startSimulator,
} from '../simulator/index.ts'
import type { DayScenario } from './day-scenarios.ts'
import { fateOf, latencyOf, type PlannedRequest, scenarioOfFate } from './fault-plan.ts'
import { ordersOfDay } from './orders-of-day.ts'
import { phaseAt, placePhases, type TimedPhase } from './phase.ts'

/** Header by which the job code names the call a request belongs to; the schedule knows a re-sent call by it. */
export const callHeader = 'x-demo-call'

/** The simulator of the Etsy API on the schedule of a day. */
export interface DaySimulator {
  readonly simulator: Simulator
  /** Bearer token of the shop, good for an hour. */
  readonly accessToken: string
  readonly phases: readonly TimedPhase[]
  /** Milliseconds since `startDay`, 0 before. */
  readonly dayMs: () => number
  /** Requests so far by call, those before the day included. */
  readonly requestsByCall: ReadonlyMap<string, number>
  /** Begins the first phase and places the orders of the day. */
  startDay(): void
  /** What the simulator's journal says of the day so far; `atMs` from its start. */
  journal(): readonly JournalLine[]
  /** Requests of the day so far. */
  requestCount(): number
  /** Requests of the day so far that counted against the daily quota. */
  quotaBurned(): number
  close(): Promise<void>
}

/** Listing whose updates always fail, whatever is sent. */
export const poisonListingId = 1_013

const dayStartMs = 1_790_000_000_000
const firstListingId = 1_001
const listings = 110
const ordersEndBeforeCloseMs = 2_500
const slowAnswerMs = 5_000
const mostLines = 1_000_000
const shopScopes = ['listings_r', 'listings_w', 'transactions_r', 'transactions_w']

/** Starts a simulator with state of its own in memory, whose faults and orders follow a scenario and a seed. */
export async function startDaySimulator(scenario: DayScenario, seed: number): Promise<DaySimulator> {
  const phases = placePhases(scenario.phases)
  const clock = createSimulatedClock(1, dayStartMs)
  const requestsByCall = new Map<string, number>()
  let startedAtMs = Infinity
  let before = { lastSeq: 0, requests: 0, burned: 0 }
  const dayMs = (): number => Math.max(0, clock.nowMs() - startedAtMs)
  const hasStarted = (): boolean => startedAtMs !== Infinity

  function schedule(request: ReceivedRequest): ScheduledFault {
    const planned = countedRequest(request, requestsByCall)
    if (!hasStarted()) return {}
    const { conditions } = phaseAt(phases, dayMs())
    const { perSecondLimit } = conditions
    const fate = fateOf(planned, conditions, seed)
    return {
      ...(fate === 'healthy' ? {} : scenarioOfFate[fate]),
      ...(perSecondLimit === undefined ? {} : { perSecondLimit }),
      latencyMs: latencyOf(planned, conditions, seed),
    }
  }

  const simulator = await startSimulator({
    seed,
    clock,
    listings,
    hangMs: slowAnswerMs,
    quota: { perSecond: scenario.perSecondLimit, perDay: scenario.dailyLimit, windowMs: scenario.quotaWindowMs },
    schedule,
  })
  simulator.inject({ id: 'E18', pathEnd: `/listings/${poisonListingId}`, times: Infinity })
  const { journal, quota, store, identity } = simulator
  return {
    simulator,
    accessToken: simulator.grants.issueDirectly(shopScopes).access_token,
    phases,
    dayMs,
    requestsByCall,
    startDay() {
      before = {
        lastSeq: journal.lines().at(-1)?.seq ?? 0,
        requests: journal.count('call'),
        burned: quota.burned,
      }
      startedAtMs = clock.nowMs()
      const untilMs = (phases.at(-1)?.toMs ?? 0) - ordersEndBeforeCloseMs
      for (const order of ordersOfDay(seed, untilMs, { firstListingId, listings })) {
        const listing = store.listing(order.listingId)
        if (listing === undefined) throw new Error(`day simulator: listing ${order.listingId} is not in the shop`)
        const seconds = Math.floor((startedAtMs + order.placedAtMs) / 1_000)
        store.saveReceipt(makeReceipt(identity, order.receiptId, seconds, listing), seconds)
      }
    },
    journal: () => journal.lines(before.lastSeq, mostLines).map((line) => ({ ...line, atMs: line.atMs - startedAtMs })),
    requestCount: () => journal.count('call') - before.requests,
    quotaBurned: () => quota.burned - before.burned,
    close: () => simulator.close(),
  }
}

function countedRequest(request: ReceivedRequest, requestsByCall: Map<string, number>): PlannedRequest {
  const callId = request.headers[callHeader] ?? `${request.method} ${request.path}`
  const nth = (requestsByCall.get(callId) ?? 0) + 1
  requestsByCall.set(callId, nth)
  return { callId, nth, method: request.method }
}
