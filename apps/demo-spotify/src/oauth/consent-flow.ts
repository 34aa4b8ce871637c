import { AuthenticationError } from '@holdfast/core/service-errors'
import { consentRequest } from './pkce.ts'
import type { SpotifyTokens } from './spotify-tokens.ts'

const LONGEST_MS = 10 * 60_000
const MOST_OPEN = 20

/** Consents under way: each begins with an address and ends with the query that comes back to the redirect address. */
export class ConsentFlow {
  readonly #settings: { readonly authorizeUrl: string; readonly clientId: string; readonly redirectUri: string }
  readonly #tokens: SpotifyTokens
  readonly #open = new Map<string, { readonly verifier: string; readonly atMs: number }>()

  constructor(
    settings: { readonly authorizeUrl: string; readonly clientId: string; readonly redirectUri: string },
    tokens: SpotifyTokens,
  ) {
    this.#settings = settings
    this.#tokens = tokens
  }

  /** The address to open in a browser. */
  begin(): string {
    const { url, state, verifier } = consentRequest(this.#settings)
    const [oldest] = this.#open.keys()
    if (this.#open.size >= MOST_OPEN && oldest !== undefined) this.#open.delete(oldest)
    this.#open.set(state, { verifier, atMs: Date.now() })
    return url
  }

  /** @throws {AuthenticationError} When the person said no, or the answer is to a question that was not asked here. */
  async finish(query: URLSearchParams): Promise<void> {
    const state = query.get('state') ?? ''
    const asked = this.#open.get(state)
    this.#open.delete(state)
    const code = query.get('code')
    if (asked === undefined || code === null || Date.now() - asked.atMs > LONGEST_MS) {
      throw new AuthenticationError({ upstream: 'spotify', operation: 'consent', details: { consent: 'refused' } })
    }
    await this.#tokens.exchange(code, asked.verifier, this.#settings.redirectUri)
  }
}
