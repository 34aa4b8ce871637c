import { Hono, type Context } from 'hono'
import type { ApiState } from './api-state.ts'
import { localTrack, trackObject } from './catalogue.ts'
import { apiError } from './fault-plan.ts'
import { paged, pageOf } from './paging.ts'
import { snapshotIdOf, type SimulatedPlaylist } from './playlists.ts'

const MOST_URIS = 100
const LONGEST_QUERY = 8_000
// Full near eleven thousand items, web-api#1179.
const MOST_ITEMS = 11_000
// 256 kB of base64.
const LARGEST_COVER_BYTES = 256 * 1_024

const problem = (status: number, message: string): Response => {
  const { body, headers } = apiError(status, message)
  return new Response(body, { status, headers: headers ?? {} })
}

const bodyOf = async (context: Context): Promise<Record<string, unknown>> => {
  const text = await context.req.text()
  try {
    const data: unknown = JSON.parse(text)
    return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {}
  } catch {
    // No JSON is as good as no fields: the caller is told what it left out.
    return {}
  }
}

const urisIn = async (context: Context): Promise<string[] | Response> => {
  const url = new URL(context.req.url)
  if (url.search.length > LONGEST_QUERY) return problem(414, 'URI Too Long')
  const given = url.searchParams.get('uris')?.split(',') ?? (await bodyOf(context))['uris']
  if (!Array.isArray(given)) return problem(400, 'Missing required field: uris')
  const uris = given.map(String)
  if (uris.length > MOST_URIS) return problem(400, 'You can add a maximum of 100 tracks per request.')
  const bad = uris.find((uri) => !/^spotify:(?:track|episode):[\dA-Za-z]{22}$/.test(uri))
  return bad === undefined ? uris : problem(400, `Invalid track uri: ${bad}`)
}

/** Playlists: create, list, read, change, items, cover. Writes answer what the real ones answer. */
export const playlistApi = ({ world, playlists, now, origin, account }: ApiState): Hono => {
  const api = new Hono()
  const owner = (): object => ({
    id: account.id,
    display_name: account.displayName,
    type: 'user',
    uri: `spotify:user:${account.id}`,
    href: `https://api.spotify.com/v1/users/${account.id}`,
    external_urls: { spotify: `https://open.spotify.com/user/${account.id}` },
  })
  const entry = (uri: string): object => {
    const known = world.tracks.find(({ id }) => uri === `spotify:track:${id}`)
    const item = known === undefined ? localTrack() : trackObject(known, origin())
    return { added_at: new Date(now()).toISOString(), added_by: owner(), is_local: known === undefined, item }
  }
  const simplified = (playlist: SimulatedPlaylist): Record<string, unknown> => ({
    id: playlist.id,
    name: playlist.name,
    description: playlist.description,
    public: playlist.isPublic,
    collaborative: false,
    type: 'playlist',
    uri: `spotify:playlist:${playlist.id}`,
    href: `${origin()}/v1/playlists/${playlist.id}`,
    external_urls: { spotify: `https://open.spotify.com/playlist/${playlist.id}` },
    images: [],
    owner: owner(),
    snapshot_id: snapshotIdOf(playlist),
    items: { href: `${origin()}/v1/playlists/${playlist.id}/items`, total: playlist.uris.length },
  })
  const find = (context: Context): SimulatedPlaylist | undefined => playlists.get(context.req.param('id') ?? '')
  const notFound = (): Response => problem(404, 'Resource not found')

  api.get('/me/playlists', (context) => {
    const page = pageOf(new URL(context.req.url).searchParams)
    if (typeof page === 'string') return problem(400, page)
    return context.json(paged(`${origin()}/v1/me/playlists`, playlists.list().map(simplified), page))
  })
  const full = (playlist: SimulatedPlaylist): Record<string, unknown> => ({
    ...simplified(playlist),
    followers: { href: null, total: 0 },
    items: paged(`${origin()}/v1/playlists/${playlist.id}/items`, playlist.uris.map(entry), { limit: 50, offset: 0 }),
  })
  api.post('/me/playlists', async (context) => {
    const { name, description, public: isPublic } = await bodyOf(context)
    if (typeof name !== 'string' || name === '') return problem(400, 'Missing required field: name')
    const words = typeof description === 'string' ? description : ''
    return context.json(full(playlists.create(name, words, isPublic !== false, now())), 201)
  })
  api.get('/playlists/:id', (context) => {
    const playlist = find(context)
    return playlist === undefined ? notFound() : context.json(full(playlist))
  })
  api.put('/playlists/:id', async (context) => {
    const playlist = find(context)
    if (playlist === undefined) return notFound()
    const { name, description } = await bodyOf(context)
    if (typeof name === 'string') playlist.name = name
    if (typeof description === 'string') playlist.description = description
    return context.body(null, 200)
  })
  api.get('/playlists/:id/items', (context) => {
    const playlist = find(context)
    const page = pageOf(new URL(context.req.url).searchParams)
    if (playlist === undefined) return notFound()
    if (typeof page === 'string') return problem(400, page)
    return context.json(paged(`${origin()}/v1/playlists/${playlist.id}/items`, playlist.uris.map(entry), page))
  })
  const change =
    (status: 200 | 201, apply: (held: string[], uris: string[]) => string[]) => async (context: Context) => {
      const playlist = find(context)
      if (playlist === undefined) return notFound()
      const uris = await urisIn(context)
      if (uris instanceof Response) return uris
      const next = apply(playlist.uris, uris)
      if (next.length > MOST_ITEMS) return problem(500, 'Internal server error')
      playlist.uris = next
      playlist.version += 1
      return context.json({ snapshot_id: snapshotIdOf(playlist) }, status)
    }
  api.post(
    '/playlists/:id/items',
    change(201, (held, uris) => [...held, ...uris]),
  )
  api.put(
    '/playlists/:id/items',
    change(200, (_held, uris) => uris),
  )
  api.delete('/playlists/:id/items', async (context) => {
    const playlist = find(context)
    if (playlist === undefined) return notFound()
    const { items } = await bodyOf(context)
    if (!Array.isArray(items)) return problem(400, 'Missing required field: items')
    const gone = new Set(items.map((item: unknown) => (item as { uri?: unknown } | null)?.uri))
    playlist.uris = playlist.uris.filter((uri) => !gone.has(uri))
    playlist.version += 1
    return context.json({ snapshot_id: snapshotIdOf(playlist) })
  })
  api.put('/playlists/:id/images', async (context) => {
    if (find(context) === undefined) return notFound()
    const cover = await context.req.text()
    return cover.length > LARGEST_COVER_BYTES ? problem(413, 'Payload too large') : context.body(null, 202)
  })
  return api
}
