import { describe, expect, it } from 'vitest'
import { readSettings } from './settings.ts'

describe('settings.holdfast', () => {
  it('accepts what is documented', () => {
    const settings = {
      callMap: false,
      environment: { 'src/web/**': 'browser' },
      wrappers: ['bounded'],
      loggerDialect: 'pino',
    } as const
    expect(readSettings(settings)).toEqual(settings)
    expect(readSettings(undefined)).toEqual({})
  })

  it.each([
    ['a wrong name', { wraper: [] }, /holdfast\.wraper must be absent.*wrappers/],
    [
      'a wrong environment',
      { environment: { 'a/**': 'edge' } },
      /holdfast\.environment\["a\/\*\*"\] must be "server" or "browser", got "edge"/,
    ],
    ['a wrong list', { wrappers: 'x' }, /holdfast\.wrappers must be an array of names, got "x"/],
    ['a wrong dialect', { loggerDialect: 'log4j' }, /holdfast\.loggerDialect must be one of pino/],
    ['no object', [], /holdfast must be an object/],
    ['a path that is none', { callMap: true }, /holdfast\.callMap must be a path or false, got true/],
    ['a hash that is none', { callMapHash: 1 }, /holdfast\.callMapHash must be a string, got 1/],
    ['environments without globs', { environment: ['src'] }, /holdfast\.environment must be an object of globs/],
    ['owners that are no names', { retryOwners: [1] }, /holdfast\.retryOwners must be an array of names, got \[1\]/],
    ['a logger without a name', { loggers: [{}] }, /holdfast\.loggers\[0\] must be a name or an object with a name/],
    ['a wrong role', { loggers: [{ name: 'out', role: 'x' }] }, /holdfast\.loggers\[0\]\.role must be one of log, ui/],
    ['a wrong client', { clients: [{ name: 'a', like: 'curl' }] }, /holdfast\.clients\[0\]\.like must be one of fetch/],
    ['a wrong key of a client', { clients: [{ name: 'a', as: 'x' }] }, /holdfast\.clients\[0\]\.as must be absent/],
    ['clients that are no list', { clients: 'api' }, /holdfast\.clients must be an array of names or objects/],
  ])('refuses %s', (_, settings, message) => {
    expect(() => readSettings(settings)).toThrow(message)
  })
})
