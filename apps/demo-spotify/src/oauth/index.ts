export { ConsentFlow } from './consent-flow.ts'
export { consentRequest, redirectProblem, SCOPES, type ConsentRequest } from './pkce.ts'
export { CONSENT_DAYS, SpotifyTokens, type Consent, type SpotifyTokensOptions } from './spotify-tokens.ts'
export { TokenStore, type StoredTokens } from './token-store.ts'
