import type { Environment, ExportFact, UsageFact } from '../model/project-facts.ts'
import type { CallEntry } from './format.ts'

/** What a file does to instances and libraries that others may use too, in the order of its code. */
export type Effect =
  | { readonly on: 'call'; readonly id: string; readonly client: string; readonly methods: readonly string[] }
  | {
      readonly on: 'instance'
      readonly id: string
      readonly client: string
      readonly timeout?: string
      readonly retry?: string
    }
  | {
      readonly on: 'global'
      readonly client: string
      readonly protection: 'timeout' | 'retry'
      readonly source: string
      readonly line: number
    }

/** What a file is by its own content. */
export interface OwnKind {
  readonly environment?: Environment
  readonly isTest: boolean
  readonly isCli: boolean
}

/** What the syntax of a file says alone. */
export interface FileOutline {
  /** Exported names in the order of the code: `null` for a value of this file, else module and name behind it. */
  readonly exports: readonly (readonly [name: string, target: readonly [module: string, name: string] | null])[]
  readonly stars: readonly string[]
  /** Names that the file asks of others. */
  readonly asks: readonly (readonly [specifier: string, name: string])[]
}

/** What was found in a file with the help of what it imports. */
export interface FileLinks {
  readonly kind: OwnKind
  readonly calls: readonly CallEntry[]
  readonly effects: readonly Effect[]
  /** How it uses functions that others export. */
  readonly usage: readonly (readonly [specifier: string, name: string, use: UsageFact])[]
  /** What its Nest modules give `HttpService`. */
  readonly httpModules: readonly ('timeout' | 'none')[]
  readonly usesHttpService: boolean
}

/**
 * Everything the call map needs of a file, so that it need not be read again while its text, its imports and the answers
 * that it got from other files are the same.
 */
export interface FileRecord {
  readonly hash: string
  readonly outline: FileOutline
  readonly links: FileLinks
  /** Where each of its imports leads; an empty path is outside of the project. */
  readonly imports: Readonly<Record<string, string>>
  /** A mark of the files of its circle of imports; absent outside of circles. */
  readonly circle?: string
  /** Of a file in a circle of imports also what it passes on: such an answer may rest on an unfinished one. */
  readonly facts: Readonly<Record<string, ExportFact | null>>
  /** What it asked of other files, with a mark of the answer. */
  readonly answers: readonly (readonly [specifier: string, name: string, answer: string])[]
}

/** What a run of the call map keeps for the next one. Plain data, so that it can lie in a file. */
export interface CallMapRecords {
  readonly files: Readonly<Record<string, FileRecord>>
  /** Hashes of files that can be parsed or not, and of which no more is known. */
  readonly parsed: Readonly<Record<string, string>>
  readonly unparsed: Readonly<Record<string, string>>
}
