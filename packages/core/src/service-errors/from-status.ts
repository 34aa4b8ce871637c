import { classifyStatus } from '../classify-status.ts'
import { systemClock } from '../clock.ts'
import { pushbackMs } from '../pushback.ts'
import type { ResponseHead } from '../response-head.ts'
import {
  AuthenticationError,
  AuthorizationError,
  ConflictError,
  NetworkTimeoutError,
  NotFoundError,
  QuotaExceededError,
  RateLimitedError,
  ServiceUnavailableError,
  UnexpectedError,
  UnknownOutcomeError,
  ValidationError,
} from './kinds.ts'
import type { ProviderError } from './provider-errors.ts'
import type { ServiceError, ServiceErrorInit } from './service-error.ts'

// Nobody waits a quarter of an hour for a rate limit; what asks for more is a quota.
const QUOTA_FROM_MS = 900_000
// RFC 6749 section 5.2 and RFC 6750 section 3.1: answers of a token endpoint, 400 among them, that are about credentials.
const CREDENTIAL_CODES = /^(?:invalid_(?:grant|token|client)|unauthorized_client|expired_token)$/

/** The scopes a `WWW-Authenticate: Bearer error="insufficient_scope", scope="..."` asks for (RFC 6750 section 3). */
const scopesIn = (head: ResponseHead): readonly string[] | undefined => {
  const challenge = head.header('www-authenticate')?.slice(0, 2_000) ?? ''
  if (!/error="?insufficient_scope/.test(challenge)) return undefined
  const scope = /scope="([^"]{1,1000})"/.exec(challenge)?.[1]
  return scope === undefined ? [] : scope.split(' ').filter((part) => part !== '')
}

const limited = (provider: ProviderError, waitMs: number | undefined, init: ServiceErrorInit): ServiceError => {
  const isQuota = /quota|daily|exhausted|usage.limit/i.test(`${provider.code ?? ''} ${provider.message ?? ''}`)
  return isQuota || (waitMs ?? 0) > QUOTA_FROM_MS ? new QuotaExceededError(init) : new RateLimitedError(init)
}

/** The service error of an answer that is no success. */
export const fromStatus = (
  head: ResponseHead,
  provider: ProviderError,
  isUnrepeatable: boolean,
  given: ServiceErrorInit,
): ServiceError => {
  const { status } = head
  const verdict = classifyStatus(head)
  const retryAfterMs = pushbackMs(head, systemClock.wall())
  const init: ServiceErrorInit = {
    ...given,
    status,
    retryAfterMs,
    upstreamCode: provider.code,
    upstreamMessage: provider.message,
  }
  const scopes = provider.missingScopes ?? scopesIn(head)
  if (scopes !== undefined) return new AuthorizationError({ ...init, missingScopes: scopes })
  const retryable = verdict?.retry === 'always' || (verdict?.retry === 'if-idempotent' && !isUnrepeatable)
  switch (status) {
    case 401:
      return new AuthenticationError(init)
    case 402:
    case 403:
    case 451:
      return new AuthorizationError(init)
    case 404:
    case 410:
      return new NotFoundError(init)
    case 409:
    case 412:
    case 423:
      return new ConflictError({ ...init, retryable })
    case 429:
      return limited(provider, retryAfterMs, init)
    case 400:
    case 413:
    case 414:
    case 415:
    case 422:
    case 428:
    case 431:
      if (CREDENTIAL_CODES.test(provider.code ?? '')) return new AuthenticationError(init)
      return new ValidationError(provider.issues ?? [], init)
    case 408:
    case 504:
      return isUnrepeatable ? new UnknownOutcomeError(init) : new NetworkTimeoutError(init)
    case 502:
      return isUnrepeatable ? new UnknownOutcomeError(init) : new ServiceUnavailableError(init)
    case 501:
    case 505:
      return new UnexpectedError(init)
    default:
      return status >= 500 || status === 407
        ? new ServiceUnavailableError({ ...init, retryable, category: retryable ? 'transient' : 'permanent' })
        : new UnexpectedError(init)
  }
}
