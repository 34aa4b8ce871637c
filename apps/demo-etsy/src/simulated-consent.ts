import type { TokenStore } from './oauth/index.ts'
import { appScopes } from './shop-app.ts'
import type { Simulator } from './simulator/index.ts'

/** Connects a shop to the simulator as if its seller had consented just now; the tokens are good for an hour. */
export function consentInSimulator(
  { grants }: Simulator,
  store: TokenStore,
  scopes: readonly string[] = appScopes,
): void {
  const issued = grants.issueDirectly(scopes)
  store.save({
    accessToken: issued.access_token,
    refreshToken: issued.refresh_token,
    expiresAtMs: Date.now() + 3_600_000,
  })
}
