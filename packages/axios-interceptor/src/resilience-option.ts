import type { CallOptions, StandardStrategies } from '@holdfast/core'

/**
 * What one request, or the defaults of an instance, may say to its policy.
 *
 * An interface, so that a strategy of your own can be added: `interface AxiosResilience { audit?: false }`.
 */
export interface AxiosResilience extends CallOptions<StandardStrategies> {
  /** Whether a request that ran into axios' own `timeout` is sent again. Default: the option of `attach`, false. */
  readonly retryClientTimeout?: boolean
}

declare module 'axios' {
  // One parameter, which both axios 1.6 (one) and 1.21 (two, with defaults) let merge.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any, @typescript-eslint/no-unused-vars
  export interface AxiosRequestConfig<D = any> {
    /** Options of the attached policy for this request; `false` sends it without the policy. */
    resilience?: AxiosResilience | false
  }
}
