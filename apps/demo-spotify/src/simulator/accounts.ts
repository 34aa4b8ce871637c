import { createHash, randomBytes } from 'node:crypto'

/** Six months, as the refresh token lives since July 2026. */
export const CONSENT_LIFETIME_MS = 182 * 86_400_000
const ACCESS_LIFETIME_MS = 3_600_000

export interface AccountsOptions {
  readonly now: () => number
  readonly clientId: string
  readonly redirectUris: readonly string[]
  /** `kept`: the refresh token stays and is left out of the answer; `rotating`: each use gives a new one. */
  readonly refreshMode: 'kept' | 'rotating'
}

interface Grant {
  readonly scopes: readonly string[]
  readonly consentAtMs: number
}

interface Failure {
  readonly error: string
  readonly error_description?: string
}

export interface TokenAnswer {
  readonly access_token: string
  readonly token_type: 'Bearer'
  readonly expires_in: number
  readonly scope: string
  readonly refresh_token?: string
}

const fresh = (prefix: string): string => `${prefix}${randomBytes(24).toString('base64url')}`
const challengeOf = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url')

const LOOPBACK = new Set(['127.0.0.1', '[::1]'])

/** Spotify's rule since November 2025: https, or http on a loopback IP literal; `localhost` is refused. */
export const isAllowedRedirect = (given: string, registered: readonly string[]): boolean => {
  if (!URL.canParse(given)) return false
  const url = new URL(given)
  const isLoopback = LOOPBACK.has(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback)) return false
  return registered.some((uri) => {
    const known = new URL(uri)
    const isSamePlace = known.protocol === url.protocol && known.hostname === url.hostname
    // Registered without a port, a loopback address allows any.
    const isSamePort = known.port === url.port || (isLoopback && known.port === '')
    return isSamePlace && isSamePort && known.pathname === url.pathname
  })
}

/** Codes, access tokens and refresh tokens of the simulated accounts service. */
export class Accounts {
  readonly #options: AccountsOptions
  readonly #codes = new Map<string, Grant & { readonly challenge: string; readonly redirectUri: string }>()
  readonly #access = new Map<string, Grant & { readonly expiresAtMs: number }>()
  readonly #refresh = new Map<string, Grant>()
  refreshMode: AccountsOptions['refreshMode']
  /** What a dead refresh token is called; all three wordings were seen. */
  deadRefreshWords = 'Refresh token expired'

  constructor(options: AccountsOptions) {
    this.#options = options
    this.refreshMode = options.refreshMode
  }

  /** The address to send the browser to, or what is wrong with the request. */
  authorize(query: URLSearchParams): { readonly redirect: string } | { readonly problem: string } {
    const redirectUri = query.get('redirect_uri') ?? ''
    if (query.get('client_id') !== this.#options.clientId) return { problem: 'INVALID_CLIENT: Invalid client' }
    if (!isAllowedRedirect(redirectUri, this.#options.redirectUris)) {
      return { problem: 'INVALID_CLIENT: Insecure or invalid redirect URI' }
    }
    const challenge = query.get('code_challenge')
    if (query.get('response_type') !== 'code') return { problem: 'response_type must be code' }
    if (challenge === null || query.get('code_challenge_method') !== 'S256') {
      return { problem: 'code_challenge_method must be S256' }
    }
    const code = fresh('code-')
    const scopes = (query.get('scope') ?? '').split(' ').filter((scope) => scope !== '')
    this.#codes.set(code, { scopes, consentAtMs: this.#options.now(), challenge, redirectUri })
    const target = new URL(redirectUri)
    target.searchParams.set('code', code)
    target.searchParams.set('state', query.get('state') ?? '')
    return { redirect: target.href }
  }

  token(form: URLSearchParams): TokenAnswer | Failure {
    if (form.get('client_id') !== this.#options.clientId) {
      return { error: 'invalid_client', error_description: 'Invalid client' }
    }
    switch (form.get('grant_type')) {
      case 'authorization_code':
        return this.#exchange(form)
      case 'refresh_token':
        return this.#renew(form.get('refresh_token') ?? '')
      default:
        return { error: 'unsupported_grant_type' }
    }
  }

  #exchange(form: URLSearchParams): TokenAnswer | Failure {
    const code = form.get('code') ?? ''
    const grant = this.#codes.get(code)
    this.#codes.delete(code)
    if (grant === undefined) return { error: 'invalid_grant', error_description: 'Invalid authorization code' }
    if (grant.redirectUri !== form.get('redirect_uri')) {
      return { error: 'invalid_grant', error_description: 'Invalid redirect URI' }
    }
    if (challengeOf(form.get('code_verifier') ?? '') !== grant.challenge) {
      return { error: 'invalid_grant', error_description: 'code_verifier was incorrect' }
    }
    return { ...this.#answer(grant), refresh_token: this.#newRefresh(grant) }
  }

  #renew(refreshToken: string): TokenAnswer | Failure {
    const grant = this.#refresh.get(refreshToken)
    if (grant === undefined) return { error: 'invalid_grant', error_description: 'Refresh token revoked' }
    if (this.#options.now() - grant.consentAtMs >= CONSENT_LIFETIME_MS) {
      return { error: 'invalid_grant', error_description: this.deadRefreshWords }
    }
    if (this.refreshMode === 'kept') return this.#answer(grant)
    this.#refresh.delete(refreshToken)
    return { ...this.#answer(grant), refresh_token: this.#newRefresh(grant) }
  }

  #newRefresh({ scopes, consentAtMs }: Grant): string {
    const refreshToken = fresh('refresh-')
    this.#refresh.set(refreshToken, { scopes, consentAtMs })
    return refreshToken
  }

  #answer({ scopes, consentAtMs }: Grant): TokenAnswer {
    const accessToken = fresh('access-')
    this.#access.set(accessToken, { scopes, consentAtMs, expiresAtMs: this.#options.now() + ACCESS_LIFETIME_MS })
    return { access_token: accessToken, token_type: 'Bearer', expires_in: 3_600, scope: scopes.join(' ') }
  }

  /** The scopes of an access token, or what is wrong with it. */
  check(accessToken: string | undefined): readonly string[] | 'missing' | 'invalid' | 'expired' {
    if (accessToken === undefined || accessToken === '') return 'missing'
    const grant = this.#access.get(accessToken)
    if (grant === undefined) return 'invalid'
    return this.#options.now() >= grant.expiresAtMs ? 'expired' : grant.scopes
  }

  /** Lets every access token run out now. */
  expireAccessTokens(): void {
    for (const [token, grant] of this.#access) this.#access.set(token, { ...grant, expiresAtMs: 0 })
  }

  revokeRefreshTokens(): void {
    this.#refresh.clear()
  }

  /** Consent without a browser: what a test or the demonstration starts from. */
  grant(scopes: readonly string[]): TokenAnswer & { readonly refresh_token: string } {
    const grant = { scopes, consentAtMs: this.#options.now() }
    return { ...this.#answer(grant), refresh_token: this.#newRefresh(grant) }
  }
}
