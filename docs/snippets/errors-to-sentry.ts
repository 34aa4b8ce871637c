import type { Monitor } from '@holdfast/core/monitor'
import { toServiceError } from '@holdfast/core/service-errors'
// `@sentry/node`, `@sentry/browser` and the others export the same functions.
import { captureException } from '@sentry/core'

/** Reports what finally failed, grouped as the monitor groups it; what a retry saved never gets here. */
export const report = (failure: unknown, monitor: Monitor): void => {
  const error = toServiceError(failure)
  const fingerprint = monitor.error(error)
  if (error.category === 'transient') return // counted; an alert tells when there are too many
  captureException(error, {
    level: error.category === 'fatal' ? 'fatal' : 'error',
    fingerprint: [fingerprint],
    tags: { code: error.code, category: error.category, upstream: error.upstream ?? 'none' },
  })
}
