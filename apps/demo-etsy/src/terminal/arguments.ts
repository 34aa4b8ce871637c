import { existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { dayScenarios } from '../day-schedule/day-scenarios.ts'

/** What the command line asks for. */
export type DemoArguments =
  | { readonly wants: 'help' }
  | {
      readonly wants: 'run'
      readonly scenario: string
      readonly seed: number
      readonly jsonFile: string | null
      readonly htmlFile: string | null
    }

/** A command line that cannot be followed; the message names the argument and what is allowed. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

const options = {
  scenario: { type: 'string', short: 's' },
  seed: { type: 'string' },
  json: { type: 'string' },
  html: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

/**
 * Reads the arguments after the script's name.
 * @throws UsageError
 */
export function readArguments(words: readonly string[]): DemoArguments {
  const values = parse(joinNegative(words[0] === '--' ? words.slice(1) : words))
  if (values.help === true) return { wants: 'help' }
  const scenario = values.scenario ?? 'day'
  if (!dayScenarios.has(scenario)) {
    throw new UsageError(
      `--scenario: there is no scenario "${scenario}"; choose one of ${[...dayScenarios.keys()].join(', ')}`,
    )
  }
  return {
    wants: 'run',
    scenario,
    seed: readSeed(values.seed ?? '1'),
    jsonFile: readFileName('json', values.json),
    htmlFile: readFileName('html', values.html),
  }
}

/** `--seed -1` as one word, so that the number is judged and not taken for an option. */
function joinNegative(words: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    if (/^-\d/.test(word) && words[index - 1]?.startsWith('--') === true) return []
    const next = words[index + 1] ?? ''
    return word.startsWith('--') && /^-\d/.test(next) ? [`${word}=${next}`] : [word]
  })
}

function parse(words: string[]): { scenario?: string; seed?: string; json?: string; html?: string; help?: boolean } {
  try {
    return parseArgs({ args: words, options, strict: true, allowPositionals: false }).values
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    const [problem = 'cannot read the arguments'] = error.message.split(/[.\n]/)
    throw new UsageError(
      `${problem}; known: ${Object.keys(options)
        .map((name) => `--${name}`)
        .join(', ')}`,
      { cause: error },
    )
  }
}

function readSeed(text: string): number {
  const seed = Number(text)
  if (/^\d{1,10}$/.test(text) && seed <= 4_294_967_295) return seed
  throw new UsageError(`--seed: must be an integer from 0 to 4294967295, got "${text}"`)
}

/** Checked before the day starts: a report that cannot be written should not cost a minute. */
function readFileName(option: 'json' | 'html', name: string | undefined): string | null {
  if (name === undefined) return null
  if (name === '') throw new UsageError(`--${option}: needs the name of a file to write`)
  const file = resolve(process.env['INIT_CWD'] ?? '.', name)
  if (!existsSync(dirname(file))) throw new UsageError(`--${option}: the folder of "${name}" does not exist`)
  if (existsSync(file) && statSync(file).isDirectory())
    throw new UsageError(`--${option}: "${name}" is a folder, not a file`)
  return file
}

/** The text of `--help`. */
export function helpText(): string {
  const width = Math.max(...[...dayScenarios.keys()].map((name) => name.length))
  const lines = [...dayScenarios.values()].map((scenario) => `    ${scenario.name.padEnd(width)}  ${scenario.summary}`)
  return [
    'Runs one compressed shop day three times against the simulator of the Etsy API on this machine:',
    'with plain axios, with axios-retry, and with Holdfast; same faults, same jobs, same seed.',
    '',
    'Usage: pnpm demo [options]',
    '',
    '  -s, --scenario NAME  the day to run, default "day"',
    ...lines,
    '      --seed N         integer that decides orders and faults, default 1',
    '      --json FILE      also write the figures to a file',
    '      --html FILE      where to write the report for a browser, default a new folder for temporary files',
    '  -h, --help           this text',
    '',
    'Exit code 0: Holdfast kept its promises; 1: it did not, or the demo failed; 2: wrong arguments.',
  ].join('\n')
}
