import type { LetterStatus, ReplayEvent } from '@holdfast/dead-letter'
import type { AddCommand } from '../command-context.ts'
import { EXIT, UsageError } from '../exit.ts'
import { confirm, line, printable, type Terminal } from '../terminal.ts'
import { aNumber, chosenFilter, lettersOf, usingQueue, withFilter, type FilterOptions } from './dlq-options.ts'

type ReplayOptions = FilterOptions & {
  readonly all?: boolean
  readonly yes?: boolean
  readonly later?: boolean
  readonly rate?: number
}

const WORDS: Readonly<Record<string, (event: ReplayEvent) => string>> = {
  replayed: (event) => (event.type === 'replayed' ? `replayed, ${event.status}` : ''),
  parked: (event) => (event.type === 'parked' ? `parked (${event.reason})` : ''),
  postponed: (event) =>
    event.type === 'postponed' ? `failed (${event.reason}), again in ${inSeconds(event.delayMs)}` : '',
  'given-back': (event) =>
    event.type === 'given-back' ? `not sent (${event.reason}), again in ${inSeconds(event.delayMs)}` : '',
  'claim-lost': () => 'sent, but another replayer has taken it meanwhile',
}

const inSeconds = (ms: number): string => `${(ms / 1_000).toFixed(0)} s`

const report =
  (terminal: Terminal) =>
  (event: ReplayEvent): void => {
    if ('id' in event) line(terminal, `${event.id}  ${printable(WORDS[event.type]?.(event) ?? event.type)}`)
  }

const MISSING =
  'a replay needs the policies and credentials of your program: name them in holdfast.config.ts under ' +
  'deadLetters.upstreams, or add --later and leave the sending to the replayers that run.'

/** `holdfast dlq replay` */
export const addReplay: AddCommand = (dlq, context) => {
  withFilter(dlq.command('replay [ids...]'))
    .description('Sends letters again now, through the policies of your config; parked ones are opened first.')
    .option('--all', 'every open letter')
    .option('--rate <per-second>', 'most letters a second', aNumber(0.001, false))
    .option('--later', 'only makes them due, for the replayers that run elsewhere')
    .option('-y, --yes', 'do not ask')
    .addHelpText(
      'after',
      '\nExamples:\n  holdfast dlq replay 019a9f5e-...\n  holdfast dlq replay --status parked --error http-401 --rate 5',
    )
    .action(async (given: string[], options: ReplayOptions) => {
      const { terminal } = context
      await usingQueue(options, context, async (queue, config) => {
        const named: readonly LetterStatus[] = given.length > 0 ? ['open', 'parked', 'discarded'] : ['open']
        const ids: string[] = []
        const services = new Set<string>()
        for await (const letter of lettersOf(queue, { statuses: named, ...chosenFilter(options, given) })) {
          if (letter.status === 'replayed') throw new UsageError('replayed letters are done and are not sent again.')
          ids.push(letter.id)
          services.add(letter.upstream)
        }
        if (ids.length === 0) {
          line(terminal, 'No letters.')
          context.exit(given.length > 0 ? EXIT.findings : EXIT.ok)
          return
        }
        const { upstreams, cipher, replayer } = config.deadLetters ?? {}
        if (options.later !== true) {
          if (upstreams === undefined) throw new UsageError(MISSING)
          const unknown = [...services].filter((name) => !Object.hasOwn(upstreams, name))
          if (unknown.length > 0)
            throw new UsageError(`the config has no upstream ${unknown.map(printable).join(', ')}.`)
        }
        const where = [...services].map(printable).join(', ')
        if (!(await confirm(terminal, `Send ${ids.length} letters to ${where} again?`, options.yes === true))) {
          line(terminal, 'Nothing was changed.')
          context.exit(EXIT.findings)
          return
        }
        const opened = await queue.reopen({ ids })
        if (opened < ids.length)
          line(terminal, `${ids.length - opened} have no body, or are being sent at this moment.`)
        if (options.later === true || upstreams === undefined) {
          line(terminal, `${opened} due now.`)
          return
        }
        const { Replayer } = await import('@holdfast/dead-letter')
        const { replayed } = await new Replayer({
          ...replayer,
          queue,
          upstreams,
          ...(cipher === undefined ? {} : { cipher }),
          ...(options.rate === undefined ? {} : { perSecond: options.rate }),
          onEvent: report(terminal),
        }).runOnce({ ids })
        line(terminal, `${replayed} of ${ids.length} replayed.`)
        if (replayed < ids.length) context.exit(EXIT.findings)
      })
    })
}
