import { isServiceError, UnknownOutcomeError, type ServiceError } from '@holdfast/core/service-errors'
import type { SpotifyClient } from '../client/index.ts'
import { whenUnlocked, type Store, type StoredPlaylist } from '../store/index.ts'
import { createPlaylist, findByMarker } from './playlist-api.ts'

/** What tells the playlist of a month apart from all others; it stands in the description. */
export const markerOf = (month: string): string => `[time-machine ${month}]`

const isLost = (error: ServiceError): boolean =>
  error.code === 'unknown-outcome' || error.code === 'network-timeout' || (error.status ?? 0) >= 500

export interface Found {
  readonly playlistId: string
  readonly wasAdopted: boolean
  readonly wasCreated: boolean
}

export interface FindOptions {
  readonly client: SpotifyClient
  readonly store: Store
  readonly now?: () => number
}

/** The playlist of a month, looked for before it is made and again when the answer is lost. */
export const findOrCreate = async (
  { client, store, now = Date.now }: FindOptions,
  month: string,
  uris: readonly string[],
): Promise<Found> => {
  const held = store.playlists.get(month)
  if (held?.playlistId !== undefined) return { playlistId: held.playlistId, wasAdopted: false, wasCreated: false }
  const marker = markerOf(month)
  const base = { month, marker, uris, previousUris: undefined }
  const keep = (playlistId: string | undefined, state: StoredPlaylist['state']): Promise<void> =>
    whenUnlocked(() => store.playlists.save({ ...base, playlistId, state, changedAtMs: now() }))
  const known = await findByMarker(client, marker)
  if (known !== undefined) {
    await keep(known.id, 'created')
    return { playlistId: known.id, wasAdopted: true, wasCreated: false }
  }
  await keep(undefined, 'creating')
  try {
    const made = await createPlaylist(client, `Time machine ${month}`, `What I heard most. ${marker}`)
    if (made !== undefined) {
      await keep(made.id, 'created')
      return { playlistId: made.id, wasAdopted: false, wasCreated: true }
    }
  } catch (error) {
    if (!isServiceError(error) || !isLost(error)) throw error
  }
  // Done or not? Only the list of playlists knows.
  const adopted = await findByMarker(client, marker)
  if (adopted === undefined) {
    throw new UnknownOutcomeError({ upstream: 'spotify', operation: 'createPlaylist' })
  }
  await keep(adopted.id, 'created')
  return { playlistId: adopted.id, wasAdopted: true, wasCreated: true }
}
