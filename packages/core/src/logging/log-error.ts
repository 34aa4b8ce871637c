import { systemClock } from '../clock.ts'
import type { ServiceError, ServiceErrorCode } from '../service-errors/service-error.ts'
import { toServiceError } from '../service-errors/to-service-error.ts'
import type { StructuredLogger } from './logger.ts'
import { redactData } from './redact-data.ts'
import { currentRequest } from './request-context.ts'
import { scrubText } from './scrub-text.ts'
import { withoutUndefined } from '../without-undefined.ts'
import { serializeError, type SerializedError } from './serialize-error.ts'

/** `expected`: part of a normal day; `unexpected`: somebody should look; `critical`: somebody should look now. */
export type ErrorSeverity = 'expected' | 'unexpected' | 'critical'

/** What the place that logs knows and the error does not. */
export interface ErrorLogContext {
  /** Default: by category and code: fatal is critical, bugs are unexpected, what passes by itself is expected. */
  readonly severity?: ErrorSeverity
  /** What was being done, such as `createListing`. Default: the error's own. */
  readonly operation?: string
  /** Default: the request of `useRequestContext`. */
  readonly requestId?: string
  readonly userId?: string
  /** Further facts; plain data, scrubbed and bounded. */
  readonly context?: Readonly<Record<string, unknown>>
}

/** One log record: what, where, when, who, how bad; OpenTelemetry's names where it has one. */
export interface ErrorRecord {
  readonly event: 'error'
  readonly severity: ErrorSeverity
  readonly timestamp: string
  readonly 'error.type': ServiceErrorCode
  readonly 'error.category': ServiceError['category']
  readonly 'error.retryable': boolean
  readonly 'error.retry_after_ms'?: number
  readonly 'service.peer.name'?: string
  readonly 'holdfast.operation'?: string
  readonly 'http.response.status_code'?: number
  readonly 'holdfast.upstream_code'?: string
  readonly 'request.id'?: string
  readonly 'user.id'?: string
  readonly 'exception.type': string
  readonly 'exception.message': string
  readonly 'exception.stacktrace'?: string
  /** The causes, innermost last. */
  readonly cause?: SerializedError
  readonly context?: Readonly<Record<string, unknown>>
}

const UNEXPECTED: ReadonlySet<ServiceErrorCode> = new Set([
  'unexpected',
  'unknown-outcome',
  'authentication',
  'authorization',
  'quota-exceeded',
])

const severityOf = (error: ServiceError): ErrorSeverity => {
  if (error.category === 'fatal') return 'critical'
  return UNEXPECTED.has(error.code) ? 'unexpected' : 'expected'
}

const text = (value: string | undefined): string | undefined => (value === undefined ? undefined : scrubText(value))

/** The record of an error, redacted; what `logError` hands to the logger. */
export const errorRecord = (failure: unknown, given: ErrorLogContext = {}): ErrorRecord => {
  const error = toServiceError(failure)
  const { name, message, stack, cause } = serializeError(error)
  const request = currentRequest()
  const data = { ...error.details, ...given.context }
  return withoutUndefined<Record<keyof ErrorRecord, unknown>>({
    event: 'error',
    severity: given.severity ?? severityOf(error),
    timestamp: new Date(systemClock.wall()).toISOString(),
    'error.type': error.code,
    'error.category': error.category,
    'error.retryable': error.retryable,
    'error.retry_after_ms': error.retryAfterMs,
    'service.peer.name': text(error.upstream),
    'holdfast.operation': text(given.operation ?? error.operation),
    'http.response.status_code': error.status,
    'holdfast.upstream_code': text(error.upstreamCode),
    'request.id': text(given.requestId ?? request.requestId),
    'user.id': text(given.userId ?? request.userId),
    'exception.type': name,
    'exception.message': message,
    // The first error knows where it happened; the service error was made where it was caught.
    'exception.stacktrace': cause?.stack ?? stack,
    cause,
    context: Object.keys(data).length === 0 ? undefined : redactData(data),
  }) as unknown as ErrorRecord
}

const LEVELS = { expected: 'warn', unexpected: 'error', critical: 'fatal' } as const

/**
 * Writes one line about one error that answers what failed, where, when, for whom and how bad it is.
 *
 * The record is redacted before the logger sees it, and is returned for monitors and alerts. A logger that throws is
 * none of the caller's business and is ignored.
 *
 * @example
 * logError(log, error, { operation: 'createListing', requestId: request.id })
 */
export const logError = (logger: StructuredLogger, failure: unknown, context: ErrorLogContext = {}): ErrorRecord => {
  const record = errorRecord(failure, context)
  const level = LEVELS[record.severity]
  try {
    if (level === 'fatal' && logger.fatal !== undefined) logger.fatal(record, record['exception.message'])
    else logger[level === 'fatal' ? 'error' : level](record, record['exception.message'])
  } catch {
    // A full disk of the log must not turn one failure into two.
  }
  return record
}
