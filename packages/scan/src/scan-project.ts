import { hash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import path from 'node:path'
import { factsFromCallMap, withInstance } from '@holdfast/analysis'
import { MAX_FILE_BYTES, readIfThere } from '@holdfast/analysis/call-map'
import type { InstanceFacts } from '@holdfast/analysis/coverage-facts'
import { readCallMapRecords, writeCallMapRecords } from './cache/call-map-cache.ts'
import { cacheFolderOf, readScanCache, writeScanCache, type CachedFile, type CachedScan } from './cache/scan-cache.ts'
import { fileDigests, instancesByFile } from './cache/file-digest.ts'
import type { HoldfastConfig } from './config/config.ts'
import type { CallRecord } from './call-coverage/call-record.ts'
import { EarlyResults, type Judge } from './early-results.ts'
import { reasonOf, ScanError } from './errors.ts'
import { updatedCallMap } from './files/call-map-of.ts'
import { checkTsconfigs } from './files/check-tsconfigs.ts'
import { parseFile } from './files/parsed-file.ts'
import { listSources, type ListedFile, type Listing } from './files/source-listing.ts'
import type { ScanFinding } from './findings/finding.ts'
import { activeRules, type ActiveRule } from './rules/rule-set.ts'
import { scanFile, type FileResult } from './scan-file.ts'

export interface ScanOptions {
  /** The folder to scan. */
  readonly root: string
  readonly config?: HoldfastConfig
  /** Whether results of the last scan are used and kept. Default true. */
  readonly cache?: boolean
  /** Told how many files of all are done. */
  readonly onProgress?: (done: number, all: number) => void
}

export interface ScannedFile {
  readonly path: string
  readonly findings: readonly ScanFinding[]
  readonly calls: readonly CallRecord[]
  /** Clients that the file makes. */
  readonly instances: readonly InstanceFacts[]
}

export interface Unparsed {
  readonly path: string
  readonly problem: string
  /** A bundle that nobody edits; it fails nothing. */
  readonly isBundle: boolean
}

export interface ScanResult {
  /** Absolute path of the scanned folder. */
  readonly root: string
  readonly files: readonly ScannedFile[]
  readonly unparsed: readonly Unparsed[]
  /** How many files were read anew; the others are as the last scan found them. */
  readonly analysed: number
}

/**
 * Runs the rules and judges the calls of every source file below a folder.
 * @throws ScanError when the folder, a file or the configuration cannot be used
 */
export function scanProject({ root: given, config = {}, cache = true, onProgress }: ScanOptions): ScanResult {
  const listing = listSources(path.resolve(given), config.ignore)
  const root = realpathSync(path.resolve(given))
  const rules = activeRules(config.ruleSet ?? 'recommended', config.rules)
  const settings = config.settings ?? {}
  checkTsconfigs(root, listing.settings)
  const key = keyOf(config, rules, listing)
  const folder = cacheFolderOf(root)
  const cached = cache ? readScanCache(folder, key) : undefined
  if (cached && isUnchanged(listing.sources, cached)) return resultOf(root, cached.files, 0)

  const { callMap: _, ...ownSettings } = settings
  const judge: Judge = (file) => judged({ root, rules, settings: ownSettings, ...file })
  const paths = new Set(listing.sources.map((listed) => listed.path))
  const early = new EarlyResults(judge)
  const { map, records } = updatedCallMap(root, cache ? readCallMapRecords(folder) : undefined, (linked) => {
    onProgress?.(early.size, listing.sources.length)
    if (paths.has(linked.path)) early.add(linked)
  })
  const instances = instancesByFile(map)
  const digestOf = fileDigests(map, instances)
  let analysed = 0
  const fileOf = ({ path: file, modifiedMs, bytes }: ListedFile): CachedFile | undefined => {
    if (bytes > MAX_FILE_BYTES) return { modifiedMs, bytes, digest: 'bundle', ...NOTHING, problem: BUNDLE }
    const entry = Object.hasOwn(map.files, file) ? map.files[file] : undefined
    let source = entry ? undefined : readSource(root, file)
    if (!entry && source === undefined) return undefined
    const stamp = { modifiedMs, bytes, digest: digestOf(file, source) }
    const known = cached?.files[file]
    if (known?.digest === stamp.digest) return { ...known, ...stamp }
    let result = entry?.isTest ? NOTHING : early.confirmedBy(map, file)
    if (!result) {
      source ??= readSource(root, file)
      if (source === undefined) return undefined
      const parsed = parseFile(file, source)
      const mapped = factsFromCallMap(map, file, source)
      const mayCall = !mapped || entry?.calls.length !== 0 || instances.has(file)
      result =
        'problem' in parsed ? { ...NOTHING, problem: parsed.problem } : judge({ path: file, parsed, mapped, mayCall })
    }
    analysed += 1
    return { ...stamp, ...result }
  }
  const files: Record<string, CachedFile> = {}
  for (const [index, listed] of listing.sources.entries()) {
    onProgress?.(Math.max(index, early.size), listing.sources.length)
    const file = fileOf(listed)
    if (file) files[listed.path] = file
  }
  onProgress?.(listing.sources.length, listing.sources.length)
  if (cache) {
    writeScanCache(folder, { key, files })
    writeCallMapRecords(folder, records())
  }
  return resultOf(root, files, analysed)
}

/** Nothing is reported in a test. */
const NOTHING: FileResult = { findings: [], calls: [], instances: [] }
const BUNDLE = 'larger than 1 MB, taken for a bundle that nobody edits'

function judged(run: Parameters<typeof scanFile>[0]): ReturnType<typeof scanFile> {
  try {
    return scanFile(run)
  } catch (error) {
    if (error instanceof TypeError && error.message.startsWith('ESLint settings: holdfast'))
      throw new ScanError(error.message.replace('ESLint settings: holdfast', 'Configuration: settings'), {
        cause: error,
      })
    throw new ScanError(`${run.path}: a rule failed: ${reasonOf(error)}`, { cause: error })
  }
}

function keyOf(config: HoldfastConfig, rules: readonly ActiveRule[], listing: Listing): string {
  const active = rules.map(({ name, severity, options }) => [name, severity, options])
  return hash('sha256', JSON.stringify([active, config.settings, config.ignore, listing.settings])).slice(0, 20)
}

function isUnchanged(sources: readonly ListedFile[], { files }: CachedScan): boolean {
  return (
    sources.length === Object.keys(files).length &&
    sources.every((listed) => {
      const known = files[listed.path]
      return known?.modifiedMs === listed.modifiedMs && known.bytes === listed.bytes
    })
  )
}

/** Undefined of a file that was removed since the files were listed. */
function readSource(root: string, file: string): string | undefined {
  try {
    return readIfThere(path.join(root, file))
  } catch (error) {
    throw new ScanError(`${file} cannot be read: ${reasonOf(error)}.`, { cause: error })
  }
}

/** Joins what the files say: calls through an instance of another file get what that instance brings. */
function resultOf(root: string, files: Readonly<Record<string, CachedFile>>, analysed: number): ScanResult {
  const instances = new Map<string, InstanceFacts>()
  for (const [file, { instances: own }] of Object.entries(files))
    for (const instance of own) instances.set(`${file}#${instance.name}`, instance)
  const scanned: ScannedFile[] = []
  const unparsed: Unparsed[] = []
  for (const [file, { problem, findings, calls, instances: made }] of Object.entries(files)) {
    if (problem !== undefined) unparsed.push({ path: file, problem, isBundle: problem === BUNDLE })
    else scanned.push({ path: file, findings, calls: calls.map((call) => joined(call, instances)), instances: made })
  }
  return { root, files: scanned, unparsed, analysed }
}

function joined(call: CallRecord, instances: ReadonlyMap<string, InstanceFacts>): CallRecord {
  const instance = call.instance === undefined ? undefined : instances.get(call.instance)
  return { ...call, ...withInstance(call, instance) }
}
