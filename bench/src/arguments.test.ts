import { describe, expect, it } from 'vitest'
import { helpText, parseArguments, UsageError } from './arguments.ts'

describe('parseArguments', () => {
  it('reads a command with its options', () => {
    expect(parseArguments(['storm', '--json', 'out.json', '--seeds', '4', '--only', 'outage'])).toEqual({
      command: 'storm',
      jsonFile: 'out.json',
      seeds: 4,
      isQuick: false,
      only: 'outage',
    })
  })

  it('simulates fewer seeds when quick', () => {
    expect(parseArguments(['storm', '--quick'])).toMatchObject({ seeds: 3, isQuick: true })
  })

  it('skips the separator that script runners pass on', () => {
    expect(parseArguments(['--', 'retention'])).toMatchObject({ command: 'retention' })
  })

  it('answers --help without a command', () => {
    expect(parseArguments(['--help'])).toBe('help')
    expect(helpText()).toContain('--seeds N')
  })

  it.each([
    [[], 'Name a command: overhead, storm, retention, lint, scan, hub, monitor, stores.'],
    [['speed'], 'Unknown command "speed"'],
    [['storm', 'now'], 'Unexpected argument "now"'],
    [['storm', '--fast'], "'--fast'"],
    [['storm', '--seeds', '0'], 'from 1 to 100, but is "0"'],
    [['storm', '--seeds', 'ten'], 'from 1 to 100, but is "ten"'],
    [['overhead', '--seeds', '3'], '--seeds belongs to "storm"'],
    [['overhead', '--only', 'storm'], 'Its parts: ours, core, fetch, axios.'],
    [['storm', '--json', ''], 'needs the name of a file'],
  ])('refuses %j', (argv, message) => {
    expect(() => parseArguments(argv)).toThrow(UsageError)
    expect(() => parseArguments(argv)).toThrow(message)
  })
})
