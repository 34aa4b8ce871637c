import { renderTable, type Column } from '../report/table.ts'
import type { Target } from '../report/target.ts'
import { type Spread, spreadPercent } from '../statistics.ts'
import type { CaseGroup } from './case.ts'
import type { OverheadResult, OverheadRow, PairRow } from './run-overhead.ts'

const TITLES: Readonly<Record<CaseGroup, string>> = {
  core: 'One awaited call of a trivial async function',
  fetch: 'One fetch that answers at once, body read',
  axios: 'One axios GET with an adapter that answers at once',
}

const COLUMNS: readonly Column[] = [
  { title: '', align: 'left' },
  { title: 'CPU ns/call' },
  { title: 'spread' },
  { title: 'x bare' },
  { title: 'heap B/call' },
]

const whole = (value: number): string => (Number.isFinite(value) ? value.toFixed(0) : '-')
const plusMinus = (spread: Spread): string => `+-${spreadPercent(spread).toFixed(1)} %`

const renderRows = (group: CaseGroup, rows: readonly OverheadRow[]): string => {
  const [bare] = rows
  return renderTable(
    TITLES[group],
    COLUMNS,
    rows.map(({ label, cpuNs, heapBytes }) => [
      label,
      whole(cpuNs.median),
      plusMinus(cpuNs),
      bare === undefined
        ? '-'
        : (cpuNs.median / bare.cpuNs.median).toFixed(cpuNs.median / bare.cpuNs.median < 10 ? 2 : 0),
      whole(heapBytes.median),
    ]),
  )
}

const renderPairs = (pairs: readonly PairRow[], loopbackCpuNs: Spread | undefined): string =>
  renderTable(
    'What is added to that GET: blocks of both take turns in one process, the median difference of neighbours',
    [
      { title: '', align: 'left' },
      { title: 'bare ns' },
      { title: 'total ns' },
      { title: 'added ns' },
      { title: 'min..max' },
      { title: 'added %' },
      { title: 'min..max' },
      { title: 'of a loopback GET' },
      { title: 'heap B/call' },
    ],
    pairs.map(({ label, bareCpuNs, cpuNs, deltaNs, deltaPercent, heapBytes }) => [
      label,
      whole(bareCpuNs.median),
      whole(cpuNs.median),
      whole(deltaNs.median),
      `${whole(deltaNs.min)}..${whole(deltaNs.max)}`,
      `${deltaPercent.median.toFixed(1)} %`,
      `${deltaPercent.min.toFixed(1)}..${deltaPercent.max.toFixed(1)}`,
      loopbackCpuNs === undefined ? '-' : `${((deltaNs.median / loopbackCpuNs.median) * 100).toFixed(2)} %`,
      whole(heapBytes.median),
    ]),
  )

/** The tables of an overhead run. */
export const renderOverhead = ({ rows, pairs, loopbackCpuNs }: OverheadResult): readonly string[] => {
  const groups = (['core', 'fetch', 'axios'] as const).map((group) => rows.filter((row) => row.group === group))
  const tables = groups.flatMap((group) => (group[0] === undefined ? [] : [renderRows(group[0].group, group)]))
  if (pairs.length > 0) tables.push(renderPairs(pairs, loopbackCpuNs))
  if (loopbackCpuNs !== undefined) {
    tables.push(
      `One axios GET over loopback costs ${(loopbackCpuNs.median / 1_000).toFixed(0)} us of CPU in the client's process (${plusMinus(loopbackCpuNs)}).`,
    )
  }
  return tables
}

/** The targets that this run can judge. */
export const overheadTargets = ({ rows, pairs, loopbackCpuNs }: OverheadResult): readonly Target[] => {
  const row = (name: string): OverheadRow | undefined => rows.find((candidate) => candidate.name === name)
  const targets: Target[] = []
  const light = row('ours-retry')
  if (light !== undefined) {
    targets.push(
      {
        name: 'retry + breaker + budget, CPU',
        measured: light.cpuNs.median / 1_000,
        atMost: 0.5,
        unit: 'us',
        note: plusMinus(light.cpuNs),
      },
      { name: 'retry + breaker + budget, heap', measured: light.heapBytes.median / 1_000, atMost: 1.5, unit: 'kB' },
    )
  }
  const full = row('ours-full')
  if (full !== undefined) {
    targets.push({
      name: 'full standard policy, signal read, CPU',
      measured: full.cpuNs.median / 1_000,
      atMost: 2.5,
      unit: 'us',
      note: plusMinus(full.cpuNs),
    })
  }
  const attached = pairs.find(({ name }) => name === 'axios-attach')
  if (attached !== undefined) {
    const { deltaPercent, deltaNs } = attached
    const range = `${deltaPercent.min.toFixed(1)}..${deltaPercent.max.toFixed(1)} over processes`
    targets.push({
      name: 'attach, added to a no-op axios call',
      measured: deltaPercent.median,
      atMost: 10,
      unit: '%',
      note: range,
    })
    if (loopbackCpuNs !== undefined) {
      targets.push({
        name: 'attach, share of a loopback request',
        measured: (deltaNs.median / loopbackCpuNs.median) * 100,
        atMost: 2,
        unit: '%',
        note: `${deltaNs.median.toFixed(0)} ns of ${loopbackCpuNs.median.toFixed(0)} ns`,
      })
    }
  }
  return targets
}
