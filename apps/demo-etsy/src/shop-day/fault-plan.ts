import { chanceOf } from '@holdfast/fault-server'
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
  return 'healthy'
}

/** Time the server takes for a request, milliseconds. */
export function latencyOf(request: PlannedRequest, conditions: Conditions, seed: number): number {
  const [from, to] = conditions.latencyMs ?? [10, 40]
  return from + (to - from) * chanceOf(seed, `${request.callId}#${request.nth}:latency`)
}
