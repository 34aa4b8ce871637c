import path from 'node:path'
import type { DeadLetterQueue } from '@holdfast/dead-letter'
import { existsSync } from 'node:fs'
import type { HoldfastConfig } from './config.ts'
import { UsageError } from './exit.ts'
import type { CommandContext } from './command-context.ts'

const VARIABLE = 'HOLDFAST_DLQ'

/**
 * The queue of `--db`, of HOLDFAST_DLQ or of the config file, in this order.
 *
 * @throws {UsageError} When none is given, or a connection string with a password stands on the command line.
 */
export const openQueue = async (
  db: string | undefined,
  config: HoldfastConfig,
  { environment, folder, terminal }: CommandContext,
): Promise<DeadLetterQueue> => {
  const onWarning = (message: string): void => void terminal.stderr.write(`holdfast: warning: ${message}\n`)
  const place = db ?? environment[VARIABLE] ?? config.deadLetters?.db
  if (place === undefined || place === '') {
    const { open } = config.deadLetters ?? {}
    if (open !== undefined) return open()
    throw new UsageError(`which queue? Give --db <file>, or set ${VARIABLE} to a file or a postgres:// string.`)
  }
  if (/^postgres(?:ql)?:\/\//.test(place)) {
    if (db !== undefined && URL.canParse(db) && new URL(db).password !== '')
      throw new UsageError(
        `other users of this machine can read a password on the command line: set ${VARIABLE} instead.`,
      )
    const { openPostgresQueue } = await import('@holdfast/dead-letter/postgres')
    return openPostgresQueue({ connectionString: place, onWarning })
  }
  const file = path.resolve(folder, place)
  // A typing mistake must not make an empty queue that looks as if all were well.
  if (!existsSync(file)) throw new UsageError(`there is no file ${file}.`)
  // Node.js warns of its SQLite as soon as it is loaded, which other commands need not see.
  const { openSqliteQueue } = await import('@holdfast/dead-letter/sqlite')
  return openSqliteQueue(file, { onWarning })
}
