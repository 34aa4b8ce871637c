import { parseArgs } from 'node:util'

export type CommandName = 'overhead' | 'storm' | 'retention' | 'lint' | 'scan' | 'hub' | 'monitor' | 'stores'

/** What the command line asked for, checked. */
export interface BenchArguments {
  readonly command: CommandName
  /** File that receives the results as JSON. */
  readonly jsonFile: string | undefined
  /** Seeds 1 to this number are simulated; only `storm` uses it. */
  readonly seeds: number
  readonly isQuick: boolean
  /** The one part of the command to run. */
  readonly only: string | undefined
}

interface CommandHelp {
  readonly summary: string
  readonly parts: Readonly<Record<string, string>>
  readonly extra?: string
}

export const COMMANDS: Readonly<Record<CommandName, CommandHelp>> = {
  overhead: {
    summary: 'CPU and heap of one successful call: ours, the peers and a hand-rolled floor',
    parts: {
      ours: 'our rows and the bare function, nothing else',
      core: 'a trivial async function under each library',
      fetch: 'a stub fetch, bare and under ky, cockatiel and ours',
      axios: 'axios with a no-op adapter, in interleaved pairs, and the CPU of a loopback request',
    },
  },
  storm: {
    summary: 'what clients do to a server in and after an outage, on virtual time and on loopback HTTP',
    parts: {
      virtual: 'all virtual-time set-ups',
      outage: 'virtual time: a stalled server at 93 % load, recovery after repair (HotOS 2021)',
      failures: 'virtual time: independent failures, success and load, breakers side by side',
      burst: 'virtual time: many calls at once to a healthy server, none of which may be refused',
      blackout: 'virtual time: 100 small clients in a total outage, requests per call',
      loopback: 'the same set-ups, shorter, over real HTTP for us and the peers',
    },
    extra: '  --seeds N     simulate seeds 1 to N, 1 to 100; default 10, with --quick 3',
  },
  retention: {
    summary: 'what stays in memory: a long-lived signal, ten thousand origins',
    parts: {
      signal: '100,000 calls with one long-lived signal',
      origins: '10,000 origins against the cap of 1,000',
    },
  },
  lint: {
    summary: 'the ESLint plugin: cold call map, what the rules add, how each rule grows with the file',
    parts: {
      'call-map': 'cold holdfast-call-map of generated repositories of 450, 1,500 and 5,000 files',
      rules: 'ESLint with the parser alone and with `recommended`, in turns',
      growth: 'every rule over files that are doubled twice, in seven shapes',
    },
  },
  scan: {
    summary: 'holdfast scan: cold, unchanged and after one edit, over 250 to 8,000 files',
    parts: {
      '450': 'the repository of 450 files alone',
      real: 'the folder that HOLDFAST_BENCH_REPOSITORY names alone',
    },
  },
  hub: { summary: 'what an event site costs, with and without a listener', parts: {} },
  monitor: { summary: 'a million errors of ten thousand kinds: time and memory of the error monitor', parts: {} },
  stores: { summary: 'permits from SQLite, Redis and Postgres: asked for one by one and leased in blocks', parts: {} },
}

/** A command line that cannot be understood; the message says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

const isCommand = (name: string): name is CommandName => Object.hasOwn(COMMANDS, name)

const parseSeeds = (given: string | undefined, command: CommandName, isQuick: boolean): number => {
  if (given === undefined) return isQuick ? 3 : 10
  if (command !== 'storm') throw new UsageError(`--seeds belongs to "storm"; "${command}" draws no random numbers.`)
  const seeds = Number(given)
  if (!Number.isInteger(seeds) || seeds < 1 || seeds > 100) {
    throw new UsageError(`--seeds must be a whole number from 1 to 100, but is "${given}".`)
  }
  return seeds
}

const read = (argv: readonly string[]) => {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        json: { type: 'string' },
        seeds: { type: 'string' },
        quick: { type: 'boolean', default: false },
        only: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

/**
 * Reads the command line; `help` when help was asked for.
 *
 * @throws {UsageError} For a missing or unknown command, option or value.
 */
export const parseArguments = (argv: readonly string[]): BenchArguments | 'help' => {
  const { values, positionals } = read(argv[0] === '--' ? argv.slice(1) : argv)
  if (values.help) return 'help'
  const [command, ...rest] = positionals
  const known = Object.keys(COMMANDS).join(', ')
  if (command === undefined) throw new UsageError(`Name a command: ${known}.`)
  if (!isCommand(command)) throw new UsageError(`Unknown command "${command}". Known commands: ${known}.`)
  if (rest.length > 0) throw new UsageError(`Unexpected argument "${rest.join(' ')}" after "${command}".`)
  const parts = Object.keys(COMMANDS[command].parts)
  if (values.only !== undefined && !parts.includes(values.only)) {
    throw new UsageError(`--only "${values.only}" is no part of "${command}". Its parts: ${parts.join(', ')}.`)
  }
  if (values.json === '') throw new UsageError('--json needs the name of a file.')
  return {
    command,
    jsonFile: values.json,
    seeds: parseSeeds(values.seeds, command, values.quick),
    isQuick: values.quick,
    only: values.only,
  }
}

/** The text of `--help`. */
export const helpText = (): string => {
  const commands = Object.entries(COMMANDS).flatMap(([name, { summary, parts }]) => [
    `  ${name.padEnd(12)} ${summary}`,
    ...Object.entries(parts).map(([part, what]) => `    --only ${part.padEnd(10)} ${what}`),
    '',
  ])
  return [
    'Usage: pnpm bench <command> [options]',
    '',
    ...commands,
    'Options',
    '  --json FILE   also write the results, the machine and all versions to FILE',
    '  --only NAME   run one part of the command',
    '  --quick       fewer rounds, seeds and seconds; good for tuning, not for quoting',
    ...Object.values(COMMANDS).flatMap(({ extra }) => extra ?? []),
    '  --help        this text',
  ].join('\n')
}
