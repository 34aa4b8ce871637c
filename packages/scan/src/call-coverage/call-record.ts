import type { CallFacts } from '@holdfast/analysis/coverage-facts'

/** An outgoing call with its place. Lines and columns count from 1. */
export interface CallRecord extends CallFacts {
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}
