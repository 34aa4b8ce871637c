import { writeFileSync } from 'node:fs'
import { exportCsv, exportJson } from '../app/export.ts'
import { databasePath, readSettings } from '../app/settings.ts'
import { simulateYears } from '../app/simulate-years.ts'
import { storiesOf } from '../stats/index.ts'
import { openStore, type Store } from '../store/index.ts'
import { guarded, type Terminal } from './context.ts'
import { EXIT } from './exit-codes.ts'

const withStore = (terminal: Terminal, work: (store: Store) => void): Promise<number> =>
  guarded(terminal, async () => {
    const store = openStore(databasePath(readSettings(terminal.variables)), { create: false })
    try {
      work(store)
      return EXIT.done
    } finally {
      store.close()
    }
  })

const percent = (ratio: number | undefined): string => (ratio === undefined ? '-' : `${Math.round(100 * ratio)} %`)

/** Tells the stories of a month. */
export const statsCommand = (terminal: Terminal, options: { readonly month?: string }): Promise<number> =>
  withStore(terminal, (store) => {
    const ranks = store.snapshots.ranks('tracks-short_term')
    const month = options.month ?? ranks.at(-1)?.month
    if (month === undefined) {
      terminal.out('No snapshot yet.')
      return
    }
    const stories = storiesOf(ranks, month)
    terminal.out(`${month}: ${percent(stories.overlapRatio)} as in the month before`)
    for (const name of ['newEntries', 'comebacks', 'streaks', 'oneMonthWonders'] as const) {
      if (stories[name].length === 0) continue
      terminal.out(
        `\n${{ newEntries: 'New', comebacks: 'Back again', streaks: 'Streaks', oneMonthWonders: 'One-month wonders' }[name]}`,
      )
      for (const story of stories[name]) terminal.out(`  ${story.name} - ${story.artists}: ${story.detail}`)
    }
  })

/** Writes all data to a file or to the terminal. */
export const exportCommand = (
  terminal: Terminal,
  options: { readonly format: 'csv' | 'json'; readonly out?: string },
): Promise<number> =>
  withStore(terminal, (store) => {
    const text = options.format === 'csv' ? exportCsv(store) : exportJson(store)
    if (options.out === undefined) terminal.out(text)
    else {
      writeFileSync(options.out, text)
      terminal.out(`Written to ${options.out}.`)
    }
  })

/** Fills the database from the simulator. */
export const simulateCommand = (terminal: Terminal, years: string): Promise<number> =>
  guarded(terminal, async () => {
    const count = Number(years)
    if (!(count > 0 && count <= 20)) {
      terminal.error('simulate-years: N must be a number above 0, 20 at most.')
      return EXIT.usage
    }
    const settings = readSettings(terminal.variables)
    const months = await simulateYears(settings, count)
    terminal.out(`${months} months are in ${databasePath(settings)}.`)
    return EXIT.done
  })
