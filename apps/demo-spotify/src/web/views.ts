import { notesOn } from '../messages/explain-snapshot.ts'
import { PARTS } from '../snapshot/index.ts'
import { bumpChart, overlapOf, storiesOf, type BumpChart, type Stories } from '../stats/index.ts'
import type { Part, RankedItem, Store } from '../store/index.ts'

/** What the pages show, as plain data. */

export interface MonthView {
  readonly month: string
  readonly complete: number
  readonly of: number
  readonly status: 'complete' | 'partial' | 'missed'
  readonly holes: readonly {
    readonly list: string
    /** Why it is not complete, and what is odd about it. */
    readonly notes: readonly string[]
  }[]
}

const monthView = (month: string, parts: readonly Part[]): MonthView => {
  const complete = parts.filter(({ status }) => status === 'complete').length
  const isMissed = parts.every(({ status }) => status === 'missed')
  return {
    month,
    complete,
    of: PARTS.length,
    status: complete === PARTS.length ? 'complete' : isMissed ? 'missed' : 'partial',
    holes: parts
      .filter(({ status, flags }) => status !== 'complete' || flags.length > 0)
      .map((list) => ({ list: list.part, notes: notesOn(list) })),
  }
}

export const monthViews = (store: Store): readonly MonthView[] => {
  const all = store.snapshots.parts()
  return store.snapshots.months().map((month) =>
    monthView(
      month,
      all.filter((part) => part.month === month),
    ),
  )
}

export interface ItemView {
  readonly rank: number
  readonly name: string
  readonly artists: string
  readonly imageUrl: string | null
  readonly href: string
}

// In simulator mode the pictures are drawn by this server; their old address is that of a simulator long gone.
const pictureOf = (url: string | undefined): string | null => {
  if (url === undefined || !URL.canParse(url)) return null
  const { hostname, pathname } = new URL(url)
  return hostname === '127.0.0.1' ? pathname : url
}

const linkOf = (uri: string): string => `https://open.spotify.com/${uri.split(':').slice(1).join('/')}`

const itemView = ({ rank, name, artists, imageUrl, uri }: RankedItem): ItemView => ({
  rank,
  name,
  artists,
  imageUrl: pictureOf(imageUrl),
  href: linkOf(uri),
})

export interface TimeMachineView {
  readonly months: readonly string[]
  readonly month: string | null
  readonly items: readonly ItemView[]
  readonly bump: BumpChart
  readonly stories: Stories | null
  /** Share of each month's list that was not in the one before. */
  readonly novelty: readonly { readonly month: string; readonly ratio: number | null }[]
}

export const timeMachineView = (store: Store, list: string, wanted: string | undefined): TimeMachineView => {
  const ranks = store.snapshots.ranks(list)
  const months = [...new Set(ranks.map(({ month }) => month))]
  const month = wanted !== undefined && months.includes(wanted) ? wanted : months.at(-1)
  const of = (name: string): readonly RankedItem[] => ranks.filter((item) => item.month === name)
  return {
    months,
    month: month ?? null,
    items: month === undefined ? [] : of(month).map(itemView),
    bump: month === undefined ? { months: [], lines: [] } : bumpChart(ranks, month),
    stories: month === undefined ? null : storiesOf(ranks, month),
    novelty: months.map((name, index) => {
      const before = months[index - 1]
      const overlap = before === undefined ? undefined : overlapOf(of(before), of(name))
      return { month: name, ratio: overlap === undefined ? null : 1 - overlap }
    }),
  }
}

/** How many songs were heard in each hour of the day, in the zone of the machine. */
export const listeningClock = (store: Store): readonly number[] => {
  const hours = Array.from({ length: 24 }, () => 0)
  for (const { playedAtMs } of store.snapshots.plays()) {
    const hour = new Date(playedAtMs).getHours()
    hours[hour] = (hours[hour] ?? 0) + 1
  }
  return hours
}

export const playlistView = (store: Store, month: string) => {
  const held = store.playlists.get(month)
  const items = store.snapshots.ranks('tracks-short_term', month)
  return {
    month,
    items: items.filter(({ uri }) => uri.startsWith('spotify:track:')).map(itemView),
    state: held?.state ?? null,
    // Whether the last write failed, so that the schedule tries it again.
    isOwed: store.runs.owed('playlist').some((run) => run.month === month),
    href: held?.playlistId === undefined ? null : `https://open.spotify.com/playlist/${held.playlistId}`,
    canUndo: held?.previousUris !== undefined,
    changedAtMs: held?.changedAtMs ?? null,
  }
}

export type PlaylistView = ReturnType<typeof playlistView>
