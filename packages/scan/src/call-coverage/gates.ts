import type { Thresholds } from '../config/config.ts'
import { ScanError } from '../errors.ts'
import {
  MEASURE_LABELS,
  MEASURES,
  percentOf,
  rowOf,
  stateOf,
  type CoverageRow,
  type CoveredCall,
  type Measure,
} from './summary.ts'

/** What a new call must have when `--require` is given without `--measures`: what the recommended rules ask for. */
export const REQUIRED_MEASURES: readonly Measure[] = ['deadline', 'retry', 'handledError', 'responseCheck']

/** A measure by its name or by the head of its column. */
function measureNamed(name: string, option: string): Measure {
  const found = MEASURES.find((measure) => measure === name || MEASURE_LABELS[measure] === name)
  if (!found)
    throw new ScanError(
      `${option}: there is no measure ${JSON.stringify(name)}; known are ${MEASURES.join(', ')}, and for short ${MEASURE_LABELS.handledError}, ${MEASURE_LABELS.responseCheck}.`,
    )
  return found
}

function percentNamed(text: string, option: string): number {
  const percent = Number(text)
  if (text.trim() === '' || !(percent >= 0 && percent <= 100))
    throw new ScanError(`${option}: ${JSON.stringify(text)} is no percentage from 0 to 100.`)
  return percent
}

/**
 * Reads `deadline=90,retry=70`.
 * @throws ScanError that names the part that is wrong
 */
export function parseThresholds(text: string): Thresholds {
  return Object.fromEntries(
    text.split(',').map((part) => {
      const [name = '', percent, ...rest] = part.split('=')
      if (percent === undefined || rest.length > 0)
        throw new ScanError(`--min: ${JSON.stringify(part)} must have the form measure=percent, such as deadline=90.`)
      return [measureNamed(name.trim(), '--min'), percentNamed(percent, '--min')]
    }),
  )
}

/** Reads `deadline,handledError`. */
export function parseMeasures(text: string): Measure[] {
  return text.split(',').map((name) => measureNamed(name.trim(), '--measures'))
}

/** Reads the percentage of `--require`. */
export function parsePercent(text: string | number): number {
  return percentNamed(String(text), '--require')
}

export interface MissedThreshold {
  readonly measure: Measure
  readonly percent: number
  readonly asked: number
}

/** The percentages that are lower than asked. A measure that no call needs is met. */
export function missedThresholds(row: CoverageRow, thresholds: Thresholds): MissedThreshold[] {
  return MEASURES.flatMap((measure) => {
    const asked = thresholds[measure]
    const percent = percentOf(row.measures[measure])
    return asked !== undefined && percent !== undefined && percent < asked ? [{ measure, percent, asked }] : []
  })
}

export interface ChangedGate {
  readonly calls: readonly CoveredCall[]
  readonly missed: readonly MissedThreshold[]
  /** The calls that lack one of the measures, with what they lack. */
  readonly lacking: readonly { readonly call: CoveredCall; readonly measures: readonly Measure[] }[]
}

/** Judges the calls on changed lines alone. */
export function judgeChanged(
  calls: readonly CoveredCall[],
  isChanged: (file: string, line: number, endLine: number) => boolean,
  measures: readonly Measure[],
  percent: number,
): ChangedGate {
  const changed = calls.filter(({ file, line, endLine }) => isChanged(file, line, endLine))
  const asked = Object.fromEntries(measures.map((measure) => [measure, percent]))
  const lacking = changed.flatMap((call) => {
    const missing = measures.filter((measure) => ['no', 'unknown'].includes(stateOf(call, measure)))
    return missing.length === 0 ? [] : [{ call, measures: missing }]
  })
  return { calls: changed, missed: missedThresholds(rowOf('changed calls', changed), asked), lacking }
}
