import {
  pageAnswer,
  parseAnswer,
  playlistAnswer,
  playlistEntryAnswer,
  snapshotIdAnswer,
  type PlaylistAnswer,
  type SpotifyClient,
} from '../client/index.ts'

const PAGE = 50
// About eleven thousand playlists are allowed; whoever has more than this many made by hand is not looked through.
const MOST_PAGES = 20
const SCOPES_READ = ['playlist-read-private']
const SCOPES_WRITE = ['playlist-modify-private']

/** Follows offset pages until one is not full; null entries are left out. */
const allPages = async (client: SpotifyClient, path: string, operation: string): Promise<readonly unknown[]> => {
  const found: unknown[] = []
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = { limit: PAGE, offset: page * PAGE }
    const data = await client.get(path, { operation, query, scopes: SCOPES_READ })
    const items = data === undefined ? [] : (parseAnswer(pageAnswer, data, operation).items ?? [])
    found.push(...items.filter((item) => item !== null))
    if (items.length < PAGE) break
  }
  return found
}

/** The newest own playlist whose description carries the marker. */
export const findByMarker = async (client: SpotifyClient, marker: string): Promise<PlaylistAnswer | undefined> => {
  const all = await allPages(client, '/me/playlists', 'listPlaylists')
  return all
    .map((item) => playlistAnswer.safeParse(item))
    .flatMap((parsed) => (parsed.success ? [parsed.data] : []))
    .find(({ description }) => description?.includes(marker) === true)
}

/** The URIs in a playlist, in their order. */
export const readUris = async (client: SpotifyClient, playlistId: string): Promise<readonly string[]> => {
  const entries = await allPages(client, `/playlists/${playlistId}/items`, 'readPlaylist')
  return entries.flatMap((entry) => {
    const { item, track } = parseAnswer(playlistEntryAnswer, entry, 'readPlaylist')
    const uri = item?.uri ?? track?.uri
    return uri === undefined ? [] : [uri]
  })
}

/** Creates a private playlist; the answer may get lost after it was done. */
export const createPlaylist = async (
  client: SpotifyClient,
  name: string,
  description: string,
): Promise<PlaylistAnswer | undefined> => {
  const json = { name, description, public: false, collaborative: false }
  const data = await client.post('/me/playlists', { operation: 'createPlaylist', json, scopes: SCOPES_WRITE })
  return data === undefined ? undefined : parseAnswer(playlistAnswer, data, 'createPlaylist')
}

/** Replaces what is in a playlist: the same twice is the same once. */
export const replaceItems = async (
  client: SpotifyClient,
  playlistId: string,
  uris: readonly string[],
): Promise<void> => {
  const operation = 'replaceItems'
  const data = await client.put(`/playlists/${playlistId}/items`, { operation, json: { uris }, scopes: SCOPES_WRITE })
  if (data !== undefined) parseAnswer(snapshotIdAnswer, data, operation)
}

/** A cover in base64; an extra that the playlist can do without. */
export const setCover = async (client: SpotifyClient, playlistId: string, base64: string): Promise<void> => {
  await client.put(`/playlists/${playlistId}/images`, { operation: 'setCover', text: base64 })
}
