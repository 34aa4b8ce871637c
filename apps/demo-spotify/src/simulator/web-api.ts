import { Hono, type Context } from 'hono'
import type { ApiState } from './api-state.ts'
import { artistObject, trackObject } from './catalogue.ts'
import { apiError, type FaultAnswer } from './fault-plan.ts'
import { paged, pageOf } from './paging.ts'
import { playlistApi } from './playlist-api.ts'
import type { TimeRange } from './world.ts'

// Endless scrolling of top lists ends here: offset 50 and up answers an empty page (web-api#1539, #1592).
const TOP_CEILING = 50
const RANGES: readonly string[] = ['short_term', 'medium_term', 'long_term']

export const reply = ({ status, body, headers }: FaultAnswer): Response =>
  new Response(body, { status, ...(headers === undefined ? {} : { headers }) })

const problem = (status: number, message: string): Response => reply(apiError(status, message))

/** Answers of development mode to what it removed in February 2026, as its users report them. */
const REMOVED: readonly (readonly [method: string, path: string])[] = [
  ['GET', '/albums'],
  ['GET', '/artists'],
  ['GET', '/tracks'],
  ['GET', '/artists/:id/top-tracks'],
  ['GET', '/artists/:id/related-artists'],
  ['GET', '/recommendations'],
  ['GET', '/audio-features'],
  ['GET', '/audio-features/:id'],
  ['GET', '/browse/new-releases'],
  ['GET', '/browse/categories'],
  ['GET', '/markets'],
  ['GET', '/users/:id'],
  ['GET', '/users/:id/playlists'],
  ['PUT', '/me/tracks'],
  ['DELETE', '/me/tracks'],
  ['GET', '/playlists/:id/tracks'],
  ['POST', '/playlists/:id/tracks'],
  ['PUT', '/playlists/:id/tracks'],
]

const queryOf = (context: Context): URLSearchParams => new URL(context.req.url).searchParams

const tokenOf = (context: Context): string | undefined =>
  /^Bearer (.+)$/.exec(context.req.header('authorization') ?? '')?.[1]

const WRONG_TOKEN = {
  missing: 'No token provided',
  invalid: 'Invalid access token',
  expired: 'The access token expired',
}

