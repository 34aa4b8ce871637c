import type { DatabaseClassification } from '../database/database-error.ts'
import {
  ConflictError,
  CorruptStateError,
  NetworkTimeoutError,
  ServiceUnavailableError,
  UnexpectedError,
  UnknownOutcomeError,
  ValidationError,
} from './kinds.ts'
import type { ServiceError, ServiceErrorInit } from './service-error.ts'

/** The service error of a failed statement. */
export const fromDatabase = (
  found: DatabaseClassification,
  isRepeatable: boolean,
  given: ServiceErrorInit,
): ServiceError => {
  const details = found.constraint === undefined ? given.details : { ...given.details, constraint: found.constraint }
  const init: ServiceErrorInit = { ...given, details, upstreamCode: found.code }
  if (found.outcome === 'unknown' && !isRepeatable) return new UnknownOutcomeError(init)
  switch (found.code) {
    case 'unique':
    case 'foreign-key':
      return new ConflictError(init)
    case 'invalid-data':
      return new ValidationError([], init)
    case 'statement-timeout':
    case 'client-timeout':
      return new NetworkTimeoutError({ ...init, retryable: isRepeatable })
    case 'storage':
      return new CorruptStateError(init)
    case 'failed-transaction':
      return new UnexpectedError(init)
    default:
      if (found.category === 'transient')
        return new ServiceUnavailableError({ ...init, retryable: found.retry !== 'never' })
      return found.code === 'disk-full'
        ? new ServiceUnavailableError({ ...init, category: 'fatal', retryable: false })
        : new UnexpectedError({ ...init, category: 'fatal' })
  }
}
