import { existsSync, readFileSync } from 'node:fs'
import { MEASURES, percentOf, type CoverageRow, type Measure } from '../call-coverage/summary.ts'
import { ScanError } from '../errors.ts'
import { writeWhole } from '../files/atomic-write.ts'

/** One run of `holdfast coverage`: a line of the trend file. */
export interface TrendPoint {
  /** ISO 8601, UTC. */
  readonly at: string
  readonly calls: number
  readonly percents: Readonly<Partial<Record<Measure, number>>>
}

const HEADER = ['at', 'calls', ...MEASURES].join(',')

export function trendPoint(total: CoverageRow, now: Date): TrendPoint {
  const percents = MEASURES.flatMap((measure) => {
    const percent = percentOf(total.measures[measure])
    return percent === undefined ? [] : [[measure, Math.round(percent * 10) / 10]]
  })
  return { at: now.toISOString(), calls: total.calls, percents: Object.fromEntries(percents) as TrendPoint['percents'] }
}

/**
 * Reads a trend file: comma-separated values with a header; none is an empty trend.
 * @throws ScanError when the file has another header
 */
export function readTrend(file: string): TrendPoint[] {
  if (!existsSync(file)) return []
  const [header, ...lines] = readFileSync(file, 'utf8').trimEnd().split(/\r?\n/)
  if (header !== HEADER) throw new ScanError(`The trend file ${file} must begin with the line ${HEADER}.`)
  return lines.map((line) => {
    const [at = '', calls = '', ...percents] = line.split(',')
    const given = MEASURES.flatMap((measure, index) =>
      percents[index] === undefined || percents[index] === '' ? [] : [[measure, Number(percents[index])]],
    )
    return { at, calls: Number(calls), percents: Object.fromEntries(given) as TrendPoint['percents'] }
  })
}

/** Adds a point to a trend file, and gives back all of them. */
export function addToTrend(file: string, point: TrendPoint): TrendPoint[] {
  const points = [...readTrend(file), point]
  const lines = points.map(({ at, calls, percents }) =>
    [at, calls, ...MEASURES.map((measure) => percents[measure] ?? '')].join(','),
  )
  writeWhole(file, `${[HEADER, ...lines].join('\n')}\n`)
  return points
}
