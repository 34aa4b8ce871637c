import type { BenchArguments } from '../arguments.ts'
import type { EngineBuild } from '../engine-build.ts'
import { runJsonProcess } from '../json-process.ts'
import { renderTable } from '../report/table.ts'
import type { Target } from '../report/target.ts'
import { SIGNAL_CASES } from './signal-cases.ts'
import type { RetentionFigures } from './retention-figures.ts'

const CALLS = 100_000
const ORIGINS = 10_000
const MOST_KEYS = 1_000

/** One row of the retention tables. */
export interface RetentionRow extends RetentionFigures {
  readonly name: string
  readonly label: string
  readonly isOurs: boolean
}

const measure = (name: string, calls: number, build: EngineBuild): Promise<RetentionFigures> =>
  runJsonProcess({
    script: new URL('./worker.ts', import.meta.url),
    args: [name, String(calls)],
    nodeOptions: [...build.nodeOptions, '--expose-gc'],
    timeoutMs: 300_000,
  })

/** Each row in a process of its own; a minute for everything. */
export const runRetention = async (
  { only, isQuick }: BenchArguments,
  build: EngineBuild,
  progress: (what: string) => void,
): Promise<readonly RetentionRow[]> => {
  const rows: RetentionRow[] = []
  for (const { name, label, isOurs } of only === 'origins' ? [] : SIGNAL_CASES) {
    if (isQuick && !isOurs) continue
    progress(label)
    rows.push({ name, label, isOurs, ...(await measure(name, isQuick ? CALLS / 5 : CALLS, build)) })
  }
  if (only !== 'signal') {
    progress('origins')
    rows.push({
      name: 'origins',
      label: 'holdfast wrapFetch, standard',
      isOurs: true,
      ...(await measure('origins', ORIGINS, build)),
    })
  }
  return rows
}

/** The tables of a retention run. */
export const renderRetention = (rows: readonly RetentionRow[]): readonly string[] => {
  const signalled = rows.filter(({ name }) => name !== 'origins')
  const origins = rows.filter(({ name }) => name === 'origins')
  const tables: string[] = []
  if (signalled.length > 0) {
    tables.push(
      renderTable(
        'Calls with one signal that lives on: heap still in use after collection',
        [{ title: '', align: 'left' }, { title: 'calls' }, { title: 'retained B/call' }, { title: 'listeners left' }],
        signalled.map(({ label, calls, bytesPerCall, listeners }) => [
          label,
          String(calls),
          bytesPerCall.toFixed(1),
          String(listeners),
        ]),
      ),
    )
  }
  if (origins.length > 0) {
    tables.push(
      renderTable(
        'One call to each of many origins',
        [{ title: '', align: 'left' }, { title: 'origins' }, { title: 'keys kept' }, { title: 'B/key' }],
        origins.map(({ label, calls, keysKept, bytesPerKey }) => [
          label,
          String(calls),
          String(keysKept),
          bytesPerKey.toFixed(0),
        ]),
      ),
    )
  }
  return tables
}

/** The targets that this run can judge. */
export const retentionTargets = (rows: readonly RetentionRow[]): readonly Target[] =>
  rows
    .filter(({ isOurs }) => isOurs)
    .flatMap(({ name, label, bytesPerCall, listeners, keysKept }) =>
      name === 'origins'
        ? [{ name: 'keys kept after 10,000 origins', measured: keysKept, atLeast: 1, atMost: MOST_KEYS, unit: '' }]
        : [
            { name: `${label}: retained`, measured: bytesPerCall, atMost: 50, unit: 'B/call' },
            { name: `${label}: listeners left`, measured: listeners, atMost: 0, unit: '' },
          ],
    )
