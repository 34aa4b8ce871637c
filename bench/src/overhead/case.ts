import type { Run } from './measure.ts'

/** The table a case stands in. */
export type CaseGroup = 'core' | 'fetch' | 'axios'

/** One row: what is measured and how to set it up in a fresh process. */
export interface Case {
  readonly name: string
  readonly label: string
  readonly group: CaseGroup
  /** Whether `--only ours` runs it: ours, and the yardstick beside it. */
  readonly isOurs: boolean
  /** Imports the library and makes the call; nothing of another case is loaded. */
  create(): Promise<Run>
}
