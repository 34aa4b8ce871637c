import type { AxiosRequestConfig, CreateAxiosDefaults, InternalAxiosRequestConfig } from 'axios'
import { describe, expectTypeOf, it } from 'vitest'
import type { AxiosResilience } from '../src/index.ts'

describe('the type of `resilience`', () => {
  it('is known on requests, on defaults and in interceptors', () => {
    type Option = AxiosResilience | false | undefined
    expectTypeOf<AxiosRequestConfig['resilience']>().toEqualTypeOf<Option>()
    expectTypeOf<InternalAxiosRequestConfig['resilience']>().toEqualTypeOf<Option>()
    expectTypeOf<CreateAxiosDefaults['resilience']>().toEqualTypeOf<Option>()
  })

  it('knows the options of a call and of every standard strategy, and nothing else', () => {
    expectTypeOf({
      key: 'tenant-1',
      priority: 'background',
      idempotencyKey: 'auto',
      retryClientTimeout: true,
      retry: { maxRetries: 1 },
      deadline: { afterMs: 2_000 },
      circuitBreaker: false,
    } as const).toExtend<AxiosResilience>()
    expectTypeOf<{ retry: { maxRetries: string } }>().not.toExtend<AxiosResilience>()
    expectTypeOf<keyof AxiosResilience>().not.toEqualTypeOf<string>()
  })
})
