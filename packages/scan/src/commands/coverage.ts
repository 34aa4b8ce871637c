import { readFileSync } from 'node:fs'
import path from 'node:path'
import { readConfig } from '../config/read-config.ts'
import {
  judgeChanged,
  missedThresholds,
  parseMeasures,
  parsePercent,
  parseThresholds,
  REQUIRED_MEASURES,
} from '../call-coverage/gates.ts'
import {
  GROUPINGS,
  MEASURE_LABELS,
  MEASURES,
  stateOf,
  summarise,
  type CoverageSummary,
  type Grouping,
} from '../call-coverage/summary.ts'
import { ScanError } from '../errors.ts'
import { writeWhole } from '../files/atomic-write.ts'
import { changedLines } from '../files/changed-lines.ts'
import { packageFinder } from '../files/packages.ts'
import { listSources } from '../files/source-listing.ts'
import { badge } from '../report/badge.ts'
import { coverageJson } from '../report/coverage-json.ts'
import { coverageTable, shownPercent } from '../report/coverage-table.ts'
import { htmlReport } from '../report/html-report.ts'
import { addToTrend, readTrend, trendPoint } from '../report/trend.ts'
import type { ExitCode, OutputPort } from './output-port.ts'
import { runSafely } from './run-safely.ts'
import { scanWithProgress } from './scan-with-progress.ts'

export interface CoverageCommandOptions {
  /** Default: the working directory. */
  readonly folder?: string
  readonly config?: string
  /** `table` (default) or `json`. */
  readonly format?: string
  /** `host` (default), `client`, `package` or `operation`. */
  readonly by?: string
  /** Writes the table or JSON there in place of the terminal. */
  readonly output?: string
  /** `deadline=90,retry=70`; default: the configuration's. */
  readonly min?: string
  /** A git revision: only calls on lines changed since then are asked for `require`. */
  readonly changedSince?: string
  /** Percentage that the changed calls must have of each measure. Default 100 where `changedSince` is given. */
  readonly require?: string | number
  /** `deadline,handledError`: what `require` asks for. */
  readonly measures?: string
  /** Writes a self-contained page there. */
  readonly html?: string
  /** Adds a line to this trend file; `true` takes the path of the configuration. */
  readonly trend?: string | boolean
  /** Writes a badge (SVG) there. */
  readonly badge?: string
  /** Lists the calls whose protection cannot be found out. */
  readonly listUnknown?: boolean
  readonly cache?: boolean
  /** For tests. */
  readonly now?: () => Date
}

/** `holdfast coverage`: which share of the outgoing calls is protected. Exit code 1 when a percentage is missed. */
export function coverageCommand(options: CoverageCommandOptions, port: OutputPort): Promise<ExitCode> {
  return runSafely(port, async () => {
    const by = GROUPINGS.find((name) => name === (options.by ?? 'host'))
    if (!by) throw new ScanError(`--by must be one of ${GROUPINGS.join(', ')}, got ${JSON.stringify(options.by)}.`)
    if (options.format !== undefined && options.format !== 'table' && options.format !== 'json')
      throw new ScanError(`--format must be table or json, got ${JSON.stringify(options.format)}.`)
    if (options.require !== undefined && options.changedSince === undefined)
      throw new ScanError('--require asks for new calls and needs --changed-since REV; for all calls use --min.')
    const min = options.min === undefined ? undefined : parseThresholds(options.min)
    const root = path.resolve(options.folder ?? '.')
    const { settings } = listSources(root)
    const config = await readConfig(root, options.config)
    const changed = options.changedSince === undefined ? undefined : changedLines(root, options.changedSince)
    const result = scanWithProgress({ root, config, cache: options.cache ?? true }, port)
    const summary = summarise(result, packageFinder(root, settings))
    writeReports(summary, root, options, config.coverage?.trend)
    print(summary, by, options, port)
    for (const { path: file, problem } of result.unparsed) port.stderr(`not read: ${file}: ${problem}\n`)
    const isMissed = judgeAll(summary, min ?? config.coverage?.min ?? {}, port)
    const isLacking = changed !== undefined && judgeNew(summary, changed, options, port)
    return isMissed || isLacking || result.unparsed.some(({ isBundle }) => !isBundle) ? 1 : 0
  })
}

function print(summary: CoverageSummary, by: Grouping, options: CoverageCommandOptions, port: OutputPort): void {
  const isColoured = port.isTerminal && options.output === undefined
  const text =
    options.format === 'json' ? coverageJson(summary) : coverageTable(summary, by, port.columns ?? 100, isColoured)
  if (options.output === undefined) port.stdout(text)
  else writeWhole(path.resolve(options.output), text)
  if (!options.listUnknown) return
  for (const { file, line, column } of summary.transports)
    port.stdout(`${file}:${line}:${column}  handed on as fetch, not counted\n`)
  for (const call of summary.calls) {
    const open = MEASURES.filter((measure) => stateOf(call, measure) === 'unknown')
    if (open.length === 0) continue
    const reasons = open.map((measure) => {
      const protection = call.protections[measure]
      return `${MEASURE_LABELS[measure]} (${protection.state === 'unknown' ? protection.source : ''})`
    })
    port.stdout(`${call.file}:${call.line}:${call.column}  ${call.operation}  unknown: ${reasons.join(', ')}\n`)
  }
}

function writeReports(
  summary: CoverageSummary,
  root: string,
  options: CoverageCommandOptions,
  configured: string | undefined,
): void {
  const trendPath = typeof options.trend === 'string' ? options.trend : configured
  if (options.trend === true && trendPath === undefined)
    throw new ScanError('--trend needs a path, here or as coverage.trend in the configuration.')
  const trendFile = trendPath === undefined ? undefined : path.resolve(root, trendPath)
  const now = (options.now ?? (() => new Date()))()
  const adds = options.trend !== undefined && options.trend !== false
  const points =
    trendFile === undefined ? [] : adds ? addToTrend(trendFile, trendPoint(summary.total, now)) : readTrend(trendFile)
  if (options.html !== undefined)
    writeWhole(
      path.resolve(options.html),
      htmlReport({
        summary,
        points,
        name: path.basename(root),
        at: now,
        sourceOf: (file) => readFileSync(path.join(root, file), 'utf8'),
      }),
    )
  if (options.badge !== undefined) writeWhole(path.resolve(options.badge), badge(summary.total))
}

function judgeAll(summary: CoverageSummary, min: Parameters<typeof missedThresholds>[1], port: OutputPort): boolean {
  const missed = missedThresholds(summary.total, min)
  for (const { measure, percent, asked } of missed)
    port.stderr(`holdfast: ${MEASURE_LABELS[measure]}: ${shownPercent(percent)} of the calls, ${asked} % asked for.\n`)
  return missed.length > 0
}

function judgeNew(
  summary: CoverageSummary,
  changed: Parameters<typeof judgeChanged>[1],
  options: CoverageCommandOptions,
  port: OutputPort,
): boolean {
  const measures = options.measures === undefined ? REQUIRED_MEASURES : parseMeasures(options.measures)
  const gate = judgeChanged(summary.calls, changed, measures, parsePercent(options.require ?? 100))
  port.stderr(
    `${gate.calls.length} calls on lines changed since ${options.changedSince}, ${gate.lacking.length} of them lack something.\n`,
  )
  if (gate.missed.length === 0) return false
  for (const { call, measures: missing } of gate.lacking)
    port.stderr(
      `holdfast: ${call.file}:${call.line}:${call.column} ${call.operation} is new and lacks: ${missing.map((measure) => MEASURE_LABELS[measure]).join(', ')}\n`,
    )
  return true
}
