import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { wrapFetch, type Policy, type ResilientFetch, type StandardStrategies } from '@holdfast/core'
import {
  AuthenticationError,
  isServiceError,
  responseToServiceError,
  toServiceError,
  ValidationError,
} from '@holdfast/core/service-errors'
import { z } from 'zod'
import type { StoredTokens, TokenStore } from './token-store.ts'

/** How long a consent lives, since July 2026; refreshing does not lengthen it. */
export const CONSENT_DAYS = 182
const DAY_MS = 86_400_000
// An access token is replaced before the last minute, so that none runs out on its way.
const EARLY_MS = 60_000
const POLL_MS = 50
const LONGEST_WAIT_MS = 40_000

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
  refresh_token: z.string().min(1).nullish(),
  scope: z.string().nullish(),
})

export interface SpotifyTokensOptions {
  /** Such as `https://accounts.spotify.com/api/token`. */
  readonly tokenUrl: string
  readonly clientId: string
  readonly store: TokenStore
  readonly policy: Policy<StandardStrategies>
  readonly now?: () => number
}

export interface Consent {
  readonly scopes: readonly string[]
  readonly endsAtMs: number
  readonly daysLeft: number
}

const consentNeeded = (reason: 'never-given' | 'ended', cause?: unknown): AuthenticationError =>
  new AuthenticationError({ upstream: 'spotify', operation: 'refresh', details: { consent: reason }, cause })

/**
 * Keeps the access token fresh: one refresh at a time, in this process and among all that share the store.
 *
 * A refresh token is replaced in the same write as the access token, and the old one kept when the answer has none.
 * `invalid_grant` ends the consent; everything else that goes wrong leaves the tokens as they are.
 */
export class SpotifyTokens {
  readonly #options: SpotifyTokensOptions
  readonly #now: () => number
  readonly #fetch: ResilientFetch<StandardStrategies>
  #refreshing: Promise<string> | undefined

  constructor(options: SpotifyTokensOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    this.#fetch = wrapFetch(options.policy)
  }

  /** The consent that is stored; undefined without one. */
  consent(): Consent | undefined {
    const held = this.#options.store.read()
    if (held === undefined) return undefined
    const endsAtMs = held.consentAtMs + CONSENT_DAYS * DAY_MS
    return { scopes: held.scopes, endsAtMs, daysLeft: Math.max(0, Math.ceil((endsAtMs - this.#now()) / DAY_MS)) }
  }

  async current(): Promise<string> {
    const held = this.#options.store.read()
    if (held === undefined) throw consentNeeded('never-given')
    return held.expiresAtMs - EARLY_MS > this.#now() ? held.accessToken : this.renew(held.accessToken)
  }

  renew(refused: string): Promise<string> {
    this.#refreshing ??= this.#renew(refused).finally(() => {
      this.#refreshing = undefined
    })
    return this.#refreshing
  }

  /** Trades the code of a consent for tokens and stores them. */
  async exchange(code: string, verifier: string, redirectUri: string): Promise<void> {
    const answer = await this.#ask(
      { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: redirectUri },
      'exchangeCode',
      false,
    )
    const refreshToken = answer.refresh_token
    if (refreshToken == null) throw consentNeeded('never-given')
    this.#options.store.write(this.#stored(answer, refreshToken, this.#now(), []))
  }

  async #renew(refused: string): Promise<string> {
    const { store } = this.#options
    const owner = randomUUID()
    const startedMs = performance.now()
    for (;;) {
      const held = store.read()
      if (held === undefined) throw consentNeeded('ended')
      // Another process was quicker.
      if (held.accessToken !== refused && held.expiresAtMs - EARLY_MS > this.#now()) return held.accessToken
      if (store.acquire(owner, Date.now())) {
        try {
          // It may have finished between the look and the lease.
          const latest = store.read() ?? held
          return latest.accessToken === refused ? await this.#refresh(latest) : latest.accessToken
        } finally {
          store.release(owner)
        }
      }
      if (performance.now() - startedMs > LONGEST_WAIT_MS) {
        throw new AuthenticationError({ upstream: 'spotify', operation: 'refresh', category: 'transient' })
      }
      await sleep(POLL_MS)
    }
  }

  async #refresh(held: StoredTokens): Promise<string> {
    const { store } = this.#options
    try {
      const form = { grant_type: 'refresh_token', refresh_token: held.refreshToken }
      const answer = await this.#ask(form, 'refresh', true)
      store.write(this.#stored(answer, answer.refresh_token ?? held.refreshToken, held.consentAtMs, held.scopes))
      return answer.access_token
    } catch (error) {
      if (isServiceError(error, 'authentication')) {
        store.discard(held.refreshToken)
        throw consentNeeded('ended', error)
      }
      throw error
    }
  }

  #stored(
    answer: z.infer<typeof tokenAnswer>,
    refreshToken: string,
    consentAtMs: number,
    scopes: readonly string[],
  ): StoredTokens {
    return {
      accessToken: answer.access_token,
      expiresAtMs: this.#now() + answer.expires_in * 1_000,
      refreshToken,
      scopes: answer.scope == null ? scopes : answer.scope.split(' '),
      consentAtMs,
    }
  }

  async #ask(
    form: Readonly<Record<string, string>>,
    operation: string,
    idempotent: boolean,
  ): Promise<z.infer<typeof tokenAnswer>> {
    const { tokenUrl, clientId } = this.#options
    const context = { upstream: 'spotify', operation, idempotent }
    const body = new URLSearchParams({ ...form, client_id: clientId })
    let data: unknown
    try {
      const response = await this.#fetch(tokenUrl, { method: 'POST', body, resilience: { idempotent } })
      if (!response.ok) throw await responseToServiceError(response, context)
      data = await response.json()
    } catch (failure) {
      throw toServiceError(failure, context)
    }
    const parsed = tokenAnswer.safeParse(data)
    if (parsed.success) return parsed.data
    const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.map(String), message }))
    throw new ValidationError(issues, { upstream: 'spotify', operation })
  }
}
