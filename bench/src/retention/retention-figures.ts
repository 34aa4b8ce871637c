/** What one measuring process found; all fields that do not apply are 0. */
export interface RetentionFigures {
  readonly calls: number
  readonly bytesPerCall: number
  /** Abort listeners left on the signal. */
  readonly listeners: number
  readonly keysKept: number
  readonly bytesPerKey: number
}
