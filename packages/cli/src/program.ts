import process from 'node:process'
import { isDeadLetterError } from '@holdfast/dead-letter'
import { scrubText, serializeError } from '@holdfast/core/logging'
import { Command, CommanderError } from 'commander'
import { addDlqCommands } from './commands/dlq.ts'
import { addScanCommands } from './commands/scan.ts'
import type { AddCommand, CommandContext } from './command-context.ts'
import { EXIT, UsageError } from './exit.ts'
import { systemTerminal, type Terminal } from './terminal.ts'
import { VERSION } from './version.ts'

/** A further command gets a file of its own in `commands/` and its name here. */
const COMMANDS: readonly AddCommand[] = [addDlqCommands, addScanCommands]

const describe = (error: unknown): { readonly message: string; readonly code: number } => {
  if (error instanceof UsageError) return { message: error.message, code: EXIT.usage }
  if (isDeadLetterError(error)) return { message: error.message, code: EXIT.internal }
  const { name, message } = serializeError(error)
  return { message: `${name}: ${message}`, code: EXIT.internal }
}

/**
 * Runs one command line and resolves to its exit code: 0 done, 1 something needs a person, 2 wrong usage, 3 failure.
 *
 * @param given - The arguments after the program's name.
 */
export const run = async (
  given: readonly string[],
  terminal: Terminal = systemTerminal,
  environment: CommandContext['environment'] = process.env,
  folder: string = process.cwd(),
): Promise<number> => {
  let exitCode: number = EXIT.ok
  const program = new Command('holdfast')
    .description(
      'Finds calls to other servers that nobody protected, and works with dead letters: calls that finally failed.',
    )
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.stdout.write(text),
      writeErr: (text) => void terminal.stderr.write(text),
      getOutHasColors: () => terminal.stdout.isTTY && environment['NO_COLOR'] === undefined,
    })
    .configureHelp({ sortSubcommands: true })
    .showHelpAfterError('(add --help for more)')
    .addHelpText('after', '\nStart with:\n  holdfast scan\n  holdfast coverage\n  holdfast fix')
  const context: CommandContext = {
    terminal,
    environment,
    folder,
    exit: (code) => {
      exitCode = code
    },
  }
  for (const add of COMMANDS) add(program, context)
  try {
    await program.parseAsync(given, { from: 'user' })
  } catch (error) {
    // Commander has written its own message; asking for help or the version is no mistake.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    const { message, code } = describe(error)
    terminal.stderr.write(`holdfast: ${scrubText(message)}\n`)
    return code
  }
  return exitCode
}
