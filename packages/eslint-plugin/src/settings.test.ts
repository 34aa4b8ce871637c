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
  ])('refuses %s', (_, settings, message) => {
    expect(() => readSettings(settings)).toThrow(message)
  })
})
