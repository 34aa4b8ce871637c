import type { DeadLetter, DeadLetterQueue, LetterFilter, LetterStatus } from '@holdfast/dead-letter'
import { InvalidArgumentError, Option, type Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { loadConfig, type HoldfastConfig } from '../config.ts'
import { openQueue } from '../dead-letter-queue.ts'
import { UsageError } from '../exit.ts'

export interface QueueOptions {
  readonly db?: string
  readonly config?: string
}

export interface FilterOptions extends QueueOptions {
  readonly upstream?: string
  readonly status?: LetterStatus
  readonly error?: string
  readonly orderKey?: string
}

// Every command line is parsed with these: importing LETTER_STATUSES would load the queue for all of them.
const STATUSES: Readonly<Record<LetterStatus, true>> = { open: true, replayed: true, parked: true, discarded: true }

export const withQueue = (command: Command): Command =>
  command
    .option('--db <file>', 'SQLite file, or postgres:// string without a password (default: HOLDFAST_DLQ)')
    .option('--config <file>', 'config file (default: holdfast.config.ts or .js in this folder)')

export const withFilter = (command: Command): Command =>
  withQueue(command)
    .option('--upstream <name>', 'letters of this service alone')
    .addOption(new Option('--status <status>', 'letters of this status alone').choices(Object.keys(STATUSES)))
    .option('--error <code>', 'letters with this error code alone, such as http-503')
    .option('--order-key <key>', 'letters of this order alone')

export const aNumber =
  (least: number, isInteger: boolean) =>
  (text: string): number => {
    const value = Number(text)
    if (text.trim() === '' || !(value >= least) || value === Infinity || (isInteger && !Number.isInteger(value)))
      throw new InvalidArgumentError(`It must be ${isInteger ? 'an integer' : 'a number'} of ${least} or more.`)
    return value
  }

export const filterOf = (options: FilterOptions, ids: readonly string[] = []): LetterFilter => ({
  ...(ids.length === 0 ? {} : { ids }),
  ...(options.upstream === undefined ? {} : { upstreams: [options.upstream] }),
  ...(options.status === undefined ? {} : { statuses: [options.status] }),
  ...(options.error === undefined ? {} : { errorCode: options.error }),
  ...(options.orderKey === undefined ? {} : { orderKey: options.orderKey }),
})

/** @throws {UsageError} When nothing says which letters are meant. */
export const chosenFilter = (
  options: FilterOptions & { readonly all?: boolean },
  ids: readonly string[],
): LetterFilter => {
  const filter = filterOf(options, ids)
  if (Object.keys(filter).length === 0 && options.all !== true)
    throw new UsageError('which letters? Give ids, a filter such as --upstream, or --all.')
  return filter
}

/** Every letter of a filter, page by page. */
export async function* lettersOf(queue: DeadLetterQueue, filter: LetterFilter): AsyncGenerator<DeadLetter> {
  for (let afterSeq = 0; ;) {
    const page = await queue.list({ ...filter, afterSeq, limit: 500 })
    yield* page
    const last = page.at(-1)
    if (last === undefined) return
    afterSeq = last.seq
  }
}

/** Opens the queue for one command and closes it whatever happens. */
export const usingQueue = async <Result>(
  options: QueueOptions,
  context: CommandContext,
  use: (queue: DeadLetterQueue, config: HoldfastConfig) => Promise<Result>,
): Promise<Result> => {
  const config = await loadConfig(options.config, context.folder)
  const queue = await openQueue(options.db, config, context)
  try {
    return await use(queue, config)
  } finally {
    await queue.close()
  }
}
