import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { degrade } from '@holdfast/core/degradation'
import {
  ConflictError,
  isServiceError,
  NotFoundError,
  UnknownOutcomeError,
  type ServiceError,
} from '@holdfast/core/service-errors'
import type { SpotifyClient } from '../client/index.ts'
import { whenUnlocked, type Store, type StoredPlaylist } from '../store/index.ts'
import { createPlaylist, findByMarker, readUris, replaceItems, setCover } from './playlist-api.ts'

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

const LEASE = 'playlist'
const POLL_MS = 100
const OTHER_RUN_WAIT_MS = 60_000
const MOST_URIS = 100
const VISIBLE_TRIES = 4

/** What tells the playlist of a month apart from all others; it stands in the description. */
export const markerOf = (month: string): string => `[time-machine ${month}]`

// A local file cannot be added back: 400 "Invalid track uri".
const isAddable = (uri: string): boolean => !uri.startsWith('spotify:local:')

/** The tracks of the month's playlist: what was heard most in the last four weeks. */
export const planPlaylist = (store: Store, month: string): readonly string[] => {
  const uris = store.snapshots.ranks('tracks-short_term', month).map(({ uri }) => uri)
  return uris.filter(isAddable).slice(0, MOST_URIS)
}

const isSame = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((uri, index) => uri === right[index])

/** Does the work as the only process at it: writes to one playlist must not overlap (web-api#1175). */
const alone = async <Result>(store: Store, work: () => Promise<Result>): Promise<Result> => {
  const owner = randomUUID()
  const startedMs = performance.now()
  while (!(await whenUnlocked(() => store.runs.acquire(LEASE, owner)))) {
    if (performance.now() - startedMs > OTHER_RUN_WAIT_MS) {
      throw new ConflictError({ upstream: 'time machine', operation: 'playlist', details: { problem: 'other-run' } })
    }
    await sleep(POLL_MS)
  }
  try {
    return await work()
  } finally {
    await whenUnlocked(() => store.runs.release(LEASE, owner))
  }
}

const isLost = (error: ServiceError): boolean =>
  error.code === 'unknown-outcome' || error.code === 'network-timeout' || (error.status ?? 0) >= 500

interface Found {
  readonly playlistId: string
  readonly wasAdopted: boolean
  readonly wasCreated: boolean
}

// Asked for before it is made, and again when the answer is lost.
const findOrCreate = async (
  { client, store, now = Date.now }: PlaylistOptions,
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

/**
 * Makes the playlist of a month hold what was heard most in it, and nothing else.
 *
 * One replace of at most 100 tracks, verified by reading back; running it again changes nothing. What was in it before
 * is kept for {@link undoPlaylist}.
 */
export const syncPlaylist = (options: PlaylistOptions, month: string): Promise<PlaylistReport> =>
  alone(options.store, async () => {
    const { client, store, now = Date.now, cover, visibleAfterMs = 500 } = options
    const all = store.snapshots.ranks('tracks-short_term', month)
    const uris = planPlaylist(store, month)
    if (uris.length === 0) {
      throw new NotFoundError({
        upstream: 'time machine',
        operation: 'playlist',
        details: { problem: 'no-snapshot', month },
      })
    }
    const { playlistId, wasAdopted, wasCreated } = await findOrCreate(options, month, uris)
    const isNew = wasAdopted || wasCreated
    const before = await whenVisible(isNew, visibleAfterMs, () => readUris(client, playlistId))
    const hasChanged = !isSame(before, uris)
    const marker = markerOf(month)
    const held = store.playlists.get(month)
    if (hasChanged) {
      // What is undone later is known before anything is changed.
      await whenUnlocked(() =>
        store.playlists.save({
          month,
          marker,
          playlistId,
          state: 'created',
          uris,
          previousUris: before,
          changedAtMs: now(),
        }),
      )
      await replaceItems(client, playlistId, uris)
      await verify(client, playlistId, uris)
    }
    const leftOut = all.length > uris.length ? [`${all.length - uris.length} that cannot be added to a playlist`] : []
    if (cover !== undefined) {
      const isSet = await degrade(() => setCover(client, playlistId, cover).then(() => true), {
        fallback: false,
        service: 'playlist-cover',
      })
      if (!isSet) leftOut.push('the cover, which Spotify did not take')
    }
    const previousUris = hasChanged ? before : held?.previousUris
    await whenUnlocked(() =>
      store.playlists.save({ month, marker, playlistId, state: 'synced', uris, previousUris, changedAtMs: now() }),
    )
    return { month, playlistId, uris, wasAdopted, wasCreated, hasChanged, leftOut }
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
    await whenUnlocked(() =>
      store.playlists.save({
        ...held,
        state: 'undone',
        uris: previousUris,
        previousUris: undefined,
        changedAtMs: now(),
      }),
    )
    return previousUris
  })
