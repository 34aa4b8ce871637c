import { AxiosHeaders, type InternalAxiosRequestConfig } from 'axios'
import { describe, expect, it } from 'vitest'
import { AttemptConfigs } from '../src/attempt-config.ts'

const makeConfig = (parts: object = {}): InternalAxiosRequestConfig =>
  Object.defineProperty(
    Object.assign(Object.create({ inherited: 1 }) as object, {
      url: '/',
      headers: new AxiosHeaders({ Accept: 'a' }),
      ...parts,
    }),
    'hidden',
    {
      value: 7,
      enumerable: false,
      writable: true,
      configurable: true,
    },
  ) as InternalAxiosRequestConfig

describe('AttemptConfigs', () => {
  it("runs the first attempt on the caller's own object and later ones on copies with prototype and hidden members", () => {
    const config = makeConfig()
    const configs = new AttemptConfigs(config)
    expect(configs.next(undefined, undefined, true)).toBe(config)
    const second = configs.next(undefined, undefined, true)
    expect(second).not.toBe(config)
    expect(Object.getPrototypeOf(second)).toBe(Object.getPrototypeOf(config))
    expect(Object.getOwnPropertyDescriptor(second, 'hidden')).toEqual(Object.getOwnPropertyDescriptor(config, 'hidden'))
    expect(second.headers).toBeInstanceOf(AxiosHeaders)
  })

  it('starts each attempt from the headers as they were before the first', () => {
    const config = makeConfig()
    const configs = new AttemptConfigs(config)
    const header = ['Idempotency-Key', 'k1'] as const
    configs.next(undefined, header, true).headers.set('User-Agent', 'axios').delete('Accept')
    const second = configs.next(undefined, header, true)
    expect(second.headers.toJSON()).toEqual({ Accept: 'a', 'Idempotency-Key': 'k1' })
    second.headers.set('User-Agent', 'again')
    expect(configs.next(undefined, header, true).headers.toJSON()).toEqual({ Accept: 'a', 'Idempotency-Key': 'k1' })
  })

  it.each([{}, { signal: undefined }, { signal: new AbortController().signal }])(
    'puts the signal of %j back as it was',
    (parts) => {
      const config = makeConfig(parts)
      const before = Object.getOwnPropertyDescriptors(config)
      const configs = new AttemptConfigs(config)
      const { signal } = new AbortController()
      expect(configs.next(signal, undefined, true).signal).toBe(signal)
      const second = configs.next(undefined, undefined, true)
      expect([second.signal, 'signal' in second]).toEqual([
        config.signal === signal ? (parts as { signal?: unknown }).signal : config.signal,
        'signal' in parts,
      ])
      configs.restore()
      expect(Object.getOwnPropertyDescriptors(config)).toEqual(before)
    },
  )

  it("puts the caller's config in the place of its own copies only", () => {
    const config = makeConfig()
    const configs = new AttemptConfigs(config)
    configs.next(undefined, undefined, true)
    const copy = configs.next(undefined, undefined, true)
    const error = { config: copy, response: { config: copy } }
    const foreign = { config: makeConfig() }
    const foreignConfig = foreign.config
    configs.adopt(error)
    configs.adopt(foreign)
    configs.adopt(undefined)
    expect([error.config, error.response.config, foreign.config]).toEqual([config, config, foreignConfig])
    expect(error.config).toBe(config)
    expect(config.headers).toBe(copy.headers)
  })
})
