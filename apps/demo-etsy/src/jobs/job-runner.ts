import {
  explainToUser,
  isServiceError,
  type ServiceError,
  toServiceError,
  ValidationError,
} from '@holdfast/core/service-errors'
import { type Job, type JobFailure, type JobHandler, RunLater } from './job.ts'
import type { JobStore } from './job-store.ts'

/** What the runner may be told. */
export interface JobRunnerOptions {
  /** Jobs at the same time. Default 4. */
  readonly concurrency?: number
  /** Wait after the first failure, ms; doubles up to 60 s. Default 1,000. */
  readonly retryMs?: number
  /** Failures after which a job is parked. Default 8. */
  readonly maxAttempts?: number
  /** 500s of one job after which it is set aside. Default 3. */
  readonly maxServerErrors?: number
  /** Keeps a job that is given up, before it is parked; one that could not be kept is tried again. Default: the job's row is all. */
  readonly keepParked?: (job: Job, failure: JobFailure) => Promise<void>
}

/** From here on a wait is not a wait but a pause: written down, shown, and nothing sleeps for it. */
const pauseFromMs = 60_000

const keepAgainMs = 60_000
/** Where nobody knows when the quota returns. */
const askAgainMs = 900_000

/** Runs due jobs, orders first, and decides what a failure means for the job and for all others. */
export class JobRunner {
  readonly #store: JobStore
  readonly #handlers: Readonly<Record<string, JobHandler>>
  readonly #options: Required<JobRunnerOptions>
  #timer: NodeJS.Timeout | undefined
  #underway: Promise<number> | undefined

  constructor(store: JobStore, handlers: Readonly<Record<string, JobHandler>>, options: JobRunnerOptions = {}) {
    this.#store = store
    this.#handlers = handlers
    this.#options = {
      concurrency: 4,
      retryMs: 1_000,
      maxAttempts: 8,
      maxServerErrors: 3,
      keepParked: () => Promise.resolve(),
      ...options,
    }
  }

  /** Runs everything that is due and comes back; returns how many runs there were. */
  runDue(): Promise<number> {
    this.#underway ??= this.#drain().finally(() => {
      this.#underway = undefined
    })
    return this.#underway
  }

  /** Looks for due jobs again and again. */
  start(everyMs = 250): void {
    this.#store.recover()
    this.#timer = setInterval(() => void this.runDue(), everyMs)
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#underway
  }

  async #drain(): Promise<number> {
    let runs = 0
    const worker = async (): Promise<void> => {
      for (let job = this.#store.take(); job !== undefined; job = this.#store.take()) {
        runs += 1
        await this.#run(job)
      }
    }
    await Promise.all(Array.from({ length: this.#options.concurrency }, worker))
    return runs
  }

  async #run(job: Job): Promise<void> {
    const store = this.#store
    const handler = this.#handlers[job.kind]
    try {
      if (handler === undefined) throw new TypeError(`no handler for jobs of kind "${job.kind}"`)
      await handler({
        id: job.id,
        data: job.data,
        priority: job.priority,
        save: (data) => store.saveData(job.id, data),
        journal: (event, detail) => store.write(job.id, event, detail),
        nowMs: () => store.nowMs(),
      })
      store.settle(job.id, 'done')
      store.write(job.id, 'done')
    } catch (error) {
      await this.#decide(job, error)
    }
  }

  async #decide(job: Job, failure: unknown): Promise<void> {
    const store = this.#store
    if (failure instanceof RunLater) {
      store.settle(job.id, 'ready', { reason: failure.message, notBeforeMs: store.nowMs() + failure.afterMs })
      return
    }
    const error = isServiceError(failure) ? failure : toServiceError(failure)
    const attempts = job.attempts + 1
    const facts = { code: error.code, status: error.status, operation: error.operation, attempts }
    if (error.code === 'quota-exceeded' && error.status === undefined && job.priority !== 'critical') {
      // Our own limit refused it, which keeps a share of the day for orders: those go on.
      store.write(job.id, 'held', facts)
      store.settle(job.id, 'ready', { reason: reasonOf(error) })
      const untilMs = store.nowMs() + (error.retryAfterMs ?? askAgainMs)
      store.pause('what is left of the day is kept for orders', untilMs, job.priority)
      return
    }
    const pause = pauseFor(error)
    if (pause !== undefined) {
      store.write(job.id, 'held', facts)
      store.settle(job.id, 'ready', { reason: reasonOf(error) })
      store.pause(pause, error.retryAfterMs === undefined ? undefined : store.nowMs() + error.retryAfterMs)
      return
    }
    const isPoison = error.status === 500 && store.failuresWith(job.id, 500) + 1 >= this.#options.maxServerErrors
    const isHopeless = !mayPass(error) || attempts >= this.#options.maxAttempts
    if (isHopeless || isPoison) {
      await this.#park(job, reasonOf(error), { ...facts, isTransient: mayPass(error) })
      return
    }
    const backoffMs = Math.min(60_000, this.#options.retryMs * 2 ** (attempts - 1))
    const notBeforeMs = store.nowMs() + Math.max(backoffMs, error.retryAfterMs ?? 0)
    store.settle(job.id, 'ready', { reason: reasonOf(error), attempts, notBeforeMs })
    store.write(job.id, 'failed', facts)
  }

  async #park(job: Job, reason: string, failure: JobFailure): Promise<void> {
    const store = this.#store
    try {
      await this.#options.keepParked(job, failure)
      store.park(job.id, reason, failure)
    } catch (error) {
      // Given up without a letter nobody would find it again.
      store.settle(job.id, 'ready', { reason, notBeforeMs: store.nowMs() + keepAgainMs })
      store.write(job.id, 'not-kept', { why: error instanceof Error ? error.name : 'unknown' })
    }
  }
}

/** What stops all jobs, not only this one. */
function pauseFor(error: ServiceError): string | undefined {
  if (error.code === 'quota-exceeded') return 'the daily quota is used up'
  if ((error.retryAfterMs ?? 0) >= pauseFromMs) return 'Etsy asked for a long pause'
  if (error.code === 'authentication') return 'the shop must be connected again'
  if (error.category === 'fatal') return reasonOf(error)
  return undefined
}

function mayPass(error: ServiceError): boolean {
  return (
    error.category === 'transient' || error.retryable || error.code === 'unknown-outcome' || (error.status ?? 0) >= 500
  )
}

/** For people: what happened and what to do. */
export function reasonOf(error: ServiceError): string {
  const { what, todo } = explainToUser(error)
  if (error.code === 'missing-config' && 'settings' in error)
    return `${what} Set ${String(error.settings)} and start again.`
  if (error.upstreamCode === 'app-not-active')
    return 'Etsy does not accept the app: its key is unknown or not active. Look at your apps on etsy.com.'
  if ('missingScopes' in error && Array.isArray(error.missingScopes) && error.missingScopes.length > 0) {
    return `${what} Connect again and allow: ${error.missingScopes.join(', ')}.`
  }
  // Etsy's own words for a refused form are what the person has to correct.
  if (error instanceof ValidationError && error.issues.length === 0 && error.upstreamMessage !== undefined) {
    return `${what} Etsy says: ${error.upstreamMessage}`
  }
  return `${what} ${todo}`
}
