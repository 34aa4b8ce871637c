import process from 'node:process'
import { Command, CommanderError } from 'commander'
import { addDlqCommands } from './commands/dlq.ts'
import { addScanCommands } from './commands/scan.ts'
import type { AddCommand, CommandContext } from './command-context.ts'
import { EXIT, UsageError } from './exit.ts'
import { systemTerminal, type Terminal } from './terminal.ts'
import { VERSION } from './version.ts'

/** A further command gets a file of its own in `commands/` and its name here. */
const COMMANDS: readonly AddCommand[] = [addDlqCommands, addScanCommands]

// Both packages are slow to load, and a command that does its work needs neither.
const describe = async (error: unknown): Promise<{ readonly message: string; readonly code: number }> => {
  const { scrubText, serializeError } = await import('@holdfast/core/logging')
  if (error instanceof UsageError) return { message: scrubText(error.message), code: EXIT.usage }
  const { isDeadLetterError } = await import('@holdfast/dead-letter')
  if (isDeadLetterError(error)) return { message: scrubText(error.message), code: EXIT.internal }
  const { name, message } = serializeError(error)
  return { message: scrubText(`${name}: ${message}`), code: EXIT.internal }
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
    const { message, code } = await describe(error)
    terminal.stderr.write(`holdfast: ${message}\n`)
    return code
  }
  return exitCode
}
