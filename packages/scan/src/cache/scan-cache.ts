import { hash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { InstanceFacts } from '@holdfast/analysis/coverage-facts'
import type { CallRecord } from '../call-coverage/call-record.ts'
import type { ScanFinding } from '../findings/finding.ts'
import { readKept, writeKept } from './kept-file.ts'

/** Raised whenever what an entry holds, or what a rule finds, changes. */
const VERSION = 3
const NAME = 'scan.json'

/** What was found in one file, and what it was found from. */
export interface CachedFile {
  readonly modifiedMs: number
  readonly bytes: number
  /** Hash of everything that the results depend on. */
  readonly digest: string
  readonly problem?: string
  readonly findings: readonly ScanFinding[]
  readonly calls: readonly CallRecord[]
  readonly instances: readonly InstanceFacts[]
}

export interface CachedScan {
  /** Hash of rules, settings, manifests and the release. */
  readonly key: string
  readonly files: Readonly<Record<string, CachedFile>>
}

/** Where the results and the call map of a folder are kept: nothing is written into the repository itself. */
export function cacheFolderOf(root: string): string {
  const modules = path.join(root, 'node_modules')
  if (existsSync(modules)) return path.join(modules, '.cache', 'holdfast')
  const user = typeof process.getuid === 'function' ? `-${process.getuid()}` : ''
  return path.join(tmpdir(), `holdfast${user}`, hash('sha256', root).slice(0, 16))
}

/** Reads the results of the last scan; undefined when there are none or they are of another release. */
export function readScanCache(folder: string, key: string): CachedScan | undefined {
  const cached = readKept(folder, NAME, VERSION) as CachedScan | undefined
  return cached?.key === key ? cached : undefined
}

export function writeScanCache(folder: string, cached: CachedScan): void {
  writeKept(folder, NAME, VERSION, cached)
}
