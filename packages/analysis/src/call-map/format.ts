import { hash } from 'node:crypto'
import type { Environment, ExportFact, UsageFact } from '../model/project-facts.ts'

/** One outgoing call of a file. `line` is 1-based. */
export interface CallEntry {
  readonly line: number
  readonly client: string
  readonly methods: readonly string[]
  readonly instance?: string
}

export interface FileEntry {
  /** Hash of the text the entry was made from. */
  readonly hash: string
  readonly environment?: Environment
  readonly isTest?: true
  readonly isCli?: true
  /** What Nest's HttpModule gives the `HttpService` of this file. */
  readonly httpModule?: 'timeout' | 'none'
  readonly imports: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, ExportFact>>
  readonly usage: Readonly<Record<string, UsageFact>>
  readonly calls: readonly CallEntry[]
}

/** What an entry says of the kind of its file; what is not so is left out. */
export function kindFields(kind?: {
  readonly environment?: Environment
  readonly isTest?: boolean
  readonly isCli?: boolean
}): Pick<FileEntry, 'environment' | 'isTest' | 'isCli'> {
  return {
    ...(kind?.environment ? { environment: kind.environment } : {}),
    ...(kind?.isTest ? { isTest: true as const } : {}),
    ...(kind?.isCli ? { isCli: true as const } : {}),
  }
}

export interface InstanceEntry {
  readonly client: string
  readonly callCount: number
  readonly methods: readonly string[]
  readonly timeout?: string
  readonly retry?: string
}

export interface GlobalEntry {
  readonly timeout?: string
  readonly retry?: string
  /** `path:line` of the first place that sets it. */
  readonly at: string
}

/** The cross-file call map, version 1: sorted, relative paths, no source text. */
export interface CallMap {
  readonly version: 1
  readonly tool: 'holdfast'
  readonly root: '.'
  readonly files: Readonly<Record<string, FileEntry>>
  readonly globals: Readonly<Record<string, GlobalEntry>>
  readonly instances: Readonly<Record<string, InstanceEntry>>
  /** Files that could not be parsed. */
  readonly unparsed: readonly string[]
}

/** It only has to notice an edit. */
export function textHash(text: string): string {
  return hash('sha256', text).slice(0, 16)
}

/**
 * Reads a call map.
 * @throws TypeError when the text is no call map of a known version.
 */
export function parseCallMap(text: string): CallMap {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new TypeError('The call map is no JSON; write it again with `holdfast-call-map`.', { cause: error })
  }
  const map = value as Partial<CallMap> | null
  if (typeof map !== 'object' || map?.version !== 1 || typeof map.files !== 'object') {
    throw new TypeError(
      `The call map has version ${JSON.stringify(map?.version)}, this release reads version 1; write it again with \`holdfast-call-map\`.`,
    )
  }
  return map as CallMap
}
