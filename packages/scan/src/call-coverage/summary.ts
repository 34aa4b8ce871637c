import { MEASURES, type Measure } from '@holdfast/analysis/coverage-facts'
import type { ScanResult } from '../scan-project.ts'
import type { CallRecord } from './call-record.ts'

export { MEASURES, type Measure }

/** The heads of the columns, and short names where a measure is asked for. */
export const MEASURE_LABELS: Readonly<Record<Measure, string>> = {
  deadline: 'deadline',
  retry: 'retry',
  breaker: 'breaker',
  fallback: 'fallback',
  handledError: 'handled',
  responseCheck: 'checked',
}

/** How many calls have a protection, lack it, or leave it open. Calls that need none are not among them. */
export interface MeasureCount {
  readonly yes: number
  readonly no: number
  readonly unknown: number
}

export interface CoverageRow {
  readonly name: string
  readonly calls: number
  readonly measures: Readonly<Record<Measure, MeasureCount>>
}

export const GROUPINGS = ['host', 'client', 'package', 'operation'] as const
export type Grouping = (typeof GROUPINGS)[number]

/** One outgoing call with the groups it belongs to. */
export interface CoveredCall extends Omit<CallRecord, 'host'>, Readonly<Record<Grouping, string>> {
  readonly file: string
}

export interface CoverageSummary {
  readonly total: CoverageRow
  /** Sorted by the number of calls, most first. */
  readonly by: Readonly<Record<Grouping, readonly CoverageRow[]>>
  readonly calls: readonly CoveredCall[]
  /** Functions handed on as `fetch`: who calls them decides, so no row counts them. */
  readonly transports: readonly CoveredCall[]
}

type JudgedCall = Pick<CallRecord, 'methods' | 'protections'>

const REPEATABLE = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])

/** Whether a call has a protection: `unneeded` is a retry of a request that may not be repeated. */
export function stateOf(call: JudgedCall, measure: Measure): 'yes' | 'no' | 'unknown' | 'unneeded' {
  const { state } = call.protections[measure]
  if (state === 'yes' || state === 'unknown') return state
  const mayNotRepeat =
    measure === 'retry' && call.methods.length > 0 && !call.methods.some((method) => REPEATABLE.has(method))
  return mayNotRepeat ? 'unneeded' : 'no'
}

/** Percentage of the calls that have a protection; what is unknown counts as missing, so hiding a call never helps. */
export function percentOf({ yes, no, unknown }: MeasureCount): number | undefined {
  const all = yes + no + unknown
  return all === 0 ? undefined : (yes / all) * 100
}

/** The coverage of a scan, in total and by host, client, package and operation. */
export function summarise(result: ScanResult, packageOf: (path: string) => string): CoverageSummary {
  const all = result.files.flatMap(({ path: file, calls: own }) =>
    own.map((call): CoveredCall => {
      const host = call.host ?? 'unknown host'
      const isSdk = call.methods.length === 0 && call.path?.includes('.') === true && !call.path.startsWith('/')
      const action = isSdk ? '' : `${call.methods.length === 0 ? '?' : call.methods.join('|')} `
      return {
        ...call,
        file,
        host,
        package: packageOf(file),
        operation: `${action}${host}${isSdk ? ' ' : ''}${call.path ?? ' unknown path'}`,
      }
    }),
  )
  const calls = all.filter(({ isTransport }) => !isTransport)
  const transports = all.filter(({ isTransport }) => isTransport === true)
  return { total: rowOf('all calls', calls), by: groupedAll(calls), calls, transports }
}

function groupedAll(calls: readonly CoveredCall[]): CoverageSummary['by'] {
  const rows = (grouping: Grouping): CoverageRow[] =>
    [...new Set(calls.map((call) => call[grouping]))]
      .map((name) =>
        rowOf(
          name,
          calls.filter((call) => call[grouping] === name),
        ),
      )
      .sort((first, second) => second.calls - first.calls || (first.name < second.name ? -1 : 1))
  return { host: rows('host'), client: rows('client'), package: rows('package'), operation: rows('operation') }
}

/** Counts the calls of one row. */
export function rowOf(name: string, calls: readonly JudgedCall[]): CoverageRow {
  const count = (measure: Measure): MeasureCount => {
    const states = calls.map((call) => stateOf(call, measure))
    const of = (wanted: string): number => states.filter((state) => state === wanted).length
    return { yes: of('yes'), no: of('no'), unknown: of('unknown') }
  }
  const measures = Object.fromEntries(MEASURES.map((measure) => [measure, count(measure)]))
  return { name, calls: calls.length, measures: measures as Record<Measure, MeasureCount> }
}
