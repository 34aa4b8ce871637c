import type { Store } from '../store/index.ts'

const HEADER = 'month,list,rank,id,name,artists,uri'

// A cell that begins with one of = + - @ is run as a formula by spreadsheets.
const cell = (value: string | number): string => {
  const text = String(value)
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const lists = (store: Store) =>
  [...new Set(store.snapshots.parts().map(({ part }) => part))].flatMap((part) => store.snapshots.ranks(part))

/** Every rank of every month, one a line. */
export const exportCsv = (store: Store): string => {
  const lines = lists(store).map(({ month, part, rank, id, name, artists, uri }) =>
    [month, part, rank, id, name, artists, uri].map(cell).join(','),
  )
  return `${[HEADER, ...lines].join('\r\n')}\r\n`
}

/** Everything that was kept, with the quality of each list. */
export const exportJson = (store: Store): string =>
  JSON.stringify(
    {
      format: 'time-machine/1',
      lists: store.snapshots.parts(),
      ranks: lists(store).map(({ month, part, rank, id }) => ({ month, list: part, rank, id })),
      items: [...new Map(lists(store).map((item) => [item.id, item])).values()].map(
        ({ id, kind, uri, name, artists }) => ({ id, kind, uri, name, artists }),
      ),
      plays: store.snapshots.plays().map(({ item, playedAtMs }) => ({
        id: item.id,
        playedAt: new Date(playedAtMs).toISOString(),
      })),
    },
    null,
    2,
  )
