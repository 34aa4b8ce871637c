import { chanceOf } from '@holdfast/fault-server'
import { scenarioCatalogue } from './scenario-catalogue.ts'
import type { Scenario, ScenarioId } from './scenario.ts'

/** When and how often a scenario strikes. */
export interface Injection {
  readonly id: ScenarioId
  /** Requests it meets before it ends. Default 1; Infinity until `clear`. */
  readonly times?: number
  /** Chance of each request it could meet, above 0 to 1. Default 1. */
  readonly share?: number
  /** Operations in place of those of the scenario. */
  readonly operations?: readonly string[]
  /** Requests whose path ends so; others pass. */
  readonly pathEnd?: string
  readonly variant?: number
  /** Simulated milliseconds since the start between which it is active; for schedules. */
  readonly fromMs?: number
  readonly untilMs?: number
}

interface Active {
  readonly injection: Injection
  readonly scenario: Scenario
  left: number
}

/** Decides which request meets which scenario. */
export class ScenarioPlan {
  readonly #seed: number
  #active: Active[] = []
  #asked = 0

  /** @param seed - Decides the shares. */
  constructor(seed: number) {
    this.#seed = seed
  }

  /** @throws {TypeError} For an unknown scenario or a share outside 0 to 1. */
  add(injection: Injection): void {
    const scenario = scenarioCatalogue.get(injection.id)
    if (scenario === undefined) throw new TypeError(`inject: there is no scenario "${injection.id}"; E1 to E28 exist`)
    const { share = 1, times = 1 } = injection
    if (!(share > 0 && share <= 1)) throw new TypeError(`inject: share must be above 0 and at most 1, got ${share}`)
    this.#active.push({ injection, scenario, left: times })
  }

  clear(): void {
    this.#active = []
  }

  /** What is injected now, for displays. */
  get active(): readonly { readonly id: ScenarioId; readonly left: number }[] {
    return this.#active.map(({ injection, left }) => ({ id: injection.id, left }))
  }

  /** The scenario that meets this request, used up by one. */
  next(operationId: string, path: string, sinceStartMs: number): { scenario: Scenario; variant: number } | undefined {
    this.#asked += 1
    const found = this.#active.find(({ injection, scenario }) => {
      const { operations = scenario.operations, pathEnd, share = 1, fromMs = 0, untilMs = Infinity } = injection
      const isMeant =
        operations.length === 0
          ? operationId !== 'token' && operationId !== 'webhook'
          : operations.includes(operationId)
      if (!isMeant || sinceStartMs < fromMs || sinceStartMs >= untilMs) return false
      if (pathEnd !== undefined && !path.endsWith(pathEnd)) return false
      return share === 1 || chanceOf(this.#seed, `${injection.id}-${this.#asked}`) < share
    })
    if (found === undefined) return undefined
    found.left -= 1
    if (found.left <= 0) this.#active = this.#active.filter((active) => active !== found)
    return { scenario: found.scenario, variant: found.injection.variant ?? 0 }
  }
}

/** Every scenario that a day can contain without a person, at a small share; for the fault lab and `--random`. */
export function randomDay(share: number, ids: readonly ScenarioId[]): readonly Injection[] {
  return ids.map((id) => ({ id, share, times: Infinity }))
}
