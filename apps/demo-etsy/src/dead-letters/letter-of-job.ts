import { createHash } from 'node:crypto'
import type { NewDeadLetter } from '@holdfast/dead-letter'
import type { Job, JobFailure } from '../jobs/index.ts'

/** The name of the jobs among the services of a replayer. */
export const upstreamName = 'etsy-jobs'
/** Letters of jobs are handed to the job queue of this process; the name is one that no resolver knows (RFC 6761). */
export const jobsOrigin = 'https://jobs.invalid'

// A person decides about it; until then it stays.
const keepMs = 3_650 * 86_400_000

/** A parked job as a letter: it names the job, whose steps and outcomes so far stay with the job. */
export function letterOfJob(job: Job, failure: JobFailure, parkings: number, failedAtMs: number): NewDeadLetter {
  const path = pathOfJob(job.id)
  return {
    id: letterIdOf(job.id, parkings),
    upstream: upstreamName,
    origin: jobsOrigin,
    // Handed over twice it runs once, so it may be sent again.
    method: 'PUT',
    path,
    headers: {},
    contentType: undefined,
    body: undefined,
    bodyState: 'none',
    bodyKeyId: undefined,
    idempotencyKey: undefined,
    orderKey: undefined,
    principal: undefined,
    errorCode: failure.code,
    errorClass: failure.code === 'unknown-outcome' ? 'unknown' : failure.isTransient ? 'transient' : 'permanent',
    httpStatus: failure.status,
    fingerprint: `${upstreamName} ${job.kind} ${failure.operation ?? 'none'} ${failure.code}`,
    traceId: undefined,
    attempts: failure.attempts,
    isProvenUnsent: false,
    dropped: [],
    failedAtMs,
    keepMs,
  }
}

const pathOfJob = (jobId: string): string => `/jobs/${encodeURIComponent(jobId)}`

/** The job that a path of a letter names. */
export function jobIdOf(path: string): string | undefined {
  const name = /^\/jobs\/([^/]+)$/.exec(path)?.[1]
  return name === undefined ? undefined : decodeURIComponent(name)
}

/** The same for the same parking, so that a process killed while it writes leaves one letter (RFC 9562, version 8). */
export function letterIdOf(jobId: string, parkings: number): string {
  const hex = createHash('sha256').update(`${jobId}\n${parkings}`).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}
