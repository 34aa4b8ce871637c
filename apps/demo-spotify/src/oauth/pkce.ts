import { createHash, randomBytes } from 'node:crypto'

/** What a consent needs: the snapshot reads, the playlist reads and writes. */
export const SCOPES = [
  'user-top-read',
  'user-read-recently-played',
  'playlist-read-private',
  'playlist-modify-private',
] as const

export interface ConsentRequest {
  readonly url: string
  readonly state: string
  readonly verifier: string
}

/** The address where a person consents; `state` and `verifier` are needed again when the code comes back (RFC 7636). */
export const consentRequest = (settings: {
  readonly authorizeUrl: string
  readonly clientId: string
  readonly redirectUri: string
}): ConsentRequest => {
  const verifier = randomBytes(48).toString('base64url')
  const state = randomBytes(16).toString('base64url')
  const url = new URL(settings.authorizeUrl)
  url.search = new URLSearchParams({
    client_id: settings.clientId,
    response_type: 'code',
    redirect_uri: settings.redirectUri,
    scope: SCOPES.join(' '),
    state,
    code_challenge_method: 'S256',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  }).toString()
  return { url: url.href, state, verifier }
}

/** What is wrong with a redirect address by Spotify's rule of November 2025; undefined if nothing is. */
export const redirectProblem = (redirectUri: string): string | undefined => {
  if (!URL.canParse(redirectUri)) return 'it is no address'
  const { protocol, hostname } = new URL(redirectUri)
  if (protocol === 'https:') return undefined
  if (hostname === 'localhost') return 'Spotify refuses "localhost"; write http://127.0.0.1 instead'
  const isLoopback = hostname === '127.0.0.1' || hostname === '[::1]'
  return protocol === 'http:' && isLoopback ? undefined : 'only https, or http on 127.0.0.1 or [::1], is allowed'
}
