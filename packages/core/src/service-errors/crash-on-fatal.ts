import type { ServiceError } from './service-error.ts'
import { toServiceError } from './to-service-error.ts'

/** The part of `process` that is used. */
export interface EndableProcess {
  exit(code: number): unknown
}

/**
 * For the outermost catch of a program: a fatal error is reported and ends the process with code 1, so that whatever
 * supervises it starts it anew from a clean state; any other error is handed back.
 *
 * @param report - Awaited before the process ends; what it throws does not keep the process alive.
 * @example
 * const boundary = crashOnFatal(process, (error) => logError(logger, error, { severity: 'critical' }))
 * queue.on('failed', (job, error) => boundary(error))
 */
export const crashOnFatal =
  (process: EndableProcess, report: (error: ServiceError) => void | Promise<void>) =>
  async (failure: unknown): Promise<ServiceError> => {
    const error = toServiceError(failure)
    if (error.category !== 'fatal') return error
    try {
      await report(error)
    } finally {
      process.exit(1)
    }
    return error
  }
