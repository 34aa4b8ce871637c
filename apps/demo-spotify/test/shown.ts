import { expect } from 'vitest'
import type { TimeMachine } from '../src/app/time-machine.ts'
import { guarded, type Terminal } from '../src/cli/context.ts'
import { tellPlaylist } from '../src/cli/playlist-command.ts'
import { tellSnapshot } from '../src/cli/snapshot-command.ts'
import type { PlaylistReport } from '../src/playlist/index.ts'
import { monthOf, type SnapshotReport } from '../src/snapshot/index.ts'

/** What a person reads in the terminal. */
export interface Shown {
  readonly out: string
  readonly error: string
}

const record = (): { readonly terminal: Terminal; readonly shown: () => Shown } => {
  const out: string[] = []
  const error: string[] = []
  const terminal = { out: (text: string) => out.push(text), error: (text: string) => error.push(text), variables: {} }
  return { terminal, shown: () => ({ out: out.join('\n'), error: error.join('\n') }) }
}

export const shownSnapshot = (report: SnapshotReport): Shown => {
  const { terminal, shown } = record()
  tellSnapshot(terminal, report)
  return shown()
}

export const shownPlaylist = (report: PlaylistReport): string => {
  const { terminal, shown } = record()
  tellPlaylist(terminal, report)
  return shown().out
}

export interface ThreeParts {
  readonly what: string
  readonly why: string
  readonly todo: string
}

/** The three parts of a message as they stand in the terminal; anything else fails the test. */
export const threeParts = (text: string): ThreeParts => {
  const found = /^(?<what>[^\n]+\.)\n {2}Why: (?<why>[^\n]+)\n {2}What to do: (?<todo>[^\n]+)$/.exec(text)?.groups
  expect(found, text).toBeDefined()
  return { what: '', why: '', todo: '', ...found }
}

/** The message of a failure as a command of the terminal tells it. */
export const shownFailure = async (failure: unknown): Promise<ThreeParts> => {
  const { terminal, shown } = record()
  await guarded(terminal, () => Promise.reject(failure))
  return threeParts(shown().error)
}

/** What a report tells in three parts. */
export const shownHoles = (report: SnapshotReport): ThreeParts => threeParts(shownSnapshot(report).error)

/** What lies in the database of this month: status and number of rows of every list. */
export const stored = ({ store, now }: TimeMachine): Readonly<Record<string, string>> => {
  const month = monthOf(now())
  return Object.fromEntries(
    store.snapshots.parts(month).map(({ part, status }) => {
      const rows = part === 'recently-played' ? store.snapshots.plays() : store.snapshots.ranks(part, month)
      return [part, `${status} ${rows.length}`]
    }),
  )
}

export const WHOLE: Readonly<Record<string, string>> = {
  'artists-long_term': 'complete 50',
  'artists-medium_term': 'complete 50',
  'artists-short_term': 'complete 50',
  'recently-played': 'complete 50',
  'tracks-long_term': 'complete 50',
  'tracks-medium_term': 'complete 50',
  'tracks-short_term': 'complete 50',
}

/** Every list with the same words, such as `failed 0`. */
export const each = (words: string): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.keys(WHOLE).map((part) => [part, words]))

/** A month without a hole: in the database, on record as a run, and told without a complaint. */
export const expectWhole = (machine: TimeMachine, report: SnapshotReport): void => {
  expect(report).toMatchObject({ outcome: 'complete', error: undefined })
  expect(stored(machine)).toEqual(WHOLE)
  expect(machine.store.runs.newest('snapshot', report.month)).toMatchObject({ id: report.runId, outcome: 'complete' })
  expect(machine.store.limits.read()).toBeUndefined()
  const shown = shownSnapshot(report)
  expect(shown.error).toBe('')
  expect(shown.out).toContain(`Snapshot of ${report.month}: 7 of 7 lists complete`)
}
