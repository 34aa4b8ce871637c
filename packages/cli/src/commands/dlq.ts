import type { AddCommand } from '../command-context.ts'
import { addChange } from './dlq-change.ts'
import { addExport } from './dlq-export.ts'
import { addList, addShow } from './dlq-list.ts'
import { addReplay } from './dlq-replay.ts'
import { addStats, addVacuum } from './dlq-stats.ts'

const EXAMPLES = `
Examples:
  holdfast dlq list --db ./var/dead-letters.db --status parked
  holdfast dlq show 019a9f5e-... --db ./var/dead-letters.db
  holdfast dlq replay --upstream etsy --rate 2
  holdfast dlq discard 019a9f5e-... --yes
  holdfast dlq stats --max-parked 0 || notify

The queue comes from --db, from the variable HOLDFAST_DLQ, or from holdfast.config.ts, in this order.
Exit codes: 0 done, 1 something needs a person, 2 wrong usage, 3 failure.`

/** `holdfast dlq`: calls that finally failed. */
export const addDlqCommands: AddCommand = (program, context) => {
  const dlq = program
    .command('dlq')
    .description('Shows, replays and clears away dead letters: calls that finally failed.')
    .addHelpText('after', EXAMPLES)
  for (const add of [addList, addShow, addReplay, addChange, addExport, addStats, addVacuum]) add(dlq, context)
}
