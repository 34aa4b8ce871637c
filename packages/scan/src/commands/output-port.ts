/** Where a command writes. */
export interface OutputPort {
  /** Results. */
  readonly stdout: (text: string) => void
  /** Progress and problems. */
  readonly stderr: (text: string) => void
  /** Whether a person reads it: progress is shown and text is coloured. */
  readonly isTerminal: boolean
  /** Width in columns; default 100. */
  readonly columns?: number
}

/** 0: nothing to report; 1: findings, a missed percentage or a file that could not be parsed; 2: it could not be done. */
export type ExitCode = 0 | 1 | 2
