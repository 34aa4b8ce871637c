import type { EtsyApi } from './etsy-api.ts'

/** What a job may use while it runs. */
export interface JobContext {
  readonly api: EtsyApi
  /** 1 for the first run. */
  readonly run: number
  /** Puts a new job into the queue, due now. */
  readonly add: (job: Job) => void
}

/** One piece of work. It may fail and run again later; what it must remember in between it keeps itself. */
export interface Job {
  readonly id: string
  readonly kind: string
  readonly priority: 'critical' | 'default' | 'background'
  /** Throws when a call of it failed and it is not finished. */
  run(context: JobContext): Promise<void>
}

/** How a job ended. */
export interface JobRecord {
  readonly id: string
  readonly kind: string
  readonly runs: number
  readonly endedAtMs: number
  readonly end: 'completed' | 'parked'
  /** Why it was parked; `null` when it was completed. */
  readonly reason: string | null
}
