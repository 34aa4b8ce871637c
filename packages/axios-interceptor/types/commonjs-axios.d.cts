// CommonJS modules see other types of axios than ES modules do, so those are augmented as well.
import type { AxiosResilience } from '@holdfast/axios-interceptor' with { 'resolution-mode': 'import' }

declare module 'axios' {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any, @typescript-eslint/no-unused-vars
  export interface AxiosRequestConfig<D = any> {
    /** Options of the attached policy for this request; `false` sends it without the policy. */
    resilience?: AxiosResilience | false
  }
}
