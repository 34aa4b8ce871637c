import type { ComparedFindings } from '../findings/baseline.ts'
import type { Unparsed } from '../scan-project.ts'

/** Everything that a format of `holdfast scan` writes. */
export interface ScanReport extends ComparedFindings {
  readonly unparsed: readonly Unparsed[]
  readonly hasBaseline: boolean
  /** Path of the scanned folder in the repository, with a slash at the end; empty where they are one, or nobody asks. */
  readonly prefix: string
  /** The package that a file belongs to, by its folder. */
  readonly packageOf: (path: string) => string
}
