import { isServiceError } from '@holdfast/core/service-errors'
import { artistAnswer, pageAnswer, parseAnswer, playAnswer, trackAnswer, type SpotifyClient } from '../client/index.ts'
import type { Play, StoredItem } from '../store/index.ts'
import type { Kind, PartPlan, Range } from './parts.ts'

/** One list as it came, cleaned, with what was odd about it. */
export interface PartRead {
  readonly items: readonly StoredItem[]
  readonly plays: readonly Play[]
  /** Why it is not complete; empty if it is. */
  readonly reasons: readonly string[]
  readonly flags: readonly string[]
}

const MOST_ITEMS = 50
const THIN_BELOW = 10

type Reading<Value> = { readonly value: Value } | { readonly reason: string }

const count = (amount: number, reason: string): string => `${amount} ${amount === 1 ? 'entry' : 'entries'} ${reason}`

const summarise = (reasons: readonly string[]): readonly string[] => {
  const amounts = new Map<string, number>()
  for (const reason of reasons) amounts.set(reason, (amounts.get(reason) ?? 0) + 1)
  return [...amounts].map(([reason, amount]) => count(amount, reason))
}

const malformed = (error: unknown): { readonly reason: string } => {
  if (!isServiceError(error, 'validation')) throw error
  const { issues } = error as typeof error & { readonly issues: readonly { readonly path: readonly unknown[] }[] }
  return { reason: `could not be read (${issues.map(({ path }) => path.join('.') || 'all of it').join(', ')})` }
}

const imageOf = (images: readonly { readonly url: string }[] | null | undefined): string | undefined =>
  images?.at(-2)?.url ?? images?.[0]?.url

const readTrack = (data: unknown): Reading<StoredItem> => {
  if (data === null || data === undefined) return { reason: 'without a song (Spotify sent null)' }
  try {
    const track = parseAnswer(trackAnswer, data, 'topTracks')
    if (track.id === null || track.is_local === true || track.uri.startsWith('spotify:local:')) {
      return { reason: 'a file of your own, which Spotify does not know' }
    }
    const artists = (track.artists ?? []).map(({ name }) => name).join(', ')
    const { id, uri, name } = track
    return { value: { id, kind: 'track', uri, name, artists, imageUrl: imageOf(track.album?.images) } }
  } catch (error) {
    return malformed(error)
  }
}

const readArtist = (data: unknown): Reading<StoredItem> => {
  if (data === null || data === undefined) return { reason: 'without an artist (Spotify sent null)' }
  try {
    const { id, uri, name, images } = parseAnswer(artistAnswer, data, 'topArtists')
    return { value: { id, kind: 'artist', uri, name, artists: name, imageUrl: imageOf(images) } }
  } catch (error) {
    return malformed(error)
  }
}

const readPlay = (data: unknown): Reading<Play> => {
  const inner = (data as { readonly track?: unknown } | null)?.track
  const track = readTrack(inner)
  if ('reason' in track) return track
  try {
    const { played_at } = parseAnswer(playAnswer, data, 'recentlyPlayed')
    return { value: { item: track.value, playedAtMs: Date.parse(played_at) } }
  } catch (error) {
    return malformed(error)
  }
}

const sort = <Value>(readings: readonly Reading<Value>[]): { values: Value[]; reasons: readonly string[] } => ({
  values: readings.flatMap((reading) => ('value' in reading ? [reading.value] : [])),
  reasons: summarise(readings.flatMap((reading) => ('reason' in reading ? [reading.reason] : []))),
})

const EMPTY_ANSWER: PartRead = {
  items: [],
  plays: [],
  reasons: ['Spotify sent an empty answer'],
  flags: ['empty-answer'],
}

const readTop = async (client: SpotifyClient, kind: Kind, range: Range): Promise<PartRead> => {
  const operation = kind === 'tracks' ? 'topTracks' : 'topArtists'
  const query = { time_range: range, limit: MOST_ITEMS }
  const data = await client.get(`/me/top/${kind}`, { operation, query, scopes: ['user-top-read'] })
  if (data === undefined) return EMPTY_ANSWER
  const { items: entries } = parseAnswer(pageAnswer, data, operation)
  const { values, reasons } = sort((entries ?? []).map(kind === 'tracks' ? readTrack : readArtist))
  // The same track may come twice (web-api#1013): its best rank counts.
  const items = [...new Map(values.toReversed().map((item) => [item.id, item])).values()].toReversed()
  const ordered = items.toSorted((left, right) => values.indexOf(left) - values.indexOf(right))
  const flags = [
    ...(ordered.length === 0 ? ['empty'] : ordered.length < THIN_BELOW ? ['thin'] : []),
    ...(ordered.length < values.length ? ['duplicates'] : []),
    ...(ordered.some(({ imageUrl }) => imageUrl === undefined) ? ['missing-images'] : []),
  ]
  return { items: ordered, plays: [], reasons, flags }
}

const readRecent = async (client: SpotifyClient): Promise<PartRead> => {
  const operation = 'recentlyPlayed'
  const scopes = ['user-read-recently-played']
  const data = await client.get('/me/player/recently-played', { operation, query: { limit: MOST_ITEMS }, scopes })
  // No content is how some versions of this endpoint say that nothing was played.
  if (data === undefined) return { items: [], plays: [], reasons: [], flags: ['empty'] }
  const { items: entries } = parseAnswer(pageAnswer, data, operation)
  const { values, reasons } = sort((entries ?? []).map(readPlay))
  return { items: [], plays: values, reasons, flags: values.length === 0 ? ['empty'] : [] }
}

/** Asks Spotify for one list. */
export const readPart = (client: SpotifyClient, plan: PartPlan): Promise<PartRead> =>
  plan.kind === 'plays' ? readRecent(client) : readTop(client, plan.kind, plan.range)
