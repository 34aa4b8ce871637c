import { planPlaylist, syncPlaylist, undoPlaylist, type PlaylistReport } from '../playlist/index.ts'
import { monthOf } from '../snapshot/index.ts'
import { withMachine, type Terminal } from './context.ts'
import { EXIT } from './exit-codes.ts'

/** Says what the playlist holds and what was left out of it. */
export const tellPlaylist = (
  terminal: Terminal,
  { month, uris, wasAdopted, hasChanged, leftOut }: PlaylistReport,
): void => {
  const how = wasAdopted ? 'was found and ' : ''
  terminal.out(`The playlist of ${month} ${how}${hasChanged ? 'now holds' : 'already held'} ${uris.length} songs.`)
  for (const left of leftOut) terminal.out(`  left out: ${left}`)
}

/** Shows, writes or takes back the playlist of a month. */
export const playlistCommand = (
  terminal: Terminal,
  action: 'preview' | 'sync' | 'undo',
  options: { readonly month?: string },
): Promise<number> =>
  withMachine(terminal, `playlist ${action}`, async ({ machine }) => {
    const month = options.month ?? monthOf(machine.now())
    if (action === 'preview') {
      const uris = new Set(planPlaylist(machine.store, month))
      for (const { rank, name, artists, uri } of machine.store.snapshots.ranks('tracks-short_term', month)) {
        if (uris.has(uri)) terminal.out(`${String(rank).padStart(3)}  ${name} - ${artists}`)
      }
      terminal.out(`${uris.size} songs would be in the playlist of ${month}.`)
      return EXIT.done
    }
    if (action === 'undo') {
      const uris = await undoPlaylist(machine, month)
      terminal.out(`The playlist of ${month} holds again the ${uris.length} songs it held before.`)
      return EXIT.done
    }
    tellPlaylist(terminal, await syncPlaylist(machine, month))
    return EXIT.done
  })
