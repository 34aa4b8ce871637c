import { createPolicy, retry } from '@holdfast/core'
import ky from 'ky'
import ky14 from 'ky-1.14'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { withoutKysTimer } from '../src/ky-timer.ts'
import { totalTimeoutOf } from '../src/time-limits.ts'
import { kyHooks } from '../src/index.ts'

const policy = createPolicy({ name: 'unit', strategies: [retry()] })

afterEach(() => vi.restoreAllMocks())

describe('kyHooks', () => {
  it('refuses what is no policy, no option and no class, by name', () => {
    expect(() => kyHooks({} as never)).toThrow('the first argument must be a policy')
    expect(() => kyHooks(policy, { retries: 1 } as never)).toThrow('unknown option "retries"')
    expect(() => kyHooks(policy, { TimeoutError: 'TimeoutError' } as never)).toThrow('TimeoutError must be')
    expect(() => kyHooks(policy)(ky as never)).toThrow('api.extend(kyHooks(policy))')
  })

  it('adds one init hook and nothing else to an instance of ky 2 that has hooks', () => {
    let added: object = {}
    const parent = ky.create({ timeout: 500, retry: 3, hooks: { beforeRequest: [] } })
    parent.extend((options) => (added = kyHooks(policy)(options)))
    expect(added).toEqual({ hooks: { init: [expect.any(Function)] } })
  })

  it('leaves the options a child of the instance reads as they were', () => {
    for (const instance of [ky, ky14 as unknown as typeof ky]) {
      let seen: { timeout?: unknown } = {}
      instance
        .create({ timeout: 500 })
        .extend(kyHooks(policy))
        .extend((options) => {
          seen = options
          return {}
        })
      expect(seen.timeout).toBe(500)
    }
  })

  it('hands an invalid retry option to ky, which refuses it', () => {
    const api = ky.extend(kyHooks(policy))
    expect(() => api.get('http://a.example/', { retry: 'often' as never })).toThrow(TypeError)
    expect(() => api.get('http://a.example/', { retry: { methods: 'get' as never } })).toThrow('must be an array')
  })

  it('hands a time that is too long to ky, which refuses it', async () => {
    const api = ky.extend(kyHooks(policy))
    await expect(api.get('http://a.example/', { timeout: 2 ** 31 })).rejects.toBeInstanceOf(RangeError)
    await expect(api.get('http://a.example/', { totalTimeout: 2 ** 31 })).rejects.toBeInstanceOf(RangeError)
  })
})

describe('withoutKysTimer', () => {
  const chain = (sending: Promise<string>, log: string[]): Promise<void> =>
    sending
      .then((value) => void log.push(value))
      .catch(() => void log.push('rejected'))
      .then(() => void log.push('cleared'))

  it('runs the third link of the chain at once and once, and the others in their time', async () => {
    for (const [outcome, sending] of [
      ['value', Promise.resolve('value')],
      ['rejected', Promise.reject(new Error('x'))],
    ] as const) {
      const log: string[] = []
      const done = chain(withoutKysTimer(sending), log)
      expect(log).toEqual(['cleared'])
      await done
      expect(log).toEqual(['cleared', outcome])
    }
  })

  it('is an ordinary promise for those who await it', async () => {
    expect(await withoutKysTimer(Promise.resolve('value'))).toBe('value')
    await expect(withoutKysTimer(Promise.reject(new Error('x')))).rejects.toThrow('x')
  })
})

describe('totalTimeoutOf', () => {
  const limits = { deadlineMs: 1_000, attemptTimeoutMs: undefined, hasUnboundedBody: false }

  it.each([
    [undefined, limits, 1_250],
    [false, limits, 1_250],
    [500, limits, 500],
    [5_000, limits, 1_250],
    [5_000, { ...limits, hasUnboundedBody: true }, 5_000],
    [undefined, { ...limits, deadlineMs: false }, undefined],
    [undefined, { ...limits, deadlineMs: 2 ** 31 }, undefined],
    [2 ** 31, limits, 2 ** 31],
  ] as const)('%s with %o', (given, of, expected) => {
    expect(totalTimeoutOf(given, of)).toBe(expected)
  })
})
