import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { readConfig } from '../config/read-config.ts'
import { ScanError } from '../errors.ts'
import { writeWhole } from '../files/atomic-write.ts'
import { packageFinder } from '../files/packages.ts'
import { listSources } from '../files/source-listing.ts'
import { BASELINE_NAME, compareFindings, readBaseline, writeBaseline } from '../findings/baseline.ts'
import { github } from '../formats/github.ts'
import { json } from '../formats/json.ts'
import { sarif } from '../formats/sarif.ts'
import type { ScanReport } from '../formats/scan-report.ts'
import { stylish } from '../formats/stylish.ts'
import { RULE_SETS, type RuleSetName } from '../rules/rule-set.ts'
import type { ScanResult } from '../scan-project.ts'
import type { ExitCode, OutputPort } from './output-port.ts'
import { runSafely } from './run-safely.ts'
import { scanWithProgress } from './scan-with-progress.ts'
import { watchSources } from './watch-sources.ts'

export const SCAN_FORMATS = ['stylish', 'json', 'github', 'sarif'] as const
export type ScanFormat = (typeof SCAN_FORMATS)[number]
/** They name files from the root of the repository on; the others need not wait for git. */
const FROM_REPOSITORY = new Set<string | undefined>(['github', 'sarif'])

export interface ScanCommandOptions {
  /** Default: the working directory. */
  readonly folder?: string
  /** Path of the configuration file; default `holdfast.config.*` in the folder. */
  readonly config?: string
  /** Default `stylish`. */
  readonly format?: string
  /** Writes the report there in place of the terminal. */
  readonly output?: string
  /** Path of the baseline, or false to leave it out. Default: the configuration's, else `holdfast-baseline.json`. */
  readonly baseline?: string | false
  /** Takes all findings of today as known. */
  readonly updateBaseline?: boolean
  /** Overrides the set of rules of the configuration. */
  readonly ruleSet?: string
  /** More new warnings than this fail; default: any number passes. */
  readonly maxWarnings?: number
  /** Default true. */
  readonly cache?: boolean
  /** Scans again whenever a file changes, until it is interrupted. */
  readonly watch?: boolean
  readonly signal?: AbortSignal
}

/** `holdfast scan`: runs the rules over every file. Exit code 1 when there are new errors or files that cannot be parsed. */
export function scanCommand(options: ScanCommandOptions, port: OutputPort): Promise<ExitCode> {
  return runSafely(port, async () => {
    checkOptions(options)
    if (!options.watch) return scanOnce(options, port)
    return watchSources(path.resolve(options.folder ?? '.'), options.signal, port, () => scanOnce(options, port))
  })
}

function checkOptions({ format, ruleSet, maxWarnings }: ScanCommandOptions): void {
  if (format !== undefined && !SCAN_FORMATS.some((name) => name === format))
    throw new ScanError(`--format must be one of ${SCAN_FORMATS.join(', ')}, got ${JSON.stringify(format)}.`)
  if (ruleSet !== undefined && !RULE_SETS.some((name) => name === ruleSet))
    throw new ScanError(`--rule-set must be one of ${RULE_SETS.join(', ')}, got ${JSON.stringify(ruleSet)}.`)
  if (maxWarnings !== undefined && !(Number.isInteger(maxWarnings) && maxWarnings >= 0))
    throw new ScanError(`--max-warnings must be a whole number from 0, got ${maxWarnings}.`)
}

async function scanOnce(options: ScanCommandOptions, port: OutputPort): Promise<ExitCode> {
  const root = path.resolve(options.folder ?? '.')
  // Says first of all that the folder is wrong, before its configuration is looked for.
  const { settings } = listSources(root)
  const read = await readConfig(root, options.config)
  const config = options.ruleSet === undefined ? read : { ...read, ruleSet: options.ruleSet as RuleSetName }
  const result = scanWithProgress({ root, config, cache: options.cache ?? true }, port)
  const findings = result.files.flatMap((file) => file.findings)
  const baselineFile =
    options.baseline === false ? undefined : path.resolve(root, options.baseline ?? config.baseline ?? BASELINE_NAME)
  if (options.updateBaseline) {
    if (baselineFile === undefined) throw new ScanError('--update-baseline and --no-baseline exclude each other.')
    writeBaseline(baselineFile, findings)
    port.stderr(`${findings.length} findings are known from now on: ${path.relative(process.cwd(), baselineFile)}\n`)
  }
  const baseline = baselineFile === undefined ? undefined : readBaseline(baselineFile)
  if (!baseline && typeof options.baseline === 'string')
    throw new ScanError(`The baseline ${options.baseline} does not exist; write it with --update-baseline.`)
  const report: ScanReport = {
    ...compareFindings(findings, baseline),
    unparsed: result.unparsed,
    hasBaseline: baseline !== undefined,
    prefix: FROM_REPOSITORY.has(options.format) ? repositoryPrefix(root) : '',
    packageOf: packageFinder(root, settings),
  }
  write(formatted(report, options, port), options.output, port)
  if (port.isTerminal && !report.hasBaseline && report.fresh.length > 0 && (options.format ?? 'stylish') === 'stylish')
    port.stderr('`holdfast fix` lists what can be changed for you; --update-baseline takes these as known.\n')
  return exitCodeOf(report, result, options.maxWarnings)
}

function formatted(report: ScanReport, { format = 'stylish', output }: ScanCommandOptions, port: OutputPort): string {
  switch (format) {
    case 'json':
      return json(report)
    case 'github':
      return github(report)
    case 'sarif':
      return sarif(report)
    default:
      return stylish(report, port.isTerminal && output === undefined)
  }
}

function write(text: string, output: string | undefined, port: OutputPort): void {
  if (output === undefined) port.stdout(text)
  else writeWhole(path.resolve(output), text)
}

function exitCodeOf({ fresh }: ScanReport, { unparsed }: ScanResult, maxWarnings = Infinity): ExitCode {
  const errors = fresh.filter(({ severity }) => severity === 'error').length
  const isUnread = unparsed.some(({ isBundle }) => !isBundle)
  return errors > 0 || isUnread || fresh.length - errors > maxWarnings ? 1 : 0
}

/** Annotations and SARIF name files from the root of the repository, which may lie above the scanned folder. */
export function repositoryPrefix(root: string): string {
  try {
    return execFileSync('git', ['rev-parse', '--show-prefix'], {
      cwd: root,
      encoding: 'utf8',
      timeout: 10_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    // No repository around: the folder is the root.
    return ''
  }
}
