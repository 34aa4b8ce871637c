import type { ReceivedRequest } from '@holdfast/fault-server'
import type { ScenarioId } from './scenario.ts'

/** What one request meets. */
export interface ScheduledFault {
  /** Scenario of the catalogue, for any operation; left out: what was injected strikes as usual. */
  readonly id?: ScenarioId
  /** Which variant of the scenario, default 0. */
  readonly variant?: number
  /** Time the server takes beyond its own, real ms, default 0. */
  readonly latencyMs?: number
  /** Requests per second left for this key, because something else uses it too. */
  readonly perSecondLimit?: number
}

/**
 * Decides the fate of each request, those for tokens included, by the request itself, asked before the injected scenarios. For schedules in
 * which the same call must meet the same fault however many other requests there are.
 */
export type FaultSchedule = (request: ReceivedRequest) => ScheduledFault
