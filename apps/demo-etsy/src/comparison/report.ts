import type { DayScenario } from '../day-schedule/day-scenarios.ts'
import type { DayFigures } from './measure.ts'
import { checkPromises, type PromiseCheck } from './promises.ts'

/** The outcome of a comparison, as `--json` writes it. */
export interface ComparisonReport {
  /** Raised when a field changes its meaning. */
  readonly schema: 1
  readonly scenario: string
  readonly seed: number
  readonly phases: readonly { readonly name: string; readonly forMs: number }[]
  readonly runs: readonly DayFigures[]
  readonly promises: readonly PromiseCheck[]
}

/** Puts the figures of the three days together. */
export function makeReport(scenario: DayScenario, seed: number, runs: readonly DayFigures[]): ComparisonReport {
  const holdfast = runs.find((run) => run.client === 'holdfast')
  return {
    schema: 1,
    scenario: scenario.name,
    seed,
    phases: scenario.phases.map(({ name, forMs }) => ({ name, forMs })),
    runs,
    promises: holdfast === undefined ? [] : checkPromises(holdfast),
  }
}
