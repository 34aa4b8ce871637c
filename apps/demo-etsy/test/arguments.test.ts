import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { helpText, readArguments, UsageError } from '../src/terminal/arguments.ts'

test('defaults', () => {
  expect(readArguments([])).toEqual({ wants: 'run', scenario: 'day', seed: 1, jsonFile: null, htmlFile: null })
})

test('all options, also after the separator that pnpm passes on', () => {
  const file = join(tmpdir(), 'demo-figures.json')
  expect(readArguments(['--', '--scenario', 'outage', '--seed=7', '--json', file, '--html', file])).toEqual({
    wants: 'run',
    scenario: 'outage',
    seed: 7,
    jsonFile: file,
    htmlFile: file,
  })
  expect(readArguments(['--seed', '7', '-h'])).toEqual({ wants: 'help' })
})

test.each([
  [
    ['--scenario', 'storm'],
    '--scenario: there is no scenario "storm"; choose one of day, calm, outage, quota, resets, stalls',
  ],
  [['--seed', 'x'], '--seed: must be an integer from 0 to 4294967295, got "x"'],
  [['--seed', '-1'], '--seed: must be an integer from 0 to 4294967295, got "-1"'],
  [['--seed', '1.5'], '--seed: must be an integer'],
  [['--seed', '4294967296'], '--seed: must be an integer'],
  [['--sed', '1'], "Unknown option '--sed'; known: --scenario, --seed, --json, --html, --help"],
  [['outage'], "Unexpected argument 'outage'"],
  [['--json'], "Option '--json <value>' argument missing"],
  [['--json', '/no/such/folder/x.json'], '--json: the folder of "/no/such/folder/x.json" does not exist'],
  [['--json', tmpdir()], 'is a folder, not a file'],
])('%j is refused', (words, message) => {
  expect(() => readArguments(words)).toThrow(UsageError)
  expect(() => readArguments(words)).toThrow(message)
})

test('the help names every option and scenario', () => {
  for (const word of [
    '--scenario',
    '--seed',
    '--json',
    '--html',
    '--help',
    'day',
    'calm',
    'outage',
    'quota',
    'resets',
    'stalls',
  ]) {
    expect(helpText()).toContain(word)
  }
})
