import { describe, expect, test } from 'vitest'
import { callReport } from './call-report.ts'
import type { ClassifyOverride } from './classify-override.ts'
import { createPolicy } from './policy.ts'
import { retry } from './strategies/retry.ts'
import { createTestClock } from './testing/test-clock.ts'
import { recordEvents } from './testing/record-events.ts'

const setUp = (classify: ClassifyOverride) => {
  const clock = createTestClock()
  const policy = createPolicy({ name: 'overridden', clock, random: () => 0.5, classify, strategies: [retry()] })
  let runs = 0
  const call = (result: () => unknown) =>
    clock.run(
      policy.execute(
        () => {
          runs += 1
          return result()
        },
        { idempotent: true },
      ),
    )
  return { policy, call, runs: () => runs }
}

describe('a classify override', () => {
  test('turns a value into a failure', async () => {
    const { call, runs } = setUp((value) =>
      (value as { error?: boolean }).error === true ? { code: 'soft-error', retry: 'if-idempotent' } : undefined,
    )
    const value = await call(() => ({ error: true }))
    expect(value).toEqual({ error: true })
    expect(runs()).toBe(3)
    expect(callReport(value)?.attempts.map(({ code }) => code)).toEqual(['soft-error', 'soft-error', 'soft-error'])
  })

  test('changes parts of a verdict, and calls a failure a success', async () => {
    const never = setUp(() => ({ retry: 'never' }))
    await expect(never.call(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(never.runs()).toBe(1)
    const fine = setUp(() => 'success')
    await expect(fine.call(() => Promise.reject(new Error('expected')))).rejects.toThrow('expected')
    expect(fine.runs()).toBe(1)
  })

  test('without a code of its own keeps one', async () => {
    const { call } = setUp((_value, verdict) =>
      verdict === undefined ? { breaker: 'ignore', retry: 'never' } : undefined,
    )
    expect(callReport(await call(() => ({})))?.attempts[0]?.code).toBe('custom')
  })

  test.each<[string, ClassifyOverride, RegExp]>([
    [
      'throws',
      () => {
        throw new Error('broken override')
      },
      /broken override/,
    ],
    ['answers a wrong value', () => ({ retry: 'often' as 'never' }), /option "retry" must be 'never' or/],
    ['answers an unknown part', () => ({ again: true }) as object, /unknown option "again"/],
  ])('that %s changes nothing and is reported', async (_how, classify, message) => {
    const { policy, call, runs } = setUp(classify)
    const reported = recordEvents(policy, 'listener-failed')
    await expect(call(() => Promise.reject(new Error('boom')))).rejects.toThrow('boom')
    expect(runs()).toBe(3)
    expect(String(reported[0]?.error)).toMatch(message)
  })
})
