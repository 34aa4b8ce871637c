import {
  type Answer,
  chanceOf,
  createFaultServer,
  delayed,
  drip,
  type FaultServer,
  halfBody,
  type Handler,
  type ReceivedRequest,
  reset,
  type ResponseAnswer,
  stall,
  truncatedText,
} from '@holdfast/fault-server'
import { badGatewayPage, errorAnswer, quotaHeaders, tooManyRequests } from '../simulator/error-answers.ts'
import { type Fate, fateOf, latencyOf, type PlannedRequest } from './fault-plan.ts'
import { type Operation, operations } from './operations.ts'
import { phaseAt, placePhases, type TimedPhase } from './phase.ts'
import { createQuota, type Quota, type QuotaVerdict } from '../simulator/quota.ts'
import type { Scenario } from './scenarios.ts'
import { createShop, type ShopState } from './shop-state.ts'

/** Header by which the job code names the call a request belongs to. */
export const callHeader = 'x-demo-call'

/** The imitation of Etsy, running. */
export interface EtsyServer {
  readonly url: string
  readonly server: FaultServer
  readonly shop: ShopState
  readonly quota: Quota
  readonly phases: readonly TimedPhase[]
  /** Milliseconds since `startDay`, 0 before. */
  readonly dayMs: () => number
  /** When the day started, on the scale of the journal. */
  readonly dayStartedAtMs: number
  startDay(): void
  close(): Promise<void>
}

const ordersEndBeforeCloseMs = 2_500
const dripForMs = 5_000
const dripEveryMs = 100

/** Starts the parts of Etsy's API used here, with the faults of a scenario; state is in memory and new each time. */
export async function startEtsy(scenario: Scenario, seed: number): Promise<EtsyServer> {
  const phases = placePhases(scenario.phases)
  const shop = createShop(seed, (phases.at(-1)?.toMs ?? 0) - ordersEndBeforeCloseMs)
  const quota = createQuota({ ...scenario, windowMs: scenario.quotaWindowMs })
  const sentBefore = new Map<string, number>()
  let dayStartedAtMs = Infinity
  let refusals = 0
  const dayMs = (): number => Math.max(0, server.now() - dayStartedAtMs)

  const guarded =
    (operation: Operation): Handler =>
    async (request) => {
      const planned = plan(request, sentBefore)
      const conditions = dayStartedAtMs === Infinity ? {} : phaseAt(phases, dayMs()).conditions
      const latencyMs = latencyOf(planned, conditions, seed)
      const fate = fateOf(planned, conditions, seed)
      if (fate === 'outage-reset') return reset('before-reading')
      if (!/^[^:]+:[^:]+$/.test(request.headers['x-api-key'] ?? '')) {
        return errorAnswer(403, 'Shared secret is required in x-api-key header.')
      }
      const verdict = quota.take(server.now(), conditions.perSecondLimit)
      if (verdict.breach !== 'none') {
        refusals += 1
        return delayed(tooManyRequests(verdict, refusals), latencyMs / 2)
      }
      const failure = failureFor(fate)
      if (failure !== undefined) return delayed(failure, latencyMs)
      const done = await operation(request, shop, dayMs())
      return delayed(deliver(withEtsyHeaders(done, verdict, planned, seed), fate), latencyMs)
    }
  const server = await createFaultServer({
    routes: Object.fromEntries(Object.entries(operations).map(([route, operation]) => [route, guarded(operation)])),
    journal: { headers: [callHeader] },
    seed,
  })
  return {
    url: server.url,
    server,
    shop,
    quota,
    phases,
    dayMs,
    get dayStartedAtMs() {
      return dayStartedAtMs
    },
    startDay() {
      dayStartedAtMs = server.now()
    },
    close: () => server.close(),
  }
}

function plan(request: ReceivedRequest, sentBefore: Map<string, number>): PlannedRequest {
  const callId = request.headers[callHeader] ?? `${request.method} ${request.path}`
  const nth = (sentBefore.get(callId) ?? 0) + 1
  sentBefore.set(callId, nth)
  return { callId, nth, method: request.method }
}

/** Answers of requests that are not carried out. */
function failureFor(fate: Fate): ResponseAnswer | undefined {
  if (fate === 'outage-503' || fate === 'error-503') return errorAnswer(503, 'The service is unavailable')
  if (fate === 'error-500') return errorAnswer(500, 'Server Error')
  return undefined
}

/** The way the answer of a request that was carried out reaches the client, or does not. */
function deliver(answer: ResponseAnswer, fate: Fate): Answer {
  const processed = answer.status < 400
  switch (fate) {
    case 'lost-by-reset':
      return reset('after-reading', processed)
    case 'lost-by-502':
      return { ...badGatewayPage(), processed }
    case 'stall':
      return stall(processed)
    case 'drip': {
      const length = Buffer.byteLength(answer.body ?? '')
      return drip(answer, { chunkBytes: Math.ceil((length * dripEveryMs) / dripForMs), everyMs: dripEveryMs })
    }
    case 'half-body':
      return halfBody(answer)
    case 'truncated-text':
      return truncatedText(answer)
    default:
      return answer
  }
}

function withEtsyHeaders(
  answer: ResponseAnswer,
  verdict: QuotaVerdict,
  { callId, nth }: PlannedRequest,
  seed: number,
): ResponseAnswer {
  const headers = quotaHeaders(verdict)
  // Odd values have been seen in the wild; a client must read them as unknown, not as zero.
  const oddity = chanceOf(seed, `${callId}#${nth}:odd-header`)
  if (oddity < 0.01) headers['x-remaining-today'] = 'unknown'
  else if (oddity < 0.02) headers['x-remaining-this-second'] = '-1'
  return { ...answer, headers: { ...answer.headers, ...headers, 'x-etsy-request-uuid': `${callId}#${nth}` } }
}
