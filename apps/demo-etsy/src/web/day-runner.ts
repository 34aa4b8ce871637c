import { clientNames } from '../clients/client-name.ts'
import { type ComparisonReport, makeReport } from '../comparison/report.ts'
import { runInProcess } from '../comparison/run-in-process.ts'
import { dayScenarios } from '../day-schedule/day-scenarios.ts'

/** How a side-by-side day stands. */
export type DayState =
  | { readonly kind: 'none' }
  | { readonly kind: 'running'; readonly scenario: string; readonly share: number }
  | { readonly kind: 'done'; readonly report: ComparisonReport }
  | { readonly kind: 'failed'; readonly message: string }

/** Runs one comparison at a time in child processes. */
export class DayRunner {
  #state: DayState = { kind: 'none' }

  get state(): DayState {
    return this.#state
  }

  /** Starts a day; one that is running goes on. Returns whether it was started. */
  start(name: string, seed: number): boolean {
    const scenario = dayScenarios.get(name)
    if (this.#state.kind === 'running' || scenario === undefined) return false
    const lengthMs = scenario.phases.reduce((sum, phase) => sum + phase.forMs, 0)
    this.#state = { kind: 'running', scenario: name, share: 0 }
    const runs = clientNames.map((client) =>
      runInProcess(client, name, seed, ({ dayMs }) => {
        if (this.#state.kind === 'running') this.#state = { ...this.#state, share: Math.min(0.99, dayMs / lengthMs) }
      }),
    )
    void Promise.all(runs).then(
      (figures) => {
        this.#state = { kind: 'done', report: makeReport(scenario, seed, figures) }
      },
      (error: unknown) => {
        this.#state = { kind: 'failed', message: error instanceof Error ? error.message : String(error) }
      },
    )
    return true
  }
}