const SCOPES: readonly (readonly [request: RegExp, scope: string])[] = [
  [/^GET \/v1\/me\/top\//, 'user-top-read'],
  [/^GET \/v1\/me\/player\/recently-played/, 'user-read-recently-played'],
  [/^(?:POST|PUT|DELETE) \/v1\/(?:me\/playlists|playlists\/)/, 'playlist-modify-private'],
  [/^GET \/v1\/me\/(?:tracks|library)/, 'user-library-read'],
]

const readingApi = (state: ApiState): Hono => {
  const { world, now, origin, account } = state
  const api = new Hono()
  api.get('/me', (context) =>
    context.json({
      id: account.id,
      account_id: account.accountId,
      display_name: account.displayName,
      type: 'user',
      uri: `spotify:user:${account.id}`,
      href: `https://api.spotify.com/v1/users/${account.id}`,
      external_urls: { spotify: `https://open.spotify.com/user/${account.id}` },
      images: [],
    }),
  )
  api.get('/me/top/:type', (context) => {
    const query = queryOf(context)
    const page = pageOf(query)
    const range = query.get('time_range') ?? 'medium_term'
    const type = context.req.param('type')
    if (typeof page === 'string') return problem(400, page)
    if (!RANGES.includes(range)) return problem(400, 'Invalid time range')
    if (type !== 'tracks' && type !== 'artists') return problem(400, 'Invalid type')
    const all =
      type === 'tracks'
        ? world.topTracks(now(), range as TimeRange).map((track) => trackObject(track, origin()))
        : world.topArtists(now(), range as TimeRange).map((artist) => artistObject(artist, origin()))
    const visible = page.offset >= TOP_CEILING ? [] : all.slice(0, TOP_CEILING)
    return context.json(paged(`${origin()}/v1/me/top/${type}?time_range=${range}`, visible, page))
  })
  api.get('/me/player/recently-played', (context) => {
    const query = queryOf(context)
    const page = pageOf(query)
    if (typeof page === 'string') return problem(400, page)
    if (query.has('after') && query.has('before')) return problem(400, 'Only one of after and before may be given')
    const after = Number(query.get('after') ?? Number.NEGATIVE_INFINITY)
    const before = Number(query.get('before') ?? Number.POSITIVE_INFINITY)
    const plays = world
      .recentlyPlayed(now())
      .filter(({ playedAtMs }) => playedAtMs > after && playedAtMs < before)
      .slice(0, page.limit)
    const [newest, oldest] = [plays[0], plays.at(-1)]
    const hasEnd = newest === undefined || oldest === undefined
    return context.json({
      href: `${origin()}/v1/me/player/recently-played`,
      limit: page.limit,
      next: hasEnd ? null : `${origin()}/v1/me/player/recently-played?before=${oldest.playedAtMs}&limit=${page.limit}`,
      cursors: hasEnd ? null : { after: String(newest.playedAtMs), before: String(oldest.playedAtMs) },
      items: plays.map(({ track, playedAtMs }) => ({
        track: trackObject(track, origin()),
        played_at: new Date(playedAtMs).toISOString(),
        context: null,
      })),
    })
  })
  api.get('/me/tracks', (context) => {
    const page = pageOf(queryOf(context))
    if (typeof page === 'string') return problem(400, page)
    const saved = world.topTracks(now(), 'long_term').slice(0, 120)
    const items = saved.map((track) => ({
      added_at: '2025-05-05T05:05:05Z',
      track: trackObject(track, origin()),
    }))
    return context.json(paged(`${origin()}/v1/me/tracks`, items, page))
  })
  api.get('/me/library/contains', (context) => {
    const uris = (queryOf(context).get('uris') ?? '').split(',').filter((uri) => uri !== '')
    if (uris.length === 0) return problem(400, 'Missing required field: uris')
    if (uris.length > 40) return problem(400, 'Too many uris requested')
    const saved = new Set(world.topTracks(now(), 'long_term').map(({ id }) => `spotify:track:${id}`))
    return context.json(uris.map((uri) => saved.has(uri)))
  })
  // The query is read, a body is not: SpotifyAPI-NET#1045.
  api.on(['PUT', 'DELETE'], '/me/library', (context) => {
    const uris = (queryOf(context).get('uris') ?? '').split(',').filter((uri) => uri !== '')
    return uris.length === 0 ? problem(400, 'Missing required field: uris') : context.body(null, 200)
  })
  api.get('/tracks/:id', (context) => {
    const track = world.tracks.find(({ id }) => id === context.req.param('id'))
    return track === undefined ? problem(404, 'Resource not found') : context.json(trackObject(track, origin()))
  })
  api.get('/search', (context) => {
    const query = queryOf(context)
    const page = pageOf(query, 10, 5)
    const words = (query.get('q') ?? '').toLowerCase()
    if (typeof page === 'string') return problem(400, page)
    if (words === '') return problem(400, 'No search query')
    const found = world.tracks.filter(({ name }) => name.toLowerCase().includes(words))
    const tracks = found.map((track) => trackObject(track, origin()))
    return context.json({
      tracks: paged(`${origin()}/v1/search?q=${encodeURIComponent(words)}&type=track`, tracks, page),
    })
  })
  return api
}

/** The Web API in development mode behind the check of token and scope. */
export const webApi = (state: ApiState): Hono => {
  const api = new Hono()
  api.use(async (context, next) => {
    const granted = state.accounts.check(tokenOf(context))
    if (typeof granted === 'string') return problem(401, WRONG_TOKEN[granted])
    const path = new URL(context.req.url).pathname
    const needed = SCOPES.find(([request]) => request.test(`${context.req.method} ${path}`))?.[1]
    if (needed !== undefined && !granted.includes(needed)) return problem(403, 'Insufficient client scope')
    return next()
  })
  for (const [method, path] of REMOVED) api.on(method, path, () => problem(403, 'Forbidden'))
  api.post('/users/:id/playlists', () => problem(403, 'You cannot create a playlist for another user'))
  api.route('/', readingApi(state))
  api.route('/', playlistApi(state))
  api.all('*', () => problem(404, 'Service not found'))
  return api
}
