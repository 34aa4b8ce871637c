import { createHash, randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'

const hourMs = 3_600_000
const codeLifeMs = 600_000
const refreshLifeMs = 90 * 24 * hourMs

/** What the token endpoint hands out. */
export interface IssuedTokens {
  readonly access_token: string
  readonly token_type: 'Bearer'
  readonly expires_in: 3600
  readonly refresh_token: string
}

/** A refusal of the token endpoint (RFC 6749 section 5.2). */
export interface GrantRefusal {
  readonly error: 'invalid_grant'
  readonly error_description: string
}

/** What an access token stands for. */
export type AccessVerdict =
  { readonly isGood: true; readonly scopes: readonly string[] } | { readonly isGood: false; readonly reason: string }

/** The authorization server's memory: consents, access tokens, rotating refresh tokens. */
export class Grants {
  readonly #database: DatabaseSync
  readonly #nowMs: () => number
  readonly #userId: number

  /** @param userId - Access and refresh token both start with it and a dot. */
  constructor(database: DatabaseSync, nowMs: () => number, userId: number) {
    this.#database = database
    this.#nowMs = nowMs
    this.#userId = userId
  }

  consent(challenge: string, redirectUri: string, scopes: readonly string[]): string {
    const code = randomBytes(24).toString('base64url')
    this.#database
      .prepare('insert into consent values (?, ?, ?, ?, ?)')
      .run(code, challenge, redirectUri, scopes.join(' '), Math.floor(this.#nowMs() + codeLifeMs))
    return code
  }

  exchangeCode(code: string, verifier: string, redirectUri: string): IssuedTokens | GrantRefusal {
    const row = this.#database.prepare('delete from consent where code = ? returning *').get(code)
    if (row === undefined || Number(row['expires_ms']) < this.#nowMs()) return refused('code is invalid or expired')
    if (row['redirect_uri'] !== redirectUri) return refused('redirect_uri does not match')
    // RFC 7636 section 4.6.
    const challenge = createHash('sha256').update(verifier).digest('base64url')
    if (!/^[A-Za-z0-9._~-]{43,128}$/.test(verifier) || challenge !== row['challenge']) {
      return refused('code_verifier does not match')
    }
    return this.#issue(String(row['scopes']))
  }

  /** Gives a new pair for a refresh token, which is of no use afterwards. */
  refresh(refreshToken: string): IssuedTokens | GrantRefusal {
    const row = this.#database.prepare('select * from grant_token where refresh_token = ?').get(refreshToken)
    if (row === undefined || Number(row['is_revoked']) === 1) return refused('refresh_token is revoked')
    if (Number(row['refresh_expires_ms']) < this.#nowMs()) return refused('refresh_token is expired')
    this.#database.prepare('update grant_token set is_revoked = 1 where refresh_token = ?').run(refreshToken)
    return this.#issue(String(row['scopes']))
  }

  check(accessToken: string): AccessVerdict {
    const row = this.#database.prepare('select * from grant_token where access_token = ?').get(accessToken)
    if (row === undefined) return { isGood: false, reason: 'access token is invalid' }
    // The access token outlives the rotation of its refresh token.
    if (Number(row['access_expires_ms']) < this.#nowMs()) return { isGood: false, reason: 'access token is expired' }
    return { isGood: true, scopes: String(row['scopes']).split(' ') }
  }

  /** Ends every access token; refresh tokens stay good. */
  expireAccessTokens(): void {
    this.#database.prepare('update grant_token set access_expires_ms = 0').run()
  }

  /** What a new password of the seller does. */
  revokeAll(): void {
    this.#database.prepare('update grant_token set access_expires_ms = 0, is_revoked = 1').run()
  }

  /** A pair without the consent page, for tests and for the first start. */
  issueDirectly(scopes: readonly string[]): IssuedTokens {
    return this.#issue(scopes.join(' '))
  }

  #issue(scopes: string): IssuedTokens {
    const token = (): string => `${this.#userId}.${randomBytes(32).toString('base64url')}`
    const issued = { access_token: token(), token_type: 'Bearer', expires_in: 3600, refresh_token: token() } as const
    const nowMs = Math.floor(this.#nowMs())
    this.#database
      .prepare('insert into grant_token values (?, ?, ?, ?, ?, 0)')
      .run(issued.access_token, issued.refresh_token, scopes, nowMs + hourMs, nowMs + refreshLifeMs)
    return issued
  }
}

function refused(error_description: string): GrantRefusal {
  return { error: 'invalid_grant', error_description }
}
