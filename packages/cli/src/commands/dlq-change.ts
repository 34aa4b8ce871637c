import type { LetterStatus } from '@holdfast/dead-letter'
import type { AddCommand } from '../command-context.ts'
import { EXIT } from '../exit.ts'
import { confirm, line } from '../terminal.ts'
import { chosenFilter, lettersOf, usingQueue, withFilter, type FilterOptions } from './dlq-options.ts'

type ChangeOptions = FilterOptions & { readonly all?: boolean; readonly yes?: boolean; readonly reason?: string }

interface Change {
  readonly name: string
  readonly description: string
  readonly example: string
  readonly question: (letters: number) => string
  readonly done: string
  readonly from: readonly LetterStatus[]
}

const CHANGES: Readonly<Record<'park' | 'discard', Change>> = {
  park: {
    name: 'park',
    description: 'Takes open letters out of the replay until somebody replays them.',
    example: 'holdfast dlq park --upstream etsy --reason "keys are being changed"',
    question: (letters) => `Park ${letters} letters?`,
    done: 'parked',
    from: ['open'],
  },
  discard: {
    name: 'discard',
    description: 'Gives open and parked letters up; "vacuum" removes them.',
    example: 'holdfast dlq discard --error http-400 --status parked',
    question: (letters) => `Give ${letters} letters up for good?`,
    done: 'discarded',
    from: ['open', 'parked'],
  },
}

/** `holdfast dlq park` and `holdfast dlq discard` */
export const addChange: AddCommand = (dlq, context) => {
  for (const change of Object.values(CHANGES)) {
    const command = withFilter(dlq.command(`${change.name} [ids...]`))
      .description(change.description)
      .option('--all', 'every letter')
      .option('-y, --yes', 'do not ask')
      .addHelpText('after', `\nExample:\n  ${change.example}`)
    if (change === CHANGES.park) command.option('--reason <text>', 'shown with the letters', 'operator')
    command.action(async (ids: string[], options: ChangeOptions) => {
      const { terminal } = context
      await usingQueue(options, context, async (queue) => {
        const given = chosenFilter(options, ids)
        const filter = { ...given, statuses: change.from.filter((status) => given.statuses?.includes(status) ?? true) }
        let letters = 0
        for await (const { id } of lettersOf(queue, filter)) letters += id === '' ? 0 : 1
        if (letters === 0) {
          line(terminal, 'No letters.')
          context.exit(ids.length > 0 ? EXIT.findings : EXIT.ok)
          return
        }
        if (!(await confirm(terminal, change.question(letters), options.yes === true))) {
          line(terminal, 'Nothing was changed.')
          context.exit(EXIT.findings)
          return
        }
        const changed =
          change === CHANGES.park
            ? await queue.parkAll(filter, options.reason ?? 'operator')
            : await queue.discard(filter)
        line(terminal, `${changed} ${change.done}.`)
        if (changed < letters) {
          line(terminal, `${letters - changed} are being sent at this moment or have changed meanwhile.`)
          context.exit(EXIT.findings)
        }
      })
    })
  }
}
