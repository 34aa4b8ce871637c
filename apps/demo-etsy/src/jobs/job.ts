/** Who goes first when the quota is short. */
export type JobPriority = 'critical' | 'default' | 'background'

/** `parked`: a person has to look; everything else goes on by itself. */
export type JobState = 'ready' | 'running' | 'done' | 'parked'

/** A job to add. The id makes adding it twice harmless. */
export interface NewJob {
  readonly id: string
  readonly kind: string
  readonly priority?: JobPriority
  readonly data: unknown
}

/** A job as stored. */
export interface Job {
  readonly id: string
  readonly kind: string
  readonly priority: JobPriority
  readonly state: JobState
  readonly data: unknown
  /** Runs that failed. */
  readonly attempts: number
  /** Epoch ms before which it does not run. */
  readonly notBeforeMs: number
  readonly reason: string | undefined
  readonly updatedMs: number
}

/** A time in which jobs do not run. */
export interface Pause {
  /** Jobs of this priority and below are held. */
  readonly from: JobPriority
  readonly reason: string
  /** Epoch ms; `undefined`: until somebody resumes. */
  readonly untilMs: number | undefined
}

/** Why a job is given up, without a word of the request or of the answer. */
export interface JobFailure {
  readonly code: string
  readonly status: number | undefined
  readonly operation: string | undefined
  /** Whether the reason may pass by itself. */
  readonly isTransient: boolean
  /** Runs that failed. */
  readonly attempts: number
}

/** One line of the append-only journal. */
export interface JournalEntry {
  readonly jobId: string
  readonly atMs: number
  readonly event: string
  readonly detail: unknown
}

/** What a run may use; `save` is on disk when it returns. */
export interface JobRun<Data> {
  readonly id: string
  readonly data: Data
  readonly priority: JobPriority
  save(data: Data): void
  readonly journal: (event: string, detail?: unknown) => void
  nowMs(): number
}

/** Carries out jobs of one kind; must be safe to run again from any point. */
export type JobHandler = (run: JobRun<unknown>) => Promise<void>

/** Thrown by a handler that wants to be run again later without counting a failure. */
export class RunLater extends Error {
  override readonly name = 'RunLater'
  readonly afterMs: number

  constructor(afterMs: number, reason: string) {
    super(reason)
    this.afterMs = afterMs
  }
}
