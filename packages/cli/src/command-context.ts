import type { Command } from 'commander'
import type { Terminal } from './terminal.ts'

/** Adds one command with its subcommands. */
export type AddCommand = (program: Command, context: CommandContext) => void

export interface CommandContext {
  readonly terminal: Terminal
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly folder: string
  /** Sets the exit code of the run. */
  exit(code: number): void
}
