import { seconds } from '../report/seconds.ts'
import { renderTable } from '../report/table.ts'
import type { Target } from '../report/target.ts'
import { spreadPercent, type Spread } from '../statistics.ts'
import type { GrowthRow, LintResult } from './run-lint.ts'

const ratio = ({ median, min, max }: Spread): string => `${median.toFixed(3)} (${min.toFixed(2)} to ${max.toFixed(2)})`
const within = (spread: Spread): string => `+-${spreadPercent(spread).toFixed(0)} %`

// A rule this quick is measured with the clock's grain, not its growth.
const LEAST_JUDGED_MS = 20

const judgeable = (rows: readonly GrowthRow[]): readonly GrowthRow[] =>
  rows.filter(({ leastMs }) => (leastMs.at(-1) ?? 0) >= LEAST_JUDGED_MS)

const steepest = (rows: readonly GrowthRow[]): readonly GrowthRow[] => {
  const shapes = [...new Set(rows.map(({ shape }) => shape))]
  return shapes.flatMap((name) =>
    judgeable(rows)
      .filter(({ shape }) => shape === name)
      .toSorted((first, second) => second.exponent - first.exponent)
      .slice(0, 3),
  )
}

/** The tables of a lint run. */
export const renderLint = ({ callMap, overhead, growth }: LintResult): readonly string[] => {
  const tables: string[] = []
  if (callMap.length > 0)
    tables.push(
      renderTable(
        'Cold run of holdfast-call-map, user CPU of the whole process',
        [
          { title: 'repository', align: 'left' },
          ...['files', 'lines', 'calls', 's', 'ms/file'].map((title) => ({ title })),
        ],
        callMap.map(({ repository, files, lines, calls, userMs }) => [
          repository,
          String(files),
          lines === undefined ? '' : String(lines),
          String(calls),
          seconds(userMs),
          (userMs.median / files).toFixed(2),
        ]),
      ),
    )
  if (overhead.length > 0)
    tables.push(
      renderTable(
        'Cold run of ESLint with the typescript-eslint parser, user CPU; ratios to the parser alone, the last to its own rules',
        [
          { title: 'repository', align: 'left' },
          ...['files', 'parser s', 'recommended s', 'one empty rule', 'recommended', 'added to own', 'reports'].map(
            (title) => ({ title }),
          ),
        ],
        overhead.map((row) => [
          row.repository,
          String(row.files),
          seconds(row.parserMs),
          seconds(row.recommendedMs),
          ratio(row.emptyRatio),
          ratio(row.ratio),
          ratio(row.ownRatio),
          String(row.reports),
        ]),
      ),
    )
  if (growth.length > 0)
    tables.push(
      renderTable(
        'One rule with its analysis, the same text in files of each length: the three steepest rules of each shape',
        [
          { title: 'shape', align: 'left' },
          { title: 'rule', align: 'left' },
          { title: 'ms in files of 3,200, 6,400, 12,800 blocks (chain: half)' },
          { title: 'exponent' },
        ],
        steepest(growth).map(({ shape, rule, leastMs, exponent }) => [
          shape,
          rule,
          leastMs.map((value) => value.toFixed(1)).join('  '),
          exponent.toFixed(2),
        ]),
      ),
    )
  return tables
}

/** The targets that this run can judge. */
export const lintTargets = ({ callMap, overhead, growth }: LintResult): readonly Target[] => {
  const targets: Target[] = []
  const [smallest] = callMap
  const generated = callMap.filter(({ lines }) => lines !== undefined)
  const largest = generated.at(-1)
  if (smallest)
    targets.push({
      name: 'cold call map of 450 files',
      measured: smallest.userMs.median / 1_000,
      atMost: 1,
      unit: 's',
      note: `${within(smallest.userMs)}, least ${(smallest.userMs.min / 1_000).toFixed(2)} s`,
    })
  if (smallest && largest && largest !== smallest)
    targets.push({
      name: `call map: time per file, ${largest.files} to ${smallest.files} files`,
      measured: largest.userMs.median / largest.files / (smallest.userMs.median / smallest.files),
      atMost: 1.2,
      unit: 'x',
    })
  for (const { repository, ratio: toParser, ownRatio: toOwn } of overhead)
    for (const [to, added] of [
      ['the parser alone', toParser],
      ["ESLint's own rules", toOwn],
    ] as const)
      targets.push({
        name: `recommended adds to ${to}, ${repository}`,
        measured: (added.median - 1) * 100,
        atMost: 15,
        unit: '%',
        note: within(added),
      })
  if (growth.length > 0) {
    const worst = judgeable(growth).toSorted((first, second) => second.exponent - first.exponent)[0]
    targets.push({
      name: 'steepest rule: time grows with the length to the power of',
      measured: worst?.exponent ?? NaN,
      atMost: 1.3,
      unit: '',
      note: worst ? `${worst.rule}, ${worst.shape}` : '',
    })
  }
  return targets
}
