import { createInterface } from 'node:readline/promises'
import process from 'node:process'
import { styleText } from 'node:util'
import { UsageError } from './exit.ts'

/** Where a command reads and writes; tests give their own. */
export interface Terminal {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
}

export const systemTerminal: Terminal = process

type Style = Parameters<typeof styleText>[0]

/** Colours a text where the stream is a terminal and nobody has set NO_COLOR. */
export const styled = (terminal: Terminal, style: Style, text: string): string =>
  styleText(style, text, { stream: terminal.stdout })

export const line = (terminal: Terminal, text = ''): void => {
  terminal.stdout.write(`${text}\n`)
}

// A letter's path may hold anything; what moves the cursor or colours the screen is shown as "?".
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

/** A text from outside as it may stand on a terminal. */
export const printable = (text: string): string => text.replace(CONTROL, '?')

/** Columns as wide as their widest cell; the last one is not padded. */
export const table = (terminal: Terminal, head: readonly string[], rows: readonly (readonly string[])[]): void => {
  const clean = rows.map((row) => row.map(printable))
  const widths = head.map((title, column) => Math.max(title.length, ...clean.map((row) => row[column]?.length ?? 0)))
  const laid = (row: readonly string[]): string =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  ')
  line(terminal, styled(terminal, 'bold', laid(head)))
  for (const row of clean) line(terminal, laid(row))
}

/**
 * Asks before something is changed that cannot be taken back.
 *
 * @throws {UsageError} When nobody can answer and `--yes` was not given.
 */
export const confirm = async (terminal: Terminal, question: string, isYes: boolean): Promise<boolean> => {
  if (isYes) return true
  if (!terminal.stdin.isTTY) throw new UsageError(`${question} Nobody can answer here: add --yes.`)
  const prompt = createInterface({ input: terminal.stdin, output: terminal.stderr })
  try {
    return /^y(es)?$/i.test((await prompt.question(`${question} [y/N] `)).trim())
  } finally {
    prompt.close()
  }
}
