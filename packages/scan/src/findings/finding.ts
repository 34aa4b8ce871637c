export type Severity = 'error' | 'warn'

/** One thing that a rule found. Lines and columns count from 1. */
export interface ScanFinding {
  /** Name of the rule without a prefix. */
  readonly rule: string
  readonly severity: Severity
  readonly message: string
  /** Relative to the root, with forward slashes. */
  readonly path: string
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
  /** How many calls the reported place serves, where the rule counts them. */
  readonly callCount?: number
  /** Stays the same while the code moves; see `fingerprintsOf`. */
  readonly fingerprint: string
}
