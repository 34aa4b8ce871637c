/** What one measuring process found. */
export interface MonitorFigures {
  readonly events: number
  readonly usPerEvent: number
  /** What comes free when the monitor is let go. */
  readonly retainedBytes: number
  /** Errors of kinds for which there was no room. */
  readonly folded: number
}
