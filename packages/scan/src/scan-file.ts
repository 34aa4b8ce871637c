import {
  analyseFile,
  coverageFacts,
  factsFromCallMap,
  mayCallSdk,
  noFacts,
  type CallMap,
  type InstanceFacts,
} from '@holdfast/analysis'
import { posix } from 'node:path'
import { visitorKeys } from 'oxc-parser'
import type { CallRecord } from './call-coverage/call-record.ts'
import { LineIndex } from './files/line-index.ts'
import { parseFile } from './files/parsed-file.ts'
import type { ScanFinding } from './findings/finding.ts'
import type { ActiveRule } from './rules/rule-set.ts'
import { runRules } from './rules/rule-runner.ts'

export interface FileRun {
  readonly root: string
  readonly path: string
  readonly source: string
  readonly rules: readonly ActiveRule[]
  readonly map: CallMap
  readonly makesClient: boolean
  readonly callMapPath: string
  readonly settings: Readonly<Record<string, unknown>>
}

export interface FileResult {
  readonly problem?: string
  readonly findings: readonly ScanFinding[]
  readonly calls: readonly CallRecord[]
  readonly instances: readonly InstanceFacts[]
}

/** Everything that is found in one file. */
export function scanFile(run: FileRun): FileResult {
  const { root, path, source, rules, map, callMapPath, settings } = run
  const parsed = parseFile(path, source)
  if ('problem' in parsed) return { problem: parsed.problem, findings: [], calls: [], instances: [] }
  const findings = runRules({ root, path, parsed, rules, settings: { ...settings, callMap: callMapPath } })
  const mapped = factsFromCallMap(map, path, source)
  const entry = mapped ? map.files[path] : undefined
  const mayCall = !entry || entry.calls.length > 0 || run.makesClient || mayCallSdk(source)
  if (!mayCall) return { findings, calls: [], instances: [] }
  const facts = { ...noFacts, ...mapped, ...declared(settings, path) }
  const analysis = analyseFile(parsed.program, parsed.comments, parsed.text, path, facts, visitorKeys)
  const coverage = coverageFacts(analysis)
  const lines = new LineIndex(parsed.text)
  const calls = coverage.calls.map((call): CallRecord => {
    const last = lines.at(call.end)
    return { ...lines.at(call.start), endLine: last.line, endColumn: last.column, ...call }
  })
  return { findings, calls, instances: coverage.instances }
}

/** What the settings say of the project's own functions. */
function declared(settings: Readonly<Record<string, unknown>>, file: string): Partial<typeof noFacts> {
  const named = (key: string): { name: string }[] =>
    ((settings[key] ?? []) as readonly (string | { name: string })[]).map((entry) =>
      typeof entry === 'string' ? { name: entry } : entry,
    )
  const place = Object.entries((settings['environment'] ?? {}) as Record<string, 'server' | 'browser'>).find(([glob]) =>
    posix.matchesGlob(file, glob),
  )?.[1]
  return {
    userWrappers: (settings['wrappers'] ?? []) as readonly string[],
    retryOwners: (settings['retryOwners'] ?? []) as readonly string[],
    userClients: named('clients'),
    ...(place ? { configuredEnvironment: place } : {}),
  }
}
