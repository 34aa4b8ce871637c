import { createInterface } from 'node:readline/promises'
import type { Command } from 'commander'
import type { OutputPort } from '@holdfast/scan'
import type { AddCommand, CommandContext } from '../command-context.ts'

// The scanner brings a parser: it is loaded by the commands that need it alone.
const scanner = () => import('@holdfast/scan')

const portOf = ({ terminal, environment }: CommandContext): OutputPort => ({
  stdout: (text) => void terminal.stdout.write(text),
  stderr: (text) => void terminal.stderr.write(text),
  isTerminal: terminal.stdout.isTTY && environment['NO_COLOR'] === undefined,
  ...(terminal.stdout.isTTY ? { columns: terminal.stdout.columns } : {}),
})

/** Ctrl-C ends watching in order; a second one ends the process. */
const interrupted = (): AbortSignal => {
  const controller = new AbortController()
  process.once('SIGINT', () => controller.abort())
  return controller.signal
}

const given = (folder: string | undefined, context: CommandContext): { folder: string } => ({
  folder: folder ?? context.folder,
})

const addScan = (program: Command, context: CommandContext): void => {
  program
    .command('scan')
    .argument('[folder]', 'folder to scan (default: here)')
    .description('Finds calls that nobody protected, dropped errors and flattened logs, across files.')
    .option('-c, --config <file>', 'configuration file (default: holdfast.config.* in the folder)')
    .option('-f, --format <name>', 'stylish, json, github or sarif', 'stylish')
    .option('-o, --output <file>', 'writes the report there')
    .option('--baseline <file>', 'known findings (default: holdfast-baseline.json)')
    .option('--no-baseline', 'reports known findings as well')
    .option('--update-baseline', 'takes all findings of today as known')
    .option('--rule-set <name>', 'recommended, strict, legacy or all')
    .option('--max-warnings <count>', 'more new warnings than this fail', Number)
    .option('--no-cache', 'reads every file anew')
    .option('-w, --watch', 'scans again whenever a file changes')
    .addHelpText(
      'after',
      '\nExit code 1: new errors, or a file that cannot be parsed.\n\nExamples:\n  holdfast scan\n  holdfast scan --update-baseline\n  holdfast scan --format sarif --output holdfast.sarif\n  holdfast scan packages/shop --rule-set strict --max-warnings 0',
    )
    .action(async (folder: string | undefined, options: Record<string, unknown>) => {
      const { scanCommand } = await scanner()
      const { baseline, ...others } = options
      // Commander gives `true` where neither option was used.
      const known = baseline === true || baseline === undefined ? {} : { baseline: baseline as string | false }
      const signal = options['watch'] === true ? { signal: interrupted() } : {}
      context.exit(await scanCommand({ ...others, ...known, ...signal, ...given(folder, context) }, portOf(context)))
    })
}

const addCoverage = (program: Command, context: CommandContext): void => {
  program
    .command('coverage')
    .argument('[folder]', 'folder to scan (default: here)')
    .description(
      'Shows which share of the outgoing calls has a deadline, retry, breaker, fallback, handled error, check.',
    )
    .option('-c, --config <file>', 'configuration file (default: holdfast.config.* in the folder)')
    .option('-f, --format <name>', 'table or json', 'table')
    .option('--by <group>', 'host, client, package or operation', 'host')
    .option('-o, --output <file>', 'writes table or JSON there')
    .option('--min <percentages>', 'fails below them: deadline=90,retry=70')
    .option('--changed-since <revision>', 'judges the calls on lines changed since then')
    .option('--require <percent>', 'what those calls must have (default: 100)')
    .option('--measures <names>', 'what --require asks for (default: deadline,retry,handledError,responseCheck)')
    .option('--html <file>', 'writes a page that needs nothing but itself')
    .option('--trend [file]', 'adds a line to this trend file')
    .option('--badge <file>', 'writes a badge (SVG)')
    .option('--list-unknown', 'lists the calls whose protection cannot be found out')
    .option('--no-cache', 'reads every file anew')
    .addHelpText(
      'after',
      '\nExit code 1: a percentage is missed, or a file cannot be parsed.\n\nExamples:\n  holdfast coverage --by operation\n  holdfast coverage --html coverage.html --trend trend.csv\n  holdfast coverage --min deadline=90,handledError=100\n  holdfast coverage --changed-since origin/main --require 100',
    )
    .action(async (folder: string | undefined, options: Record<string, unknown>) => {
      const { coverageCommand } = await scanner()
      context.exit(await coverageCommand({ ...options, ...given(folder, context) }, portOf(context)))
    })
}

