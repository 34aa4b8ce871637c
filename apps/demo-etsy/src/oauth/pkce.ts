import { createHash, randomBytes } from 'node:crypto'

/** A login that was begun: keep it until the code comes back. */
export interface PendingLogin {
  readonly url: string
  readonly state: string
  readonly verifier: string
}

/** The addresses and the app of an authorization server. */
export interface OAuthSettings {
  readonly authorizeUrl: string
  readonly tokenUrl: string
  readonly clientId: string
  readonly redirectUri: string
  readonly scopes: readonly string[]
}

/** Begins a login with PKCE (RFC 7636, S256): send the browser to `url`. */
export function beginLogin(settings: OAuthSettings): PendingLogin {
  const verifier = randomBytes(48).toString('base64url')
  const state = randomBytes(24).toString('base64url')
  const url = new URL(settings.authorizeUrl)
  const query = {
    response_type: 'code',
    client_id: settings.clientId,
    redirect_uri: settings.redirectUri,
    scope: settings.scopes.join(' '),
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return { url: url.href, state, verifier }
}
