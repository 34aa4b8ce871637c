/** What one measuring process found. */
export interface MonitorFigures {
  readonly events: number
  readonly usPerEvent: number
  readonly retainedBytes: number
  /** Errors of kinds for which there was no room. */
  readonly folded: number
}
