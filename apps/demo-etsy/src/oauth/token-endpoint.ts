import { attach } from '@holdfast/axios-interceptor'
import { standardPolicy } from '@holdfast/core'
import { toServiceError } from '@holdfast/core/service-errors'
import axios, { type AxiosInstance } from 'axios'
import { z } from 'zod'
import type { OAuthSettings } from './pkce.ts'
import type { TokenSet } from './token-set.ts'

const answerShape = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  expires_in: z.coerce.number().positive().default(3_600),
})

const requestTimeoutMs = 10_000

/** The token endpoint through a policy of its own: its failures say nothing about the API. */
export class TokenEndpoint {
  readonly #instance: AxiosInstance
  readonly #settings: OAuthSettings

  constructor(settings: OAuthSettings) {
    this.#settings = settings
    this.#instance = axios.create({ timeout: requestTimeoutMs })
    const policy = standardPolicy({
      name: 'etsy-oauth',
      deadline: { afterMs: 15_000 },
      attemptTimeout: { afterMs: 5_000 },
    })
    attach(this.#instance, policy)
  }

  /** @throws {ServiceError} `authentication` for a code that is wrong or too old. */
  async exchange(code: string, verifier: string): Promise<TokenSet> {
    const { clientId, redirectUri } = this.#settings
    const form = { grant_type: 'authorization_code', client_id: clientId, redirect_uri: redirectUri, code }
    return this.#ask({ ...form, code_verifier: verifier }, undefined)
  }

  /**
   * A new pair for the refresh token. A 5xx or a lost answer is tried again with the same token: either the server has not
   * rotated yet, or it answers `invalid_grant`, which ends it.
   *
   * @throws {ServiceError} `authentication` when the seller must consent again.
   */
  async refresh(refreshToken: string): Promise<TokenSet> {
    const form = { grant_type: 'refresh_token', client_id: this.#settings.clientId, refresh_token: refreshToken }
    return this.#ask(form, refreshToken)
  }

  async #ask(form: Record<string, string>, oldRefreshToken: string | undefined): Promise<TokenSet> {
    const operation = form['grant_type'] ?? 'token'
    const idempotent = operation === 'refresh_token'
    try {
      const { data } = await this.#instance.post<unknown>(this.#settings.tokenUrl, new URLSearchParams(form), {
        timeout: requestTimeoutMs,
        resilience: { idempotent },
      })
      const { access_token, refresh_token = oldRefreshToken, expires_in } = answerShape.parse(data)
      if (refresh_token === undefined) throw new TypeError('the token answer carries no refresh_token')
      return { accessToken: access_token, refreshToken: refresh_token, expiresAtMs: Date.now() + expires_in * 1_000 }
    } catch (error) {
      throw toServiceError(error, { upstream: 'etsy', operation, idempotent })
    }
  }
}
