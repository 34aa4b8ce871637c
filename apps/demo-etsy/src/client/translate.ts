import {
  AuthorizationError,
  isServiceError,
  MissingConfigError,
  type ServiceError,
  ServiceUnavailableError,
  toServiceError,
  UnknownOutcomeError,
} from '@holdfast/core/service-errors'
import { isAxiosError } from 'axios'

/** What the client knows of a call and its error does not. */
export interface CallFacts {
  readonly operation: string
  /** Sending it twice does no harm. */
  readonly isRepeatable: boolean
}

/** An answer that is not what the API sends: HTML of an edge, JSON cut in the middle. */
export class UnreadableAnswerError extends Error {
  override readonly name = 'UnreadableAnswerError'
}

const keyFormat = /Shared secret is required|should be in the format/
const appUnknown = /API key not found or not active/
const notOwner = /does not own Shop/

/** The service error of anything the client throws, with what is known about Etsy's own words. */
export function translate(failure: unknown, { operation, isRepeatable }: CallFacts): ServiceError {
  if (isServiceError(failure)) return failure
  const init = { upstream: 'etsy', operation, cause: failure }
  if (failure instanceof UnreadableAnswerError) {
    return isRepeatable ? new ServiceUnavailableError({ ...init, retryable: true }) : new UnknownOutcomeError(init)
  }
  const error = toServiceError(failure, { upstream: 'etsy', operation, idempotent: isRepeatable })
  const { status, upstreamMessage = '' } = error
  if (isAxiosError(failure) && failure.response !== undefined) {
    if (isHtml(failure.response.headers['content-type']) && failure.response.status < 500) {
      return translate(new UnreadableAnswerError('an HTML page in place of an answer'), { operation, isRepeatable })
    }
  }
  if (status === 403 && keyFormat.test(upstreamMessage)) {
    return new MissingConfigError(['ETSY_SHARED_SECRET'], { ...init, status })
  }
  if (status === 403 && appUnknown.test(upstreamMessage)) {
    return new AuthorizationError({
      ...init,
      status,
      category: 'fatal',
      upstreamCode: 'app-not-active',
      upstreamMessage,
    })
  }
  // A 500 has been seen after the listing was created (open-api#162): no 5xx of a write tells whether it happened.
  if (!isRepeatable && status !== undefined && status >= 500) return new UnknownOutcomeError({ ...init, status })
  return error
}

/** The 403 that a real owner gets now and then (open-api#438). */
export function isOwnerRefusal(error: ServiceError): boolean {
  return error.status === 403 && notOwner.test(error.upstreamMessage ?? '')
}

/** The whole app is out: nothing of it can work, whatever is called. */
export function isAppOut(error: ServiceError): boolean {
  return error.upstreamCode === 'app-not-active'
}

/** Whether a content type is HTML. */
export function isHtml(contentType: unknown): boolean {
  return typeof contentType === 'string' && contentType.includes('text/html')
}
