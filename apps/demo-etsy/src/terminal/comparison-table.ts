import { clientTitles } from '../clients/client-name.ts'
import type { DayFigures } from '../comparison/measure.ts'
import type { ComparisonReport } from '../comparison/report.ts'
import { formatTable, type Paint, type TableRow } from './table.ts'

const shownParked = 8
const notablePauseMs = 250

/** The three days side by side. */
export function comparisonTable(report: ComparisonReport, paint: Paint): string {
  const { heading, rows } = comparisonRows(report)
  return formatTable(heading, rows, paint)
}

/** The same as cells, for other forms of display. */
export function comparisonRows(report: ComparisonReport): { readonly heading: string[]; readonly rows: TableRow[] } {
  const { runs } = report
  const rows: TableRow[] = [
    row('jobs completed', runs, (run) => `${run.jobs.completed} of ${run.jobs.total}`),
    row('jobs parked with a reason', runs, (run) => String(run.jobs.parked)),
    row('calls offered / failed', runs, (run) => `${run.calls.offered} / ${run.calls.failed}`),
    row('  of these refused before sending', runs, (run) => String(run.calls.refusedLocally)),
    row('requests sent', runs, (run) => String(run.requests)),
  ]
  if (runs.some((run) => run.outage !== null)) {
    rows.push(
      row(
        'requests sent in the outage',
        runs,
        (run) => `${run.outage?.requests ?? 0} for ${run.outage?.calls ?? 0} calls`,
      ),
      row(
        '  requests per call',
        runs,
        (run) => run.outage?.requestsPerCall.toFixed(2) ?? '-',
        (run) => (run.outage?.requestsPerCall ?? 0) > 1.1,
      ),
      row(
        'from repair to normal',
        runs,
        (run) => duration(run.recoveryMs),
        (run) => run.recoveryMs === 'never',
      ),
    )
  }
  rows.push(
    row('quota burned', runs, (run) => String(run.quotaBurned)),
    row(
      'duplicate writes',
      runs,
      (run) => String(run.duplicateWrites.total),
      (run) => run.duplicateWrites.total > 0,
    ),
    row('orders shipped', runs, (run) => `${run.orders.shipped} of ${run.orders.placed}`),
    row(
      'buyer e-mails per shipped order',
      runs,
      (run) => run.orders.emailsPerShippedOrder.toFixed(2),
      (run) => run.orders.emails > run.orders.shipped,
    ),
    row(
      'calls that outlived their deadline',
      runs,
      (run) => String(run.outlivedDeadline),
      (run) => run.outlivedDeadline > 0,
    ),
    row('longest call', runs, (run) => duration(run.longestCallMs)),
  )
  const heading = [`scenario ${report.scenario}, seed ${report.seed}`, ...runs.map((run) => clientTitles[run.client])]
  return { heading, rows }
}

/** The jobs with Holdfast that were parked, and the promises with what was measured. */
export function closingLines(report: ComparisonReport, paint: Paint): string {
  const parked = report.runs.find((run) => run.client === 'holdfast')?.parked ?? []
  const lines = parked.slice(0, shownParked).map(({ job, reason }) => `  ${job}: ${reason}`)
  if (parked.length > shownParked) lines.push(`  and ${parked.length - shownParked} more; --json FILE has them all`)
  const promises = report.promises.map(({ promise, isKept, measured }) =>
    paint(isKept ? 'good' : 'bad', `  ${isKept ? 'kept  ' : 'BROKEN'}  ${promise} (${measured})`),
  )
  const pauseMs = Math.max(...report.runs.map((run) => run.longestPauseMs))
  if (pauseMs > notablePauseMs) {
    promises.push(
      '',
      `This machine was busy: it paused a client for up to ${duration(pauseMs)}, so times are distorted.`,
    )
  }
  return [
    ...(lines.length > 0 ? ['Parked with Holdfast:', ...lines, ''] : []),
    'Promises of Holdfast:',
    ...promises,
  ].join('\n')
}

function row(
  title: string,
  runs: readonly DayFigures[],
  cell: (run: DayFigures) => string,
  isBad: (run: DayFigures) => boolean = () => false,
): TableRow {
  const marks = runs.flatMap((run, index) => (isBad(run) ? [[index + 1, 'bad'] as const] : []))
  return { cells: [title, ...runs.map(cell)], marks: Object.fromEntries(marks) }
}

function duration(ms: number | 'never' | null): string {
  if (ms === null) return '-'
  return ms === 'never' ? 'never' : `${(ms / 1_000).toFixed(2)} s`
}
