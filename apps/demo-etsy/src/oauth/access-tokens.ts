import { AuthenticationError, isServiceError } from '@holdfast/core/service-errors'
import type { TokenSet, TokenStore } from './token-set.ts'

/** Refreshed this long before the end, ms. */
const earlyMs = 60_000

/**
 * The access token for calls. However many calls find it rejected at the same time, one refresh is sent; the new pair is
 * stored before anybody uses it, and the old one is dropped only then.
 */
export class AccessTokens {
  readonly #store: TokenStore
  readonly #refresh: (refreshToken: string) => Promise<TokenSet>
  readonly #nowMs: () => number
  #underway: Promise<string> | undefined

  constructor(store: TokenStore, refresh: (refreshToken: string) => Promise<TokenSet>, nowMs: () => number = Date.now) {
    this.#store = store
    this.#refresh = refresh
    this.#nowMs = nowMs
  }

  /** @throws {ServiceError} `authentication` when the seller must consent first. */
  async current(): Promise<string> {
    const tokens = this.#tokens()
    return tokens.expiresAtMs - this.#nowMs() > earlyMs ? tokens.accessToken : this.renew(tokens.accessToken)
  }

  /**
   * A token that is not `rejected`: the stored one when somebody refreshed meanwhile, else a new one.
   *
   * @throws {ServiceError} `authentication` when the seller must consent again, others when the refresh failed for now.
   */
  async renew(rejected: string): Promise<string> {
    if (this.#underway !== undefined) return this.#underway
    const tokens = this.#tokens()
    if (tokens.accessToken !== rejected) return tokens.accessToken
    this.#underway = this.#renewOnce(tokens).finally(() => {
      this.#underway = undefined
    })
    return this.#underway
  }

  async #renewOnce(tokens: TokenSet): Promise<string> {
    try {
      const fresh = await this.#refresh(tokens.refreshToken)
      this.#store.save(fresh)
      return fresh.accessToken
    } catch (error) {
      if (isServiceError(error, 'authentication'))
        this.#store.requireConsent('the refresh token was revoked or is too old')
      throw error
    }
  }

  #tokens(): TokenSet {
    const tokens = this.#store.load()
    if (tokens === undefined || this.#store.consentNeeded !== undefined) {
      throw new AuthenticationError({ upstream: 'etsy', operation: 'connect', details: { consentNeeded: true } })
    }
    return tokens
  }
}
