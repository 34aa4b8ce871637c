import { styleText } from 'node:util'
import {
  MEASURE_LABELS,
  MEASURES,
  percentOf,
  type CoverageRow,
  type CoverageSummary,
  type Grouping,
} from '../call-coverage/summary.ts'

type Style = Parameters<typeof styleText>[0]
const MIN_NAME = 16
const COLUMN = 10

/** Rounded down, so that 100 % is shown only where nothing is missing. */
export function shownPercent(percent: number | undefined): string {
  return percent === undefined ? '-' : `${Math.floor(percent)} %`
}

/** The coverage as a table: what has a protection, then in brackets how many calls leave it open. */
export function coverageTable(summary: CoverageSummary, by: Grouping, columns: number, isColoured: boolean): string {
  const paint = (style: Style, text: string): string =>
    isColoured ? styleText(style, text, { validateStream: false }) : text
  const rows = summary.by[by]
  const available = columns - 7 - MEASURES.length * COLUMN
  const longest = Math.max(MIN_NAME, ...rows.map(({ name }) => name.length))
  const width = Math.max(MIN_NAME, Math.min(longest, available))
  const head = `${by.padEnd(width)}${'calls'.padStart(7)}${MEASURES.map((measure) => MEASURE_LABELS[measure].padStart(COLUMN)).join('')}`
  const line = (row: CoverageRow): string => {
    const cells = MEASURES.map((measure) => {
      const percent = percentOf(row.measures[measure])
      const { unknown } = row.measures[measure]
      const text = `${shownPercent(percent)}${unknown > 0 ? ` (${unknown})` : ''}`.padStart(COLUMN)
      return percent === undefined
        ? paint('dim', text)
        : paint(percent === 100 ? 'green' : percent >= 50 ? 'yellow' : 'red', text)
    })
    return `${shortened(row.name, width).padEnd(width)}${String(row.calls).padStart(7)}${cells.join('')}`
  }
  const lines = [paint('bold', head), ...rows.map(line), line(summary.total)]
  const open = MEASURES.some((measure) => summary.total.measures[measure].unknown > 0)
  if (open)
    lines.push(
      '',
      paint('dim', '(n): calls of which it cannot be found out; they count as missing. --list-unknown shows them.'),
    )
  const handedOn = transportNote(summary)
  if (handedOn !== undefined) lines.push('', paint('dim', `${handedOn} --list-unknown shows them.`))
  return `${lines.join('\n')}\n`
}

/** Says that functions handed on as `fetch` are in no row; undefined when there are none. */
export function transportNote({ transports }: CoverageSummary): string | undefined {
  if (transports.length === 0) return undefined
  const what = transports.length === 1 ? '1 function that is' : `${transports.length} functions that are`
  return `Not counted: ${what} handed on as fetch; a call through such a function is judged where it stands.`
}

function shortened(name: string, width: number): string {
  return name.length <= width ? name : `${name.slice(0, width - 1)}\u2026`
}