const addFix = (program: Command, context: CommandContext): void => {
  program
    .command('fix')
    .argument('[codemod]', 'what to change; without it the codemods are listed')
    .argument('[folder]', 'folder to scan (default: here)')
    .description('Shows what a codemod changes, and with --write changes it.')
    .option('-c, --config <file>', 'configuration file (default: holdfast.config.* in the folder)')
    .option('--write', 'changes the files')
    .option('--host <name>', 'only calls and instances of this host')
    .option('--timeout-ms <ms>', 'for the codemod timeout (default: 10000)', Number)
    .addHelpText(
      'after',
      '\nExamples:\n  holdfast fix\n  holdfast fix attach\n  holdfast fix wrap-fetch --host api.shop.example --write',
    )
    .action(async (codemod: string | undefined, folder: string | undefined, options: Record<string, unknown>) => {
      const { fixCommand } = await scanner()
      const named = codemod === undefined ? {} : { codemod }
      context.exit(await fixCommand({ ...options, ...named, ...given(folder, context) }, portOf(context)))
    })
}

const addCallMap = (program: Command, context: CommandContext): void => {
  program
    .command('call-map')
    .argument('[folder]', 'folder to map (default: here)')
    .description('Writes the cross-file call map that the ESLint rules read.')
    .option('-o, --output <file>', 'relative to the folder (default: .holdfast/call-map.json)')
    .option('-w, --watch', 'writes it again whenever a file changes')
    .addHelpText('after', '\nExamples:\n  holdfast call-map && eslint .\n  holdfast call-map --watch')
    .action(async (folder: string | undefined, options: Record<string, unknown>) => {
      const { callMapCommand } = await scanner()
      const signal = options['watch'] === true ? { signal: interrupted() } : {}
      context.exit(await callMapCommand({ ...options, ...signal, ...given(folder, context) }, portOf(context)))
    })
}

const addInit = (program: Command, context: CommandContext): void => {
  program
    .command('init')
    .argument('[folder]', 'folder of the project (default: here)')
    .description('Asks two questions and writes configuration, CI workflow and baseline; what is there stays as it is.')
    .option('-y, --yes', 'takes the first answer of each question')
    .addHelpText('after', '\nExamples:\n  holdfast init\n  holdfast init --yes')
    .action(async (folder: string | undefined, options: { yes?: boolean }) => {
      const { initCommand } = await scanner()
      const ask = context.terminal.stdin.isTTY ? { ask: asking(context) } : {}
      context.exit(await initCommand({ ...options, ...ask, ...given(folder, context) }, portOf(context)))
    })
}

const asking =
  ({ terminal }: CommandContext) =>
  async (question: string, choices: readonly string[]): Promise<string> => {
    const prompt = createInterface({ input: terminal.stdin, output: terminal.stderr })
    try {
      for (;;) {
        const answer = (await prompt.question(`${question} [${choices.join(' / ')}] `)).trim().toLowerCase()
        const chosen = answer === '' ? choices[0] : choices.find((choice) => choice.startsWith(answer))
        if (chosen !== undefined) return chosen
      }
    } finally {
      prompt.close()
    }
  }

/** `holdfast scan`, `coverage`, `fix`, `call-map` and `init` */
export const addScanCommands: AddCommand = (program, context) => {
  for (const add of [addScan, addCoverage, addFix, addCallMap, addInit]) add(program, context)
}
