import type { AddCommand } from '../command-context.ts'
import { EXIT } from '../exit.ts'
import { confirm, line, table } from '../terminal.ts'
import { aNumber, usingQueue, withQueue, type QueueOptions } from './dlq-options.ts'

/** `holdfast dlq stats` */
export const addStats: AddCommand = (dlq, context) => {
  withQueue(dlq.command('stats'))
    .description('Counts letters by status and service.')
    .option('--max-open <letters>', 'exit with 1 above this', aNumber(0, true))
    .option('--max-parked <letters>', 'exit with 1 above this', aNumber(0, true))
    .option('--check', 'also lets the database check itself, which reads all of it')
    .option('--json', 'as one JSON object')
    .addHelpText('after', '\nExample:\n  holdfast dlq stats --max-open 100 --max-parked 0 || notify')
    .action(
      async (options: QueueOptions & { maxOpen?: number; maxParked?: number; check?: boolean; json?: boolean }) => {
        const { terminal } = context
        await usingQueue(options, context, async (queue) => {
          const stats = await queue.stats()
          const integrity = options.check === true ? await queue.check() : undefined
          const { open, parked } = stats.byStatus
          if (options.json === true) {
            line(terminal, JSON.stringify({ ...stats, integrity }))
          } else {
            table(
              terminal,
              ['STATUS', 'LETTERS'],
              Object.entries(stats.byStatus).map(([name, count]) => [name, String(count)]),
            )
            const services = Object.entries(stats.byUpstream).map(([name, count]) => [name, String(count)])
            if (services.length > 0) table(terminal, ['OPEN AT', 'LETTERS'], services)
            line(terminal, `${stats.due} due now, ${stats.bytes} bytes`)
            if (stats.oldestOpenAtMs !== undefined)
              line(terminal, `oldest open letter failed at ${new Date(stats.oldestOpenAtMs).toISOString()}`)
            if (integrity !== undefined) line(terminal, `integrity: ${integrity}`)
          }
          const isOver = open > (options.maxOpen ?? Infinity) || parked > (options.maxParked ?? Infinity)
          if (isOver || (integrity ?? 'ok') !== 'ok') context.exit(EXIT.findings)
        })
      },
    )
}

/** `holdfast dlq vacuum` */
export const addVacuum: AddCommand = (dlq, context) => {
  withQueue(dlq.command('vacuum'))
    .description('Removes replayed, discarded and expired letters and gives their space back.')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', '\nExample:\n  holdfast dlq vacuum --yes')
    .action(async (options: QueueOptions & { yes?: boolean }) => {
      const { terminal } = context
      await usingQueue(options, context, async (queue) => {
        if (!(await confirm(terminal, 'Remove all replayed, discarded and expired letters?', options.yes === true))) {
          line(terminal, 'Nothing was changed.')
          context.exit(EXIT.findings)
          return
        }
        const { removed } = await queue.vacuum()
        line(terminal, `${removed} removed.`)
      })
    })
}
