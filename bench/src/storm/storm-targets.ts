import type { Target } from '../report/target.ts'
import type { StormResult } from './run-storm.ts'
import { BUDGET_ONLY, STANDARD } from './virtual/holdfast-clients.ts'

const LOADS: readonly {
  readonly kind: string
  readonly label: string
  readonly spanMs: number
  readonly atMost: number
}[] = [
  { kind: BUDGET_ONLY.name, label: 'budget only', spanMs: 300_000, atMost: 1.05 },
  { kind: STANDARD.name, label: 'full policy', spanMs: 10_000, atMost: 0.9 },
  { kind: STANDARD.name, label: 'full policy', spanMs: 60_000, atMost: 0.25 },
  { kind: STANDARD.name, label: 'full policy', spanMs: 300_000, atMost: 0.12 },
]

/** The targets that this run can judge; each by its worst seed. */
export const stormTargets = ({ outages, failures, bursts, blackout }: StormResult): readonly Target[] => [
  ...outages
    .filter(({ kind }) => kind === STANDARD.name)
    .map(({ outageMs, recoveriesMs }) => ({
      name: `recovery after an outage of ${outageMs / 1_000} s at 93 % load`,
      measured: Math.max(...recoveriesMs.map((ms) => ms ?? Infinity)) / 1_000,
      atMost: 8,
      unit: 's',
      note: `by seed: ${recoveriesMs.map((ms) => (ms === null ? 'never' : ms / 1_000)).join(' ')}`,
    })),
  ...failures
    .filter(({ kind, failureShare }) => kind === STANDARD.name && failureShare === 0.15)
    .flatMap(({ clients, worstSuccess, requests, calls }) => [
      {
        name: `15 % failures, ${clients} client(s): success`,
        measured: worstSuccess * 100,
        atLeast: 99.5,
        unit: '%',
        note: 'worst seed',
      },
      { name: `15 % failures, ${clients} client(s): load`, measured: requests / calls, atMost: 1.2, unit: 'x' },
    ]),
  ...bursts
    .filter(({ kind }) => kind === STANDARD.name)
    .map(({ rejectedWhenNew, rejectedAfterPause, calls }) => ({
      name: 'calls of a healthy burst that are refused locally',
      measured: rejectedWhenNew + rejectedAfterPause,
      atMost: 0,
      unit: '',
      note: `of ${calls}; ${rejectedWhenNew} when new, ${rejectedAfterPause} after a pause`,
    })),
  ...LOADS.flatMap(({ kind, label, spanMs, atMost }) =>
    blackout
      .filter((row) => row.kind === kind && row.spanMs === spanMs)
      .map(({ worstLoad, admitted, rejected }) => ({
        name: `requests per call in a total outage, ${label}, ${spanMs / 1_000} s`,
        measured: worstLoad,
        atMost,
        unit: '',
        note: `worst seed; ${admitted} admitted, ${rejected} rejected`,
      })),
  ),
]
