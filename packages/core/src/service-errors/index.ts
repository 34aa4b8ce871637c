export { crashOnFatal, type EndableProcess } from './crash-on-fatal.ts'
export { explainToUser, waitInWords, type MessageCatalogue, type UserMessage } from './explain.ts'
export {
  AuthenticationError,
  AuthorizationError,
  CacheMissError,
  CancelledError,
  ConflictError,
  CorruptStateError,
  MissingConfigError,
  NetworkTimeoutError,
  NonCriticalServiceError,
  NotFoundError,
  QuotaExceededError,
  RateLimitedError,
  ServiceUnavailableError,
  UnexpectedError,
  UnknownOutcomeError,
  ValidationError,
  type ValidationIssue,
} from './kinds.ts'
export { readIssues, readProviderError, type ProviderError, type ProviderErrorParser } from './provider-errors.ts'
export {
  isServiceError,
  ServiceError,
  type ServiceErrorCategory,
  type ServiceErrorCode,
  type ServiceErrorInit,
} from './service-error.ts'
export { responseToServiceError, toServiceError, type ServiceErrorContext } from './to-service-error.ts'
