import { createWriteStream } from 'node:fs'
import path from 'node:path'
import { once } from 'node:events'
import type { DeadLetter } from '@holdfast/dead-letter'
import type { AddCommand } from '../command-context.ts'
import { filterOf, lettersOf, usingQueue, withFilter, type FilterOptions } from './dlq-options.ts'

const record = ({ body, ...letter }: DeadLetter, withBodies: boolean): string =>
  JSON.stringify({
    ...letter,
    bodyBytes: body?.byteLength ?? 0,
    ...(withBodies && body !== undefined ? { bodyBase64: Buffer.from(body).toString('base64') } : {}),
  })

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
        const target =
          output === undefined
            ? terminal.stdout
            : createWriteStream(path.resolve(folder, output), { flags: 'wx', mode: 0o600 })
        if (output !== undefined) await once(target, 'open')
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
