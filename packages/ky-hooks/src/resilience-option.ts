import type { CallOptions, StandardStrategies } from '@holdfast/core'

/**
 * What one call, or the defaults of an instance, may say to its policy.
 *
 * An interface, so that a strategy of your own can be added: `interface KyResilience { audit?: false }`.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- an interface can be merged, a type cannot
export interface KyResilience extends CallOptions<StandardStrategies> {}

declare module 'ky' {
  export interface Options {
    /** Options of the policy for this call; `false` sends it without the policy. */
    resilience?: KyResilience | false
  }
}
