import type { Phase } from './phase.ts'

/** A named day for the simulator: its phases, the provider's limits, and how much there is to do. */
export interface DayScenario {
  readonly name: string
  readonly summary: string
  readonly phases: readonly Phase[]
  /** Requests per second and key. */
  readonly perSecondLimit: number
  /** Requests per sliding window of `quotaWindowMs`, the compressed 24 hours. */
  readonly dailyLimit: number
  readonly quotaWindowMs: number
}

const limits = { perSecondLimit: 20, dailyLimit: 10_000, quotaWindowMs: 600_000 }

const outage = { outage: { resetShare: 0.3 }, latencyMs: [2, 10] } as const

const scenarioList: readonly DayScenario[] = [
  {
    name: 'day',
    summary: 'a whole shop day: 429s, a total outage of 10 s, a brown-out, lost answers, stalls and drips',
    ...limits,
    phases: [
      { name: 'calm', forMs: 4_000, conditions: {} },
      { name: 'rate-limits', forMs: 5_000, conditions: { perSecondLimit: 4 } },
      { name: 'outage', forMs: 10_000, conditions: outage },
      { name: 'repaired', forMs: 11_000, conditions: {} },
      { name: 'brown-out', forMs: 6_000, conditions: { errorShare: 0.15, latencyMs: [50, 400] } },
      {
        name: 'lost-answers',
        forMs: 6_000,
        conditions: { lostAnswers: { resetShare: 0.6, badGatewayShare: 0.2 } },
      },
      { name: 'slow', forMs: 6_000, conditions: { stallShare: 0.08, dripShare: 0.1, truncatedShare: 0.1 } },
      { name: 'evening', forMs: 4_000, conditions: {} },
    ],
  },
  {
    name: 'calm',
    summary: 'nothing fails: the three clients should behave alike',
    ...limits,
    phases: [{ name: 'calm', forMs: 12_000, conditions: {} }],
  },
  {
    name: 'outage',
    summary: 'a total outage of 10 s between two healthy stretches',
    ...limits,
    phases: [
      { name: 'calm', forMs: 4_000, conditions: {} },
      { name: 'outage', forMs: 10_000, conditions: outage },
      { name: 'repaired', forMs: 11_000, conditions: {} },
      { name: 'evening', forMs: 3_000, conditions: {} },
    ],
  },
  {
    name: 'quota',
    summary: 'the daily quota is too small for everything: orders should go first',
    ...limits,
    dailyLimit: 110,
    quotaWindowMs: 60_000,
    phases: [{ name: 'short-quota', forMs: 24_000, conditions: {} }],
  },
  {
    name: 'resets',
    summary: 'writes are carried out and their answers lost',
    ...limits,
    phases: [
      { name: 'calm', forMs: 2_000, conditions: {} },
      {
        name: 'lost-answers',
        forMs: 14_000,
        conditions: { lostAnswers: { resetShare: 0.6, badGatewayShare: 0.2 } },
      },
      { name: 'evening', forMs: 4_000, conditions: {} },
    ],
  },
  {
    name: 'stalls',
    summary: 'answers that never come, come slowly, or stop in the middle',
    ...limits,
    phases: [
      { name: 'calm', forMs: 2_000, conditions: {} },
      { name: 'slow', forMs: 14_000, conditions: { stallShare: 0.1, dripShare: 0.1, truncatedShare: 0.1 } },
      { name: 'evening', forMs: 4_000, conditions: {} },
    ],
  },
]

/** All scenarios by name; `day` is the default. */
export const dayScenarios: ReadonlyMap<string, DayScenario> = new Map(
  scenarioList.map((scenario) => [scenario.name, scenario]),
)
