import { existsSync, readFileSync } from 'node:fs'
import { reasonOf, ScanError } from '../errors.ts'
import { writeWhole } from '../files/atomic-write.ts'
import type { ScanFinding } from './finding.ts'

export const BASELINE_NAME = 'holdfast-baseline.json'

/** What a baseline keeps of a finding: enough to recognise it, and to say what it was. */
export interface BaselineEntry {
  readonly fingerprint: string
  readonly rule: string
  readonly path: string
  readonly message: string
}

/** Findings beside a baseline. */
export interface ComparedFindings {
  readonly fresh: readonly ScanFinding[]
  readonly unchanged: readonly ScanFinding[]
  /** What the baseline knows and the code no longer has. */
  readonly absent: readonly BaselineEntry[]
}

/**
 * Reads a baseline; undefined where there is none.
 * @throws ScanError when the file is no baseline of this version
 */
export function readBaseline(file: string): readonly BaselineEntry[] | undefined {
  if (!existsSync(file)) return undefined
  let value: { version?: unknown; findings?: unknown } | null
  try {
    value = JSON.parse(readFileSync(file, 'utf8')) as typeof value
  } catch (error) {
    throw new ScanError(`The baseline ${file} cannot be read: ${reasonOf(error)}.`, { cause: error })
  }
  const isEntry = (entry: unknown): entry is BaselineEntry =>
    typeof entry === 'object' && entry !== null && typeof (entry as BaselineEntry).fingerprint === 'string'
  if (value?.version !== 1 || !Array.isArray(value.findings) || !value.findings.every(isEntry))
    throw new ScanError(
      `The baseline ${file} is none of version 1; write it again with \`holdfast scan --update-baseline\`.`,
    )
  return value.findings
}

/** Writes all findings as the new baseline, sorted, so that a change reads well in a diff. */
export function writeBaseline(file: string, findings: readonly ScanFinding[]): void {
  const entries = findings
    .map(({ fingerprint, rule, path, message }): BaselineEntry => ({ path, rule, fingerprint, message }))
    .sort((first, second) => (keyOf(first) < keyOf(second) ? -1 : 1))
  writeWhole(file, `${JSON.stringify({ version: 1, findings: entries }, null, 2)}\n`)
}

function keyOf({ path, rule, fingerprint }: BaselineEntry): string {
  return `${path}\n${rule}\n${fingerprint}`
}

/** Each finding is matched by its fingerprint, so fixing one and adding one leaves one new and one absent. */
export function compareFindings(
  findings: readonly ScanFinding[],
  baseline: readonly BaselineEntry[] = [],
): ComparedFindings {
  const known = new Set(baseline.map(({ fingerprint }) => fingerprint))
  const present = new Set(findings.map(({ fingerprint }) => fingerprint))
  return {
    fresh: findings.filter(({ fingerprint }) => !known.has(fingerprint)),
    unchanged: findings.filter(({ fingerprint }) => known.has(fingerprint)),
    absent: baseline.filter(({ fingerprint }) => !present.has(fingerprint)),
  }
}
