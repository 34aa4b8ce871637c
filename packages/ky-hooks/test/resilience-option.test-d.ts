import ky, { type KyInstance, type Options, type ResponsePromise } from 'ky'
import ky13 from 'ky-1.13'
import ky14 from 'ky-1.14'
import { standardPolicy } from '@holdfast/core'
import { describe, expectTypeOf, it } from 'vitest'
import { kyHooks, type KyResilience } from '../src/index.ts'

describe('kyHooks', () => {
  it('is what extend takes, on every version, and the instance keeps its type', () => {
    const hooks = kyHooks(standardPolicy({ name: 'types' }))
    expectTypeOf(ky.extend(hooks)).toEqualTypeOf<KyInstance>()
    expectTypeOf(ky14.extend(hooks)).toEqualTypeOf<typeof ky14>()
    expectTypeOf(ky13.extend(hooks)).toEqualTypeOf<typeof ky13>()
  })

  it('leaves the results of calls their types', () => {
    const api = ky.extend(kyHooks(standardPolicy({ name: 'types' })))
    expectTypeOf(api.get<{ id: number }>('items/1')).toEqualTypeOf<ResponsePromise<{ id: number }>>()
    expectTypeOf(api.get('items/1', { resilience: false }).json<{ id: number }>()).resolves.toEqualTypeOf<{
      id: number
    }>()
  })

  it('takes a policy and the class of another copy, and nothing else', () => {
    expectTypeOf<Parameters<typeof kyHooks>[0]>().not.toBeAny()
    // @ts-expect-error -- an option that does not exist
    kyHooks(standardPolicy({ name: 'types' }), { retries: 3 })
  })
})

describe('the type of `resilience`', () => {
  it('is known on the options of ky', () => {
    expectTypeOf<Options['resilience']>().toEqualTypeOf<KyResilience | false | undefined>()
  })

  it('knows the options of a call and of every standard strategy, and nothing else', () => {
    const options: Options = {
      resilience: {
        key: 'tenant-1',
        priority: 'background',
        idempotencyKey: 'auto',
        retry: { maxRetries: 1 },
        deadline: { afterMs: 2_000 },
        circuitBreaker: false,
      },
    }
    expectTypeOf(options).toExtend<Options>()
    // @ts-expect-error -- a name that does not exist
    expectTypeOf<Options>({ resilience: { retries: 1 } })
    // @ts-expect-error -- a word in the place of a number
    expectTypeOf<Options>({ resilience: { retry: { maxRetries: 'two' } } })
    // @ts-expect-error -- an option the strategy does not have
    expectTypeOf<Options>({ resilience: { retry: { limit: 2 } } })
  })
})
