import { seconds } from '../report/seconds.ts'
import { renderTable } from '../report/table.ts'
import type { Target } from '../report/target.ts'
import type { Spread } from '../statistics.ts'
import type { ScanRow } from './run-scan.ts'

const JUDGED_FILES = 450

const megabytes = ({ median, min, max }: Spread): string =>
  `${median.toFixed(0)} (${min.toFixed(0)} to ${max.toFixed(0)})`
const perFileMs = ({ userMs, files }: ScanRow): number => userMs.median / files

const coldGenerated = (rows: readonly ScanRow[]): readonly ScanRow[] =>
  rows.filter(({ kind, repository }) => kind === 'cold' && repository.startsWith('generated'))
const judgedOf = (rows: readonly ScanRow[]): ScanRow | undefined =>
  coldGenerated(rows).find(({ files }) => files >= JUDGED_FILES)

/** The tables of a scan run. */
export const renderScan = (rows: readonly ScanRow[]): readonly string[] => {
  const judged = judgedOf(rows)
  return [
    renderTable(
      'holdfast scan with all rules of `recommended`, whole process',
      [
        { title: 'repository', align: 'left' },
        { title: 'scan', align: 'left' },
        ...['findings', 'user CPU s', 'wall s', 'peak MB', 'ms/file', 'ratio'].map((title) => ({ title })),
      ],
      rows.map((row) => [
        row.repository,
        row.kind,
        String(row.findings),
        seconds(row.userMs),
        (row.wallMs.median / 1_000).toFixed(2),
        megabytes(row.maxRssMb),
        perFileMs(row).toFixed(2),
        judged && row.kind === 'cold' ? (perFileMs(row) / perFileMs(judged)).toFixed(2) : '',
      ]),
    ),
  ]
}

/** The targets that this run can judge. */
export const scanTargets = (rows: readonly ScanRow[]): readonly Target[] => {
  const targets: Target[] = []
  const judged = judgedOf(rows)
  if (!judged) return targets
  const least = (spread: Spread): string => `least ${(spread.min / 1_000).toFixed(2)} s`
  targets.push(
    {
      name: 'cold scan of 450 files, user CPU',
      measured: (judged.userMs.median / judged.files / 1_000) * JUDGED_FILES,
      atMost: 2,
      unit: 's',
      note: least(judged.userMs),
    },
    { name: 'peak memory of 450 files', measured: judged.maxRssMb.median, atMost: 250, unit: 'MB' },
  )
  const edited = rows.find(({ kind, repository }) => kind === 'one edit' && repository === judged.repository)
  if (edited)
    targets.push({
      name: 'scan after one edit among 450 files, user CPU',
      measured: edited.userMs.median / 1_000,
      atMost: 0.3,
      unit: 's',
      note: least(edited.userMs),
    })
  const largest = coldGenerated(rows).at(-1)
  if (largest && largest !== judged)
    targets.push({
      name: `scan: time per file, ${largest.files} to ${judged.files} files`,
      measured: perFileMs(largest) / perFileMs(judged),
      atMost: 1.2,
      unit: 'x',
    })
  return targets
}
