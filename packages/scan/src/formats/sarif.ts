import type { Log, ReportingDescriptor, Result, Run } from 'sarif'
import type { BaselineEntry } from '../findings/baseline.ts'
import type { ScanFinding } from '../findings/finding.ts'
import { helpOf } from '../rules/rule-set.ts'
import type { ScanReport } from './scan-report.ts'

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json'

/** SARIF 2.1.0: one run for each package, relative URIs, fingerprints, baseline state and the help of each rule. */
export function sarif(report: ScanReport): string {
  const packages = new Set(
    [...report.fresh, ...report.unchanged, ...report.absent].map(({ path }) => report.packageOf(path)),
  )
  const names = packages.size === 0 ? [report.packageOf('')] : [...packages].sort()
  const log: Log = { $schema: SCHEMA, version: '2.1.0', runs: names.map((name) => runOf(report, name)) }
  return `${JSON.stringify(log, null, 2)}\n`
}

function runOf(report: ScanReport, packageName: string): Run {
  const own = <Entry extends { readonly path: string }>(entries: readonly Entry[]): Entry[] =>
    entries.filter(({ path }) => report.packageOf(path) === packageName)
  const fresh = own(report.fresh)
  const unchanged = own(report.unchanged)
  const absent = own(report.absent)
  const ids = [...new Set([...fresh, ...unchanged, ...absent].map(({ rule }) => rule))].sort()
  const place = new Map(ids.map((id, index) => [id, index]))
  const state = (baselineState: Result.baselineState): Pick<Result, 'baselineState'> =>
    report.hasBaseline ? { baselineState } : {}
  const results: Result[] = [
    ...fresh.map((finding) => ({ ...resultOf(finding, place, report.prefix), ...state('new') })),
    ...unchanged.map((finding) => ({ ...resultOf(finding, place, report.prefix), ...state('unchanged') })),
    ...absent.map((entry) => ({ ...absentResult(entry, place, report.prefix), ...state('absent') })),
  ]
  return {
    tool: {
      driver: { name: 'Holdfast', informationUri: 'https://github.com/holdfast/holdfast', rules: ids.map(ruleOf) },
    },
    automationDetails: { id: `holdfast/${packageName}/` },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The root of the repository.' } } },
    invocations: [
      {
        executionSuccessful: true,
        toolExecutionNotifications: own(report.unparsed).map(({ path, problem }) => ({
          level: 'warning',
          message: { text: `Not read: ${problem}` },
          locations: [{ physicalLocation: { artifactLocation: artifact(report.prefix + path) } }],
        })),
      },
    ],
    results,
  }
}

function ruleOf(id: string): ReportingDescriptor {
  const { description, url } = helpOf(id)
  return {
    id,
    shortDescription: { text: description },
    helpUri: url,
    help: { text: `${description}. ${url}`, markdown: `${description}.\n\n[How to repair it](${url})` },
  }
}

function artifact(path: string): { uri: string; uriBaseId: string } {
  return { uri: path.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' }
}

function resultOf(finding: ScanFinding, place: ReadonlyMap<string, number>, prefix: string): Result {
  const { rule, severity, message, path, line, column, endLine, endColumn, fingerprint, callCount } = finding
  return {
    ruleId: rule,
    ruleIndex: place.get(rule) ?? -1,
    level: severity === 'error' ? 'error' : 'warning',
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: artifact(prefix + path),
          region: { startLine: line, startColumn: column, endLine, endColumn },
        },
      },
    ],
    partialFingerprints: { 'holdfast/v1': fingerprint },
    ...(callCount === undefined ? {} : { properties: { callCount } }),
  }
}

function absentResult(entry: BaselineEntry, place: ReadonlyMap<string, number>, prefix: string): Result {
  return {
    ruleId: entry.rule,
    ruleIndex: place.get(entry.rule) ?? -1,
    level: 'none',
    message: { text: entry.message },
    locations: [{ physicalLocation: { artifactLocation: artifact(prefix + entry.path) } }],
    partialFingerprints: { 'holdfast/v1': entry.fingerprint },
  }
}
