import { ServiceError, type ServiceErrorInit } from './service-error.ts'

/** No answer within the time allowed; nothing says that the request was not processed. */
export class NetworkTimeoutError extends ServiceError {
  override readonly name = 'NetworkTimeoutError'

  constructor(init?: ServiceErrorInit) {
    super('network-timeout', init)
  }
}

/** The service is down, overloaded, or Holdfast keeps calls away from it. */
export class ServiceUnavailableError extends ServiceError {
  override readonly name = 'ServiceUnavailableError'

  constructor(init?: ServiceErrorInit) {
    super('service-unavailable', init)
  }
}

/** Too many requests for the moment. */
export class RateLimitedError extends ServiceError {
  override readonly name = 'RateLimitedError'

  constructor(init?: ServiceErrorInit) {
    super('rate-limited', init)
  }
}

/** Too many requests for the day or the plan. */
export class QuotaExceededError extends ServiceError {
  override readonly name = 'QuotaExceededError'

  constructor(init?: ServiceErrorInit) {
    super('quota-exceeded', init)
  }
}

/** One thing that is wrong with the data. */
export interface ValidationIssue {
  /** Where, from the root of the data. */
  readonly path: readonly (string | number)[]
  /** What is wrong, for the person who gave the data. */
  readonly message: string
  readonly code?: string | undefined
}

/** The data breaks the rules; all that is wrong is named at once. */
export class ValidationError extends ServiceError {
  override readonly name = 'ValidationError'
  /** Not enumerable when an upstream wrote them: like all its words they may repeat what was sent. */
  declare readonly issues: readonly ValidationIssue[]

  constructor(issues: readonly ValidationIssue[], init: ServiceErrorInit = {}) {
    super('validation', init)
    const isOurs = init.upstream === undefined && init.status === undefined
    Object.defineProperty(this, 'issues', { value: Object.freeze([...issues]), enumerable: isOurs })
  }
}

export class NotFoundError extends ServiceError {
  override readonly name = 'NotFoundError'

  constructor(init?: ServiceErrorInit) {
    super('not-found', init)
  }
}

/** The state on the other side is not the one the request assumes: changed meanwhile, or there already. */
export class ConflictError extends ServiceError {
  override readonly name = 'ConflictError'

  constructor(init?: ServiceErrorInit) {
    super('conflict', init)
  }
}

/** The credentials are missing, wrong, expired or revoked. */
export class AuthenticationError extends ServiceError {
  override readonly name = 'AuthenticationError'

  constructor(init?: ServiceErrorInit) {
    super('authentication', init)
  }
}

/** The credentials are good, but not for this. */
export class AuthorizationError extends ServiceError {
  override readonly name = 'AuthorizationError'
  /** The scopes that would allow it, where the service names them. */
  readonly missingScopes: readonly string[]

  constructor(init: ServiceErrorInit & { readonly missingScopes?: readonly string[] | undefined } = {}) {
    super('authorization', init)
    this.missingScopes = Object.freeze([...(init.missingScopes ?? [])])
  }
}

/** Nothing stored could stand in for the answer. */
export class CacheMissError extends ServiceError {
  override readonly name = 'CacheMissError'

  constructor(init?: ServiceErrorInit) {
    super('cache-miss', init)
  }
}

/** Something that the result can do without has failed. */
export class NonCriticalServiceError extends ServiceError {
  override readonly name = 'NonCriticalServiceError'

  constructor(init?: ServiceErrorInit) {
    super('non-critical', init)
  }
}

/** A setting without which the program cannot work; fatal. */
export class MissingConfigError extends ServiceError {
  override readonly name = 'MissingConfigError'
  /** Names of the settings, never their values. */
  readonly settings: readonly string[]

  constructor(settings: readonly string[], init?: ServiceErrorInit) {
    super('missing-config', { ...init, operation: init?.operation ?? `(${settings.join(', ')})` })
    this.settings = Object.freeze([...settings])
  }
}

/** Stored data that cannot be what was written; fatal, because going on would spread it. */
export class CorruptStateError extends ServiceError {
  override readonly name = 'CorruptStateError'

  constructor(init?: ServiceErrorInit) {
    super('corrupt-state', init)
  }
}

/** The answer was lost after the request may have been processed; look before sending it again. */
export class UnknownOutcomeError extends ServiceError {
  override readonly name = 'UnknownOutcomeError'

  constructor(init?: ServiceErrorInit) {
    super('unknown-outcome', init)
  }
}

/** The caller itself stopped the call. */
export class CancelledError extends ServiceError {
  override readonly name = 'CancelledError'

  constructor(init?: ServiceErrorInit) {
    super('cancelled', init)
  }
}

/** Whatever none of the others is: most often a bug. */
export class UnexpectedError extends ServiceError {
  override readonly name = 'UnexpectedError'

  constructor(init?: ServiceErrorInit) {
    super('unexpected', init)
  }
}
