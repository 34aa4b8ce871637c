import type { WorldArtist, WorldTrack } from './world.ts'

/** Objects of the Web API as development mode sends them since March 2026: no popularity, markets or followers. */

const link = (kind: string, id: string): { spotify: string } => ({ spotify: `https://open.spotify.com/${kind}/${id}` })

const COVER_SIZES = [640, 300, 64]

/** Pictures come from the simulator itself, so that a page asks no other host. */
const images = (origin: string, id: string): object[] =>
  COVER_SIZES.map((size) => ({ url: `${origin}/cover/${id}.svg?size=${size}`, height: size, width: size }))

export const simplifiedArtist = ({ id, name }: WorldArtist): object => ({
  id,
  name,
  type: 'artist',
  uri: `spotify:artist:${id}`,
  href: `https://api.spotify.com/v1/artists/${id}`,
  external_urls: link('artist', id),
})

export const artistObject = (artist: WorldArtist, origin: string): object => ({
  ...simplifiedArtist(artist),
  genres: [],
  images: images(origin, artist.id),
})

export const trackObject = (track: WorldTrack, origin: string): Record<string, unknown> => ({
  id: track.id,
  name: track.name,
  type: 'track',
  uri: `spotify:track:${track.id}`,
  href: `https://api.spotify.com/v1/tracks/${track.id}`,
  external_urls: link('track', track.id),
  external_ids: {},
  artists: [simplifiedArtist(track.artist)],
  album: {
    id: `${track.id.slice(0, 21)}a`,
    name: track.name,
    album_type: 'single',
    type: 'album',
    total_tracks: 1,
    uri: `spotify:album:${track.id.slice(0, 21)}a`,
    href: `https://api.spotify.com/v1/albums/${track.id.slice(0, 21)}a`,
    external_urls: link('album', `${track.id.slice(0, 21)}a`),
    release_date: '2024-01-01',
    release_date_precision: 'day',
    images: images(origin, track.id),
    artists: [simplifiedArtist(track.artist)],
  },
  disc_number: 1,
  track_number: 1,
  duration_ms: track.durationMs,
  explicit: false,
  is_local: false,
  preview_url: null,
})

/** A file from the listener's own disk: it has no id and cannot be added back. */
export const localTrack = (): Record<string, unknown> => ({
  id: null,
  href: null,
  name: 'Rehearsal tape',
  type: 'track',
  uri: 'spotify:local:The+Neighbours:Tape:Rehearsal:183',
  is_local: true,
  artists: [{ id: null, name: 'The Neighbours', type: 'artist', uri: null, href: null, external_urls: {} }],
  album: { id: null, name: 'Tape', album_type: null, type: 'album', images: [], artists: [] },
  disc_number: 0,
  track_number: 0,
  duration_ms: 183_000,
  explicit: false,
  preview_url: null,
  external_urls: {},
  external_ids: {},
})

const hueOf = (id: string): number => Buffer.from(id).reduce((sum, byte) => (sum * 31 + byte) % 360, 7)

/** A drawn cover. */
export const coverSvg = (id: string): string => {
  const hue = hueOf(id)
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="hsl(${hue} 55% 38%)"/>` +
    `<circle cx="${10 + (hue % 44)}" cy="${10 + ((hue * 7) % 44)}" r="${10 + (hue % 14)}" fill="hsl(${(hue + 140) % 360} 60% 60%)"/></svg>`
  )
}
