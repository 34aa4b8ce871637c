import { coverageFacts, mayCallSdk, type InstanceFacts, type ProjectFacts } from '@holdfast/analysis'
import type { CallRecord } from './call-coverage/call-record.ts'
import { LineIndex } from './files/line-index.ts'
import type { ParsedFile } from './files/parsed-file.ts'
import type { ScanFinding } from './findings/finding.ts'
import type { ActiveRule } from './rules/rule-set.ts'
import { runRules } from './rules/rule-runner.ts'

export interface FileRun {
  readonly root: string
  readonly path: string
  readonly parsed: ParsedFile
  readonly rules: readonly ActiveRule[]
  readonly settings: Readonly<Record<string, unknown>>
  /** What the call map says of the file; undefined when the map leaves it out. */
  readonly mapped: Partial<ProjectFacts> | undefined
  /** The call map has calls or new clients in the file, or leaves it out. */
  readonly mayCall: boolean
}

export interface FileResult {
  readonly problem?: string
  readonly findings: readonly ScanFinding[]
  readonly calls: readonly CallRecord[]
  readonly instances: readonly InstanceFacts[]
}

/** Everything that is found in one file. */
export function scanFile({ mayCall, ...run }: FileRun): FileResult {
  const { findings, analysis } = runRules(run)
  if (!analysis || !(mayCall || mayCallSdk(run.parsed.text))) return { findings, calls: [], instances: [] }
  const coverage = coverageFacts(analysis)
  const lines = new LineIndex(run.parsed.text)
  const calls = coverage.calls.map((call): CallRecord => {
    const last = lines.at(call.end)
    return { ...lines.at(call.start), endLine: last.line, endColumn: last.column, ...call }
  })
  return { findings, calls, instances: coverage.instances }
}
