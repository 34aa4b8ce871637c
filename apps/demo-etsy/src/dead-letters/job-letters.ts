import { standardPolicy } from '@holdfast/core'
import { type DeadLetter, type DeadLetterQueue, Replayer } from '@holdfast/dead-letter'
import type { Job, JobFailure, JobStore } from '../jobs/index.ts'
import { jobIdOf, jobsOrigin, letterIdOf, letterOfJob, upstreamName } from './letter-of-job.ts'

/** A letter with the job it is about. */
export interface WaitingLetter {
  readonly letter: DeadLetter
  readonly job: Job
}

const mostShown = 1_000

/**
 * The dead letters of the shop: jobs that were parked, in a queue of `@holdfast/dead-letter`. A letter names a job and not a
 * request, because Etsy knows no idempotency keys: a request sent again could create a listing or send an e-mail twice,
 * while the job reads first what has happened.
 */
export class JobLetters {
  readonly #queue: DeadLetterQueue
  readonly #jobs: JobStore
  readonly #replayer: Replayer

  constructor(queue: DeadLetterQueue, jobs: JobStore) {
    this.#queue = queue
    this.#jobs = jobs
    this.#replayer = new Replayer({
      queue,
      upstreams: {
        [upstreamName]: {
          origin: jobsOrigin,
          // Handing over costs no call; the calls of the job itself go through the policy of the shop.
          policy: standardPolicy({ name: upstreamName }),
          fetch: (input) => Promise.resolve(this.#handOver(new URL(new Request(input).url).pathname)),
        },
      },
    })
  }

  /**
   * Keeps a job that the runner gives up; it waits for a person.
   *
   * @throws {DeadLetterError} When it could not be kept.
   */
  async keep(job: Job, failure: JobFailure): Promise<void> {
    const letter = letterOfJob(job, failure, this.#jobs.count(job.id, 'parked'), this.#jobs.nowMs())
    await this.#queue.add(letter)
    await this.#queue.parkAll({ ids: [letter.id] }, failure.code)
  }

  /** Letters that wait, the oldest first. */
  async waiting(limit = 50): Promise<readonly WaitingLetter[]> {
    const letters = await this.#queue.list({
      upstreams: [upstreamName],
      statuses: ['open', 'parked'],
      limit: mostShown,
    })
    const found = letters.flatMap((letter) => {
      const job = this.#jobs.job(jobIdOf(letter.path) ?? '')
      // A process killed between the two writes leaves a letter of a job that has run again since.
      const isCurrent =
        job?.state === 'parked' && letter.id === letterIdOf(job.id, this.#jobs.count(job.id, 'parked') - 1)
      return isCurrent ? [{ letter, job }] : []
    })
    return found.slice(0, limit)
  }

  /** Lets the job of a letter run again, at background priority, from where it stopped. Returns whether it will. */
  async replay(letterId: string): Promise<boolean> {
    const ids = [letterId]
    await this.#queue.reopen({ ids, statuses: ['open', 'parked'] })
    const { replayed } = await this.#replayer.runOnce({ ids })
    return replayed === 1
  }

  /** Hands over what somebody has made due with `holdfast dlq replay --later`. */
  async replayDue(): Promise<void> {
    await this.#replayer.runOnce()
  }

  async close(): Promise<void> {
    await this.#replayer.stop()
    await this.#queue.close()
  }

  #handOver(path: string): Response {
    const job = this.#jobs.job(jobIdOf(path) ?? '')
    if (job === undefined) return new Response(null, { status: 404 })
    return new Response(null, { status: this.#jobs.replay(job.id) ? 202 : 204 })
  }
}
