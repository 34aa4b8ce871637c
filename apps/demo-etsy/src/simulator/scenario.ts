import type { Answer, ReceivedRequest, ResponseAnswer } from '@holdfast/fault-server'
import type { Grants } from './grants.ts'
import type { Quota } from './quota.ts'
import type { ShopStore } from './shop-store.ts'

/** The names of all scenarios, as in the catalogue of this app's README. */
export const scenarioIds = [
  'E1',
  'E2',
  'E3',
  'E4',
  'E5',
  'E6',
  'E7',
  'E8',
  'E9',
  'E10',
  'E11',
  'E12',
  'E13',
  'E14',
  'E15',
  'E16',
  'E17',
  'E18',
  'E19',
  'E20',
  'E21',
  'E22',
  'E23',
  'E24',
  'E25',
  'E26',
  'E27',
  'E28',
] as const

/** Name of a scenario. */
export type ScenarioId = (typeof scenarioIds)[number]

/** One request under a scenario. */
export interface FaultContext {
  readonly request: ReceivedRequest
  readonly operationId: string
  /** Which of the variants of a scenario; 0 is the common one. */
  readonly variant: number
  /** Serves the request as on a good day: access, quota, operation; `instead` takes the place of the operation alone. */
  readonly carryOut: (instead?: ResponseAnswer) => Promise<ResponseAnswer>
  readonly store: ShopStore
  readonly grants: Grants
  readonly quota: Quota
  readonly nowMs: () => number
  /** Length of the hangs and drips, real ms. */
  readonly hangMs: number
}

/** A kind of failure that can be called up by name. */
export interface Scenario {
  readonly id: ScenarioId
  readonly title: string
  /** Operations it meets; empty: all of the API. `token` is the token endpoint. */
  readonly operations: readonly string[]
  readonly answer: (context: FaultContext) => Answer | Promise<Answer>
}
