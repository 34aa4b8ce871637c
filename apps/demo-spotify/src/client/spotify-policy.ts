import { standardPolicy, type Clock, type Policy, type StandardStrategies } from '@holdfast/core'

/** Longest `Retry-After` that is waited for inside a call; what is longer ends the call and is kept as a pause. */
export const LONGEST_WAIT_MS = 35_000

export interface SpotifyPolicyOptions {
  /** Calls per rolling 30 s that we allow ourselves; `false` for none. Default 45, because the real size is not published. */
  readonly windowPermits?: number | false
  readonly clock?: Clock
}

/** One policy for everything that calls the Web API: breaker, gate, quota and retry budget are shared by ky and fetch. */
export const spotifyPolicy = (options: SpotifyPolicyOptions = {}): Policy<StandardStrategies> => {
  const { windowPermits = 45, clock } = options
  return standardPolicy({
    name: 'spotify',
    deadline: { afterMs: 120_000 },
    retry: { maxRetries: 3, maxPushbackMs: LONGEST_WAIT_MS },
    serverGate: { maxWaitMs: LONGEST_WAIT_MS },
    rateLimit: windowPermits === false ? false : { permits: windowPermits, perMs: 30_000 },
    ...(clock === undefined ? {} : { clock }),
  })
}

/** The accounts service is another host with other limits; a refresh changes nothing that a second one would break. */
export const accountsPolicy = (clock?: Clock): Policy<StandardStrategies> =>
  standardPolicy({
    name: 'spotify-accounts',
    deadline: { afterMs: 20_000 },
    ...(clock === undefined ? {} : { clock }),
  })
