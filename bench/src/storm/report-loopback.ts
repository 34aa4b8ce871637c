import { type Column, renderTable } from '../report/table.ts'
import type { LoopbackRow } from './loopback/run-loopback.ts'
import type { LoopbackFigures, LoopbackScenario } from './loopback/loopback-scenario.ts'

interface Sheet {
  readonly scenario: LoopbackScenario['name']
  readonly title: string
  readonly columns: readonly Column[]
  readonly cells: (figures: LoopbackFigures) => readonly string[]
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

const SHEETS: readonly Sheet[] = [
  {
    scenario: 'outage',
    title: 'Loopback HTTP: 280 calls/s on a server of 300/s that stands still; seconds from repair to 95 %',
    columns: [
      { title: 's to 95 %' },
      { title: 'requests/call in outage' },
      { title: 'requests/call' },
      { title: 'success' },
    ],
    cells: ({ recoveryMs, watchedMs, outageLoad, requests, calls, successes }) => [
      recoveryMs === null ? `not in ${watchedMs / 1_000}` : (recoveryMs / 1_000).toFixed(0),
      (outageLoad ?? NaN).toFixed(2),
      (requests / calls).toFixed(2),
      percent(successes / calls),
    ],
  },
  {
    scenario: 'failures',
    title: 'Loopback HTTP: 15 % of answers are 503; 280 calls/s from one client',
    columns: [{ title: 'success' }, { title: 'requests/call' }, { title: 'refused locally' }],
    cells: ({ calls, successes, requests, rejected }) => [
      percent(successes / calls),
      (requests / calls).toFixed(3),
      percent(rejected / calls),
    ],
  },
  {
    scenario: 'blackout',
    title: 'Loopback HTTP: 100 clients of 2.8 calls/s, every answer is 503; the calls of the outage',
    columns: [
      { title: 'calls' },
      { title: 'admitted' },
      { title: 'rejected' },
      { title: 'requests' },
      { title: 'requests/call' },
    ],
    cells: ({ calls, rejected, requests }) => [
      String(calls),
      String(calls - rejected),
      String(rejected),
      String(requests),
      (requests / calls).toFixed(2),
    ],
  },
]

/** One table a scenario; none without rows. */
export const renderLoopback = (rows: readonly LoopbackRow[]): readonly string[] =>
  rows.length === 0
    ? []
    : SHEETS.map(({ scenario, title, columns, cells }) =>
        renderTable(
          title,
          [{ title: '', align: 'left' }, ...columns],
          rows.map(({ label, figures }) => [label, ...cells(figures[scenario])]),
        ),
      )
