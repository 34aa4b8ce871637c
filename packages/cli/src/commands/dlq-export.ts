import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import path from 'node:path'
import type { DeadLetter } from '@holdfast/dead-letter'
import type { AddCommand } from '../command-context.ts'
import { UsageError } from '../exit.ts'
import { filterOf, lettersOf, usingQueue, withFilter, type FilterOptions } from './dlq-options.ts'

const record = ({ body, ...letter }: DeadLetter, withBodies: boolean): string =>
  JSON.stringify({
    ...letter,
    bodyBytes: body?.byteLength ?? 0,
    ...(withBodies && body !== undefined ? { bodyBase64: Buffer.from(body).toString('base64') } : {}),
  })

const WHY: Readonly<Record<string, string>> = {
  EEXIST: 'it exists already, and nothing is written over. Give --output a new name',
  ENOENT: 'its folder does not exist. Make the folder first',
  ENOTDIR: 'its folder is a file. Give --output another path',
  EISDIR: 'it is a folder. Give --output a file',
  EACCES: 'its folder may not be written to. Give --output another path',
}

const newFile = async (folder: string, output: string): Promise<WriteStream> => {
  const stream = createWriteStream(path.resolve(folder, output), { flags: 'wx', mode: 0o600 })
  try {
    await once(stream, 'open')
  } catch (error) {
    const why = WHY[(error as NodeJS.ErrnoException).code ?? '']
    if (why === undefined) throw error
    throw new UsageError(`${output} cannot be made: ${why}.`, { cause: error })
  }
  return stream
}

/** `holdfast dlq export` */
export const addExport: AddCommand = (dlq, context) => {
  withFilter(dlq.command('export'))
    .description('Writes letters as NDJSON, one object a line, without bodies.')
    .option('--with-bodies', 'with bodies in base64, as they are kept; they may hold secrets')
    .option('--output <file>', 'a new file, readable for its owner alone (default: standard output)')
    .addHelpText('after', '\nExample:\n  holdfast dlq export --status parked --with-bodies --output parked.ndjson')
    .action(async (options: FilterOptions & { withBodies?: boolean; output?: string }) => {
      const { terminal, folder } = context
      const { output } = options
      await usingQueue(options, context, async (queue) => {
        const target = output === undefined ? terminal.stdout : await newFile(folder, output)
        for await (const letter of lettersOf(queue, filterOf(options))) {
          if (!target.write(`${record(letter, options.withBodies === true)}\n`)) await once(target, 'drain')
        }
        if (output !== undefined) {
          target.end()
          await once(target, 'finish')
        }
      })
    })
}
