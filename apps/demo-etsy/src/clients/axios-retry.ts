import type { AxiosInstance } from 'axios'
import axiosRetry, { exponentialDelay } from 'axios-retry'

/** axios-retry as its README shows it: 3 retries, exponential delay, its default condition (network errors on any method). */
export function connect(instance: AxiosInstance): void {
  axiosRetry(instance, { retries: 3, retryDelay: exponentialDelay })
}
