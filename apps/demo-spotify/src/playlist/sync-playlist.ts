import { setTimeout as sleep } from 'node:timers/promises'
import { degrade } from '@holdfast/core/degradation'
import { ConflictError, isServiceError, NotFoundError } from '@holdfast/core/service-errors'
import type { SpotifyClient } from '../client/index.ts'
import { whenUnlocked, type Store, type StoredPlaylist } from '../store/index.ts'
import { alone } from './alone.ts'
import { findOrCreate, markerOf } from './find-or-create.ts'
import { readUris, replaceItems, setCover } from './playlist-api.ts'
import { recorded } from './recorded.ts'

export interface PlaylistOptions {
  readonly client: SpotifyClient
  readonly store: Store
  readonly now?: () => number
  /** Base64 JPEG; a cover that Spotify refuses is left out. */
  readonly cover?: string
  /** First wait for a new playlist to be seen, ms; doubled three times. Default 500. */
  readonly visibleAfterMs?: number
}

export interface PlaylistReport {
  readonly month: string
  readonly playlistId: string
  readonly uris: readonly string[]
  /** Whether it was there, made by an earlier run whose answer got lost. */
  readonly wasAdopted: boolean
  readonly wasCreated: boolean
  readonly hasChanged: boolean
  /** What was left out, for a person. */
  readonly leftOut: readonly string[]
}

const MOST_URIS = 100
const VISIBLE_TRIES = 4

// A local file cannot be added back: 400 "Invalid track uri".
const isAddable = (uri: string): boolean => !uri.startsWith('spotify:local:')

/** The tracks of the month's playlist: what was heard most in the last four weeks. */
export const planPlaylist = (store: Store, month: string): readonly string[] => {
  const uris = store.snapshots.ranks('tracks-short_term', month).map(({ uri }) => uri)
  return uris.filter(isAddable).slice(0, MOST_URIS)
}

const isSame = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((uri, index) => uri === right[index])

// A playlist that was just made may be unknown to other servers for a moment (lineup-list#40).
const whenVisible = async <Result>(isNew: boolean, firstMs: number, read: () => Promise<Result>): Promise<Result> => {
  for (let tried = 1; ; tried += 1) {
    try {
      return await read()
    } catch (error) {
      if (!isNew || tried >= VISIBLE_TRIES || !isServiceError(error, 'not-found')) throw error
      await sleep(firstMs * 2 ** (tried - 1) * (0.75 + Math.random() / 2))
    }
  }
}

const isFull = (error: unknown): boolean => isServiceError(error) && /size limit/i.test(error.upstreamMessage ?? '')

const write = async (options: PlaylistOptions, month: string, uris: readonly string[]): Promise<PlaylistReport> => {
  const { client, store, now = Date.now, cover, visibleAfterMs = 500 } = options
  const { playlistId, wasAdopted, wasCreated } = await findOrCreate(options, month, uris)
  const isNew = wasAdopted || wasCreated
  const keep = (change: Pick<StoredPlaylist, 'playlistId' | 'state' | 'previousUris'>): Promise<void> =>
    whenUnlocked(() => store.playlists.save({ month, marker: markerOf(month), uris, changedAtMs: now(), ...change }))
  // The next run looks for it anew, and makes one if there is none.
  const forget = (): Promise<void> => keep({ playlistId: undefined, state: 'creating', previousUris: undefined })
  const before = await whenVisible(isNew, visibleAfterMs, () => readUris(client, playlistId)).catch(
    async (cause: unknown) => {
      if (isNew || !isServiceError(cause, 'not-found')) throw cause
      await forget()
      throw new NotFoundError({
        upstream: 'spotify',
        operation: 'playlist',
        details: { problem: 'playlist-gone' },
        cause,
      })
    },
  )
  const hasChanged = !isSame(before, uris)
  if (hasChanged) {
    // What is undone later is known before anything is changed.
    await keep({ playlistId, state: 'created', previousUris: before })
    await replaceItems(client, playlistId, uris).catch(async (error: unknown) => {
      if (isFull(error)) await forget()
      throw error
    })
    await verify(client, playlistId, uris)
  }
  const all = store.snapshots.ranks('tracks-short_term', month)
  const leftOut = all.length > uris.length ? [`${all.length - uris.length} that cannot be added to a playlist`] : []
  if (cover !== undefined) {
    const isSet = await degrade(() => setCover(client, playlistId, cover).then(() => true), {
      fallback: false,
      service: 'playlist-cover',
    })
    if (!isSet) leftOut.push('the cover, which Spotify did not take')
  }
  const previousUris = hasChanged ? before : store.playlists.get(month)?.previousUris
  await keep({ playlistId, state: 'synced', previousUris })
  return { month, playlistId, uris, wasAdopted, wasCreated, hasChanged, leftOut }
}

/**
 * Makes the playlist of a month hold what was heard most in it, and nothing else.
 *
 * One replace of at most 100 tracks, verified by reading back; running it again changes nothing. What was in it before
 * is kept for {@link undoPlaylist}; a sync that failed is on record, so that the schedule makes up for it.
 */
export const syncPlaylist = (options: PlaylistOptions, month: string): Promise<PlaylistReport> =>
  alone(options.store, async () => {
    const uris = planPlaylist(options.store, month)
    if (uris.length === 0) {
      throw new NotFoundError({
        upstream: 'time machine',
        operation: 'playlist',
        details: { problem: 'no-snapshot', month },
      })
    }
    return recorded(options, month, {
      work: () => write(options, month, uris),
      summarise: ({ hasChanged }) =>
        `${uris.length} songs, ${hasChanged ? 'written and read back' : 'nothing to change'}`,
    })
  })

const verify = async (client: SpotifyClient, playlistId: string, uris: readonly string[]): Promise<void> => {
  const after = await readUris(client, playlistId)
  if (isSame(after, uris)) return
  throw new ConflictError({
    upstream: 'spotify',
    operation: 'verifyPlaylist',
    details: { problem: 'not-as-written', expected: uris.length, found: after.length },
  })
}

/** Puts back what was in the playlist before the last change. */
export const undoPlaylist = (
  { client, store, now = Date.now }: PlaylistOptions,
  month: string,
): Promise<readonly string[]> =>
  alone(store, async () => {
    const held = store.playlists.get(month)
    if (held?.playlistId === undefined || held.previousUris === undefined) {
      throw new NotFoundError({
        upstream: 'time machine',
        operation: 'undo',
        details: { problem: 'nothing-to-undo', month },
      })
    }
    const { playlistId } = held
    const previousUris = held.previousUris.filter(isAddable)
    await replaceItems(client, playlistId, previousUris)
    await verify(client, playlistId, previousUris)
    const undone = {
      ...held,
      state: 'undone',
      uris: previousUris,
      previousUris: undefined,
      changedAtMs: now(),
    } as const
    return recorded({ store, now }, month, {
      work: () => whenUnlocked(() => store.playlists.save(undone)).then(() => previousUris),
      summarise: () => `undone: ${previousUris.length} songs put back`,
    })
  })
