import type { DatabaseSync } from 'node:sqlite'

/** `creating` is written before the request, so that a lost answer is looked for and not repeated. */
export type PlaylistState = 'creating' | 'created' | 'synced' | 'undone'

export interface StoredPlaylist {
  readonly month: string
  readonly marker: string
  readonly playlistId: string | undefined
  readonly state: PlaylistState
  readonly uris: readonly string[]
  /** What was in it before the last change; undefined if nothing is to be undone. */
  readonly previousUris: readonly string[] | undefined
  readonly changedAtMs: number
}

/** The playlists of the months. */
export class PlaylistStore {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  get(month: string): StoredPlaylist | undefined {
    return this.all().find((playlist) => playlist.month === month)
  }

  all(): readonly StoredPlaylist[] {
    const rows = this.#database.prepare('SELECT * FROM playlist ORDER BY month').all()
    return rows.map((row) => ({
      month: String(row['month']),
      marker: String(row['marker']),
      playlistId: row['playlist_id'] === null ? undefined : String(row['playlist_id']),
      state: row['state'] as PlaylistState,
      uris: JSON.parse(String(row['uris'])) as string[],
      previousUris: row['previous_uris'] === null ? undefined : (JSON.parse(String(row['previous_uris'])) as string[]),
      changedAtMs: Number(row['changed_at_ms']),
    }))
  }

  save(playlist: StoredPlaylist): void {
    const { month, marker, playlistId, state, uris, previousUris, changedAtMs } = playlist
    this.#database
      .prepare('INSERT OR REPLACE INTO playlist VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(
        month,
        marker,
        playlistId ?? null,
        state,
        JSON.stringify(uris),
        previousUris === undefined ? null : JSON.stringify(previousUris),
        changedAtMs,
      )
  }
}
