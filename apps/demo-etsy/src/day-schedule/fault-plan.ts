import { chanceOf } from '@holdfast/fault-server'
import type { ScheduledFault } from '../simulator/index.ts'
import type { Conditions } from './phase.ts'

/** What happens to one request. */
export type Fate =
  | 'healthy'
  | 'outage-reset'
  | 'outage-503'
  | 'error-500'
  | 'error-503'
  | 'lost-by-reset'
  | 'lost-by-502'
  | 'stall'
  | 'drip'
  | 'half-body'
  | 'truncated-text'
  | 'unreadable-quota'
  | 'negative-quota'

/** The scenario of the simulator behind each fate. */
export const scenarioOfFate: Readonly<Record<Exclude<Fate, 'healthy'>, ScheduledFault>> = {
  'outage-reset': { id: 'E19', variant: 2 },
  'outage-503': { id: 'E19' },
  'error-500': { id: 'E18' },
  'error-503': { id: 'E19' },
  'lost-by-reset': { id: 'E16' },
  'lost-by-502': { id: 'E17' },
  stall: { id: 'E20', variant: 1 },
  drip: { id: 'E20', variant: 3 },
  'half-body': { id: 'E20', variant: 4 },
  'truncated-text': { id: 'E20', variant: 2 },
  'unreadable-quota': { id: 'E4', variant: 2 },
  'negative-quota': { id: 'E4', variant: 3 },
}

/** Share of answers with each of the odd quota headers that have been seen in the wild. */
const oddQuotaShare = 0.01

/** A request as the plan knows it: which call it belongs to and how often that call has been sent before. */
export interface PlannedRequest {
  readonly callId: string
  /** 1 for the first request of a call, 2 for its first re-send. */
  readonly nth: number
  readonly method: string
}

/**
 * The fate of a request depends on the seed, the phase and the request alone. So a call meets the same fault under every
 * client, however many other requests that client sends around it.
 */
export function fateOf(request: PlannedRequest, conditions: Conditions, seed: number): Fate {
  const chance = (purpose: string): number => chanceOf(seed, `${request.callId}#${request.nth}:${purpose}`)
  if (conditions.outage !== undefined) {
    return chance('outage') < conditions.outage.resetShare ? 'outage-reset' : 'outage-503'
  }
  if (chance('error') < (conditions.errorShare ?? 0)) return chance('which-error') < 0.5 ? 'error-500' : 'error-503'
  if (conditions.lostAnswers !== undefined && request.method === 'POST' && request.nth === 1) {
    const { resetShare, badGatewayShare } = conditions.lostAnswers
    const lost = chance('lost')
    if (lost < resetShare) return 'lost-by-reset'
    if (lost < resetShare + badGatewayShare) return 'lost-by-502'
  }
  if (chance('stall') < (conditions.stallShare ?? 0)) return 'stall'
  if (request.method === 'GET') {
    if (chance('drip') < (conditions.dripShare ?? 0)) return 'drip'
    if (chance('truncated') < (conditions.truncatedShare ?? 0)) {
      return chance('how-truncated') < 0.5 ? 'half-body' : 'truncated-text'
    }
  }
  const oddity = chance('odd-header')
  if (oddity < oddQuotaShare) return 'unreadable-quota'
  return oddity < 2 * oddQuotaShare ? 'negative-quota' : 'healthy'
}

/** Time the server takes for a request, milliseconds. */
export function latencyOf(request: PlannedRequest, conditions: Conditions, seed: number): number {
  const [from, to] = conditions.latencyMs ?? [10, 40]
  return from + (to - from) * chanceOf(seed, `${request.callId}#${request.nth}:latency`)
}
