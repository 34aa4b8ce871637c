import { Command, CommanderError, Option } from 'commander'
import type { Terminal } from './context.ts'
import { exportCommand, simulateCommand, statsCommand } from './data-commands.ts'
import { doctorCommand } from './doctor-command.ts'
import { EXIT } from './exit-codes.ts'
import { loginCommand } from './login-command.ts'
import { playlistCommand } from './playlist-command.ts'
import { demoCommand, serveCommand } from './serve-command.ts'
import { snapshotCommand } from './snapshot-command.ts'

const month = (): Option => new Option('-m, --month <month>', 'month such as 2026-11 (default: the newest)')

/** Runs one command of the terminal; resolves with the exit code. */
export const runProgram = async (argv: readonly string[], terminal: Terminal): Promise<number> => {
  let code: number = EXIT.done
  const keep = (work: Promise<number>): Promise<void> =>
    work.then((result) => {
      code = result
    })
  const program = new Command('time-machine')
    .description('Monthly snapshots of what you listen to on Spotify.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.error(text.trimEnd()),
    })
  program
    .command('snapshot')
    .description('take the snapshot of this month, or what is missing of it')
    .option('--wait', 'wait first if Spotify asked for a pause')
    .action((options: { wait?: boolean }) => keep(snapshotCommand(terminal, options)))
  const playlist = program.command('playlist').description('the playlist of a month')
  for (const action of ['preview', 'sync', 'undo'] as const) {
    playlist
      .command(action)
      .addOption(month())
      .action((options: { month?: string }) => keep(playlistCommand(terminal, action, options)))
  }
  program
    .command('stats')
    .description('the stories of a month')
    .addOption(month())
    .action((options: { month?: string }) => keep(statsCommand(terminal, options)))
  program
    .command('export')
    .description('all data as CSV or JSON')
    .addOption(new Option('-f, --format <format>', 'csv or json').choices(['csv', 'json']).default('json'))
    .option('-o, --out <file>', 'a file instead of the terminal')
    .action((options: { format: 'csv' | 'json'; out?: string }) => keep(exportCommand(terminal, options)))
  program
    .command('doctor')
    .description('look at database, oauth and api, each by itself')
    .argument('[parts...]', 'database, oauth, api (default: all)')
    .option('--json', 'for a program')
    .action((parts: string[], options: { json?: boolean }) => keep(doctorCommand(terminal, parts, options)))
  program
    .command('login')
    .description('give consent in the browser')
    .action(() => keep(loginCommand(terminal)))
  program
    .command('serve')
    .description('the web page and the monthly schedule')
    .option('-p, --port <port>', 'port of 127.0.0.1', '4699')
    .action((options: { port: string }) => keep(serveCommand(terminal, options)))
  program
    .command('simulate-years')
    .description('fill an empty data folder from the simulator')
    .argument('<N>', 'years')
    .action((years: string) => keep(simulateCommand(terminal, years)))
  program
    .command('demo')
    .description('simulator, three years of data and the web page')
    .option('-p, --port <port>', 'port of 127.0.0.1; 0 for a free one', '4699')
    .action((options: { port: string }) => keep(demoCommand(terminal, options)))
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
    throw error
  }
}
