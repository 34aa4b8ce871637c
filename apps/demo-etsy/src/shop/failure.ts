import { isHoldfastError } from '@holdfast/core'
import { isAxiosError } from 'axios'

/** An answer with a good status whose content cannot be used, such as JSON cut in the middle. */
export class UnreadableAnswerError extends Error {
  override readonly name = 'UnreadableAnswerError'
}

/** What a job needs to know about a failed call to decide how it goes on. */
export interface Failure {
  /** One line for the journal; failures of the same kind read the same. */
  readonly reason: string
  /** The server understood the request and will never accept it. */
  readonly isPermanent: boolean
  /** The server answered 500, which for one item again and again means that the item is at fault. */
  readonly isServerError: boolean
  /** The call was refused before anything was sent. */
  readonly isLocalRefusal: boolean
  /** Earliest time for another try that somebody named, milliseconds from now. */
  readonly retryAfterMs: number
}

/** Reads what any of the clients throws; the only place that looks at errors. */
export function describeFailure(error: unknown): Failure {
  const failure = { isPermanent: false, isServerError: false, isLocalRefusal: false, retryAfterMs: 0 }
  if (isHoldfastError(error)) {
    const isLocalRefusal = error.code !== 'deadline-exceeded' && error.code !== 'attempt-timeout'
    return { ...failure, reason: error.code, isLocalRefusal, retryAfterMs: error.retryAfterMs ?? 0 }
  }
  if (error instanceof UnreadableAnswerError) return { ...failure, reason: error.message }
  if (!isAxiosError(error)) throw error
  const { response } = error
  if (response === undefined || response.status < 400) return { ...failure, reason: error.code ?? 'network failure' }
  return {
    ...failure,
    reason: `HTTP ${response.status}${messageOf(response.data)}`,
    isPermanent: response.status < 500 && response.status !== 408 && response.status !== 429,
    isServerError: response.status === 500,
    retryAfterMs: readRetryAfter(response.headers['retry-after']),
  }
}

/** Etsy answers an object with `error`, or a bare array of issues; an edge in front of it answers HTML. */
function messageOf(body: unknown): string {
  if (Array.isArray(body)) {
    const issues = body.map(
      (issue: { path?: unknown; message?: unknown }) => `${String(issue.path)} ${String(issue.message)}`,
    )
    return ` ${issues.join('; ')}`
  }
  if (typeof body === 'object' && body !== null && 'error' in body) return ` ${String(body.error)}`
  return ''
}

function readRetryAfter(value: unknown): number {
  const seconds = Number(value)
  return typeof value === 'string' && seconds >= 0 ? seconds * 1_000 : 0
}
