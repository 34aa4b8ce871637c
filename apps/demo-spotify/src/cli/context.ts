import process from 'node:process'
import { logError } from '@holdfast/core/logging'
import { openLog, withCorrelation, type Log } from '../app/log.ts'
import { logFolder, readSettings, type Settings } from '../app/settings.ts'
import { openTimeMachine, type TimeMachine } from '../app/time-machine.ts'
import { explain, inLines } from '../messages/explain.ts'
import { exitCodeFor } from './exit-codes.ts'

/** What a command writes to and reads from; a test gives its own. */
export interface Terminal {
  out(text: string): void
  error(text: string): void
  readonly variables: Readonly<Record<string, string | undefined>>
}

export const processTerminal: Terminal = {
  out: (text) => process.stdout.write(`${text}\n`),
  error: (text) => process.stderr.write(`${text}\n`),
  variables: process.env,
}

export interface Session {
  readonly settings: Settings
  readonly machine: TimeMachine
  readonly log: Log
}

/** Runs a command that needs the whole program; whatever it throws is told in three parts and logged. */
export const withMachine = (
  terminal: Terminal,
  operation: string,
  work: (session: Session) => Promise<number>,
): Promise<number> =>
  guarded(terminal, async () => {
    const settings = readSettings(terminal.variables)
    const log = openLog(logFolder(settings))
    try {
      const machine = openTimeMachine(settings, { logger: log.logger })
      try {
        return await withCorrelation(() => work({ settings, machine, log }))
      } finally {
        await machine.close()
      }
    } catch (error) {
      logError(log.logger, error, { operation })
      throw error
    } finally {
      await log.close()
    }
  })

/** Runs a command and turns whatever it throws into three lines and an exit code. */
export const guarded = async (terminal: Terminal, work: () => Promise<number>): Promise<number> => {
  try {
    return await work()
  } catch (error) {
    terminal.error(inLines(explain(error)))
    return exitCodeFor(error)
  }
}
