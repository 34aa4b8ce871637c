/** The tokens of one shop. */
export interface TokenSet {
  readonly accessToken: string
  readonly refreshToken: string
  /** Epoch ms. */
  readonly expiresAtMs: number
}

/** Where tokens survive a restart. `save` must be atomic: a reader sees the old pair or the new one. */
export interface TokenStore {
  load(): TokenSet | undefined
  save(tokens: TokenSet): void
  /** Why the seller has to consent again; `undefined` after a new consent. */
  readonly consentNeeded: string | undefined
  requireConsent(reason: string): void
}
