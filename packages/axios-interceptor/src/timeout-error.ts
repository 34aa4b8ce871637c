import { isHoldfastError, type HoldfastError } from '@holdfast/core'
import type { AxiosError, InternalAxiosRequestConfig } from 'axios'
import type { AxiosCopy } from './axios-copy.ts'

/** Whether the policy gave up because its time ran out, and not because it refused. */
export const isTimeLimit = (error: unknown): error is HoldfastError =>
  isHoldfastError(error) && (error.code === 'attempt-timeout' || error.code === 'deadline-exceeded')

/**
 * A time limit of the policy in the shape axios gives its own: `ETIMEDOUT`, with config and request, no cancellation.
 *
 * `cause` is the HoldfastError; it is not enumerable, so that loggers do not walk into sockets.
 */
export const timeoutError = (copy: AxiosCopy, limit: HoldfastError, config: InternalAxiosRequestConfig): AxiosError => {
  const { request } = (limit.cause ?? {}) as { request?: unknown }
  const error = new copy.AxiosError(limit.message, 'ETIMEDOUT', config, request)
  Object.defineProperty(error, 'cause', { value: limit, writable: true, enumerable: false, configurable: true })
  return error
}
