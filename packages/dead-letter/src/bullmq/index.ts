import type { BodyCipher } from '../body-cipher.ts'
import { DeadLetterError } from '../dead-letter-error.ts'
import { letterFromJson, letterToJson } from '../handover.ts'
import type { DeadLetterSink } from '../queue.ts'
import { sendLetter } from '../send-letter.ts'
import { checkUpstreams, type Upstreams } from '../upstream.ts'

/** What is used of a `Queue` of BullMQ. */
export interface BullQueue {
  add(name: string, data: object, options: object): Promise<unknown>
}

export interface BullSinkOptions {
  readonly queue: BullQueue
  /** Options of each job beside `jobId`. Default: 8 attempts with exponential backoff from 30 s, jobs kept when they end. */
  readonly job?: Readonly<Record<string, unknown>>
}

const JOB = {
  attempts: 8,
  backoff: { type: 'exponential', delay: 30_000, jitter: 1 },
  removeOnComplete: { age: 86_400 },
}

/**
 * Hands letters over to BullMQ, one job each; the letter's id is the job's, so that no letter becomes two jobs.
 *
 * @example
 * deadLetters({ queue: bullSink({ queue: new Queue('dead-letters', { connection }) }) })
 */
export const bullSink = ({ queue, job = {} }: BullSinkOptions): DeadLetterSink => ({
  async add(letter) {
    try {
      await queue.add(letter.upstream, letterToJson(letter), { ...JOB, ...job, jobId: letter.id })
    } catch (error) {
      throw new DeadLetterError('database', 'BullMQ did not take the letter. See the cause for its own words.', error)
    }
  },
})

/** What is used of a `Job` of BullMQ. */
export interface BullJob {
  readonly data: unknown
  readonly attemptsStarted?: number
  readonly attemptsMade: number
  moveToDelayed?(timestamp: number, token?: string): Promise<void>
}

/** What is used of the module `bullmq`, so that its own errors are thrown. */
export interface BullModule {
  readonly UnrecoverableError: new (message?: string) => Error
  readonly DelayedError: new (message?: string) => Error
}

export interface BullProcessorOptions {
  readonly upstreams: Upstreams
  /** `import * as bullmq from 'bullmq'` */
  readonly bullmq: BullModule
  /** Limit of one replay, ms; keep it below `lockDuration` of the worker. Default 24,000. */
  readonly deadlineMs?: number
  readonly cipher?: BodyCipher
}

const SHORTEST_DELAY_MS = 1_000

/**
 * The processor of a BullMQ `Worker` that sends letters again, with the rules of our own replayer.
 *
 * Refused by the policy: delayed without an attempt. Failed: the job's backoff. Unsafe or refused by the upstream: failed
 * for good, which is where it waits for a person.
 *
 * @throws {TypeError} For a bad upstream.
 */
export const bullProcessor = (
  options: BullProcessorOptions,
): ((job: BullJob, token?: string) => Promise<{ readonly status: number }>) => {
  const upstreams = checkUpstreams('bullProcessor', options.upstreams)
  const { bullmq, deadlineMs = 24_000, cipher } = options
  return async (job, token) => {
    // Jobs of a worker that died are begun again without an attempt being counted.
    const letter = letterFromJson(job.data, Math.max(job.attemptsStarted ?? 0, job.attemptsMade + 1))
    const upstream = upstreams.get(letter.upstream)
    if (upstream === undefined) throw new bullmq.UnrecoverableError(`unknown upstream ${letter.upstream}`)
    const result = await sendLetter(letter, upstream, { deadlineMs, cipher })
    if (result.action === 'complete') return { status: result.status }
    if (result.action === 'park') throw new bullmq.UnrecoverableError(`not sent again: ${result.reason}`)
    if (!result.isCounted && job.moveToDelayed !== undefined) {
      const delayMs = Math.max(SHORTEST_DELAY_MS, result.retryAfterMs ?? 0)
      await job.moveToDelayed(upstream.policy.clock.wall() + delayMs, token)
      throw new bullmq.DelayedError()
    }
    throw new Error(`failed again: ${result.failure.errorCode}`)
  }
}
