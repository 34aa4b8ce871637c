import { explainToUser } from '../service-errors/explain.ts'
import { ValidationError } from '../service-errors/kinds.ts'
import { ServiceError, type ServiceErrorCode } from '../service-errors/service-error.ts'
import { toServiceError } from '../service-errors/to-service-error.ts'

/** The body of an `application/problem+json` answer (RFC 9457). */
export interface ProblemDocument {
  /** A URI that names the kind of problem; `about:blank` without a base. */
  readonly type: string
  readonly title: string
  readonly status: number
  /** One sentence out of a fixed table and what to do; never words of the failure itself. */
  readonly detail: string
  /** The request or trace id under which the log tells the rest. */
  readonly instance?: string
  readonly code: ServiceErrorCode
  /** Seconds. */
  readonly retryAfter?: number
  /** What is wrong with the caller's own data. */
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[]
}

export interface ProblemOptions {
  /** The request or trace id; printable ASCII, 200 characters at most, else it is left out. */
  readonly instance?: string | undefined
  /** Where the problem types are described, such as `https://api.example/problems/`; the code is appended. */
  readonly typeBase?: string
}

interface Kind {
  readonly title: string
  /** When it is between this service and its own caller. */
  readonly status: number
  /** When it is between this service and an upstream, which the caller can do nothing about. */
  readonly upstreamStatus: number
}

const kind = (title: string, status: number, upstreamStatus = status): Kind => ({ title, status, upstreamStatus })

const KINDS: Readonly<Record<ServiceErrorCode, Kind>> = {
  'network-timeout': kind('Upstream timeout', 504),
  'service-unavailable': kind('Service unavailable', 503),
  'rate-limited': kind('Too many requests', 429, 503),
  'quota-exceeded': kind('Quota exceeded', 429, 503),
  validation: kind('Invalid data', 422),
  'not-found': kind('Not found', 404),
  conflict: kind('Conflict', 409),
  authentication: kind('Not authenticated', 401, 502),
  authorization: kind('Not allowed', 403, 502),
  'cache-miss': kind('Service unavailable', 503),
  'non-critical': kind('Service unavailable', 503),
  'missing-config': kind('Internal error', 500),
  'corrupt-state': kind('Internal error', 500),
  'unknown-outcome': kind('Outcome unknown', 504),
  cancelled: kind('Request cancelled', 503),
  unexpected: kind('Internal error', 500),
}

// What only the operator may know is an internal error to everybody else.
const PUBLIC_CODE: Partial<Record<ServiceErrorCode, ServiceErrorCode>> = {
  'missing-config': 'unexpected',
  'corrupt-state': 'unexpected',
}

const INSTANCE = /^[\x21-\x7e]{1,200}$/
const MOST_ISSUES = 50

const pointerOf = (path: readonly (string | number)[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

/**
 * A failure as a problem document for the caller of this service.
 *
 * Status, title and detail come out of fixed tables by the error's code. Nothing of the error's message, cause, stack or
 * upstream gets in; the issues of a validation error do if no upstream wrote them. A failure towards an upstream is a 5xx
 * even where the upstream answered 401 or 429, because the caller can do nothing about it.
 */
export const toProblem = (failure: unknown, options: ProblemOptions = {}): ProblemDocument => {
  const error = toServiceError(failure)
  const { title, status, upstreamStatus } = KINDS[error.code]
  const code = PUBLIC_CODE[error.code] ?? error.code
  const isUpstream = error.upstream !== undefined || error.status !== undefined
  // Explained without the upstream's name, which is nobody's business outside.
  const words = explainToUser(new ServiceError(code, { retryAfterMs: error.retryAfterMs }))
  const issues = error instanceof ValidationError && !isUpstream ? error.issues.slice(0, MOST_ISSUES) : []
  return {
    type: options.typeBase === undefined ? 'about:blank' : `${options.typeBase}${code}`,
    title,
    status: isUpstream ? upstreamStatus : status,
    detail: `${words.what} ${words.todo}`,
    ...(options.instance !== undefined && INSTANCE.test(options.instance) && { instance: options.instance }),
    code,
    ...(error.retryAfterMs !== undefined && { retryAfter: Math.ceil(error.retryAfterMs / 1_000) }),
    ...(issues.length > 0 && {
      errors: issues.map(({ path, message }) => ({ pointer: pointerOf(path), detail: message })),
    }),
  }
}

/** Status, headers and body of the answer, for frameworks that want them apart. */
export interface ProblemAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export const problemAnswer = (failure: unknown, options?: ProblemOptions): ProblemAnswer => {
  const problem = toProblem(failure, options)
  return {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(problem.retryAfter !== undefined && { 'retry-after': String(problem.retryAfter) }),
    },
    body: JSON.stringify(problem),
  }
}

/** The answer as a web `Response`, as Hono and every fetch-style server take it. */
export const problemResponse = (failure: unknown, options?: ProblemOptions): Response => {
  const { status, headers, body } = problemAnswer(failure, options)
  return new Response(body, { status, headers })
}
