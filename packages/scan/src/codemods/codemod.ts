import type { ProposedFix } from '../rules/rule-runner.ts'
import type { ScannedFile } from '../scan-project.ts'

/** What a codemod is given. */
export interface CodemodInput {
  /** Absolute path of the scanned folder. */
  readonly root: string
  readonly files: readonly ScannedFile[]
  readonly textOf: (file: string) => string
  readonly exists: (file: string) => boolean
  /** Changes that rules propose for a file. */
  readonly proposals: (file: string, rule: string) => readonly ProposedFix[]
  /** Only calls to this host; undefined: every host that the code names. */
  readonly host?: string
  /** Milliseconds of a new timeout. */
  readonly timeoutMs: number
}

/** A place that a person has to look at. */
export interface Todo {
  readonly file: string
  readonly line: number
  readonly text: string
}

export interface CodemodResult {
  /** New text by file; files that are not there yet are made. */
  readonly texts: ReadonlyMap<string, string>
  readonly todos: readonly Todo[]
}

/** A change of code that `holdfast fix` offers. Running it again on its own result changes nothing. */
export interface Codemod {
  readonly name: string
  readonly description: string
  readonly run: (input: CodemodInput) => CodemodResult
}

/** Begins every comment that leaves a choice to a person. */
export const TODO_MARK = 'TODO(holdfast):'
