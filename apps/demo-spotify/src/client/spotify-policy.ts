import { standardPolicy, type Clock, type PermitStore, type Policy, type StandardStrategies } from '@holdfast/core'

/** Longest `Retry-After` that is waited for inside a call; what is longer ends the call and is kept as a pause. */
export const LONGEST_WAIT_MS = 35_000

export interface SpotifyPolicyOptions {
  /** Calls per rolling 30 s that we allow ourselves; `false` for none. Default 45, because the real size is not published. */
  readonly windowPermits?: number | false
  /** Where the other processes of the application take their permits too. Default: nowhere. */
  readonly permitStore?: PermitStore
  readonly clock?: Clock
}

const WINDOW_MS = 30_000

// A limit admits its burst on top of what comes back meanwhile: a third at once and two thirds spread make up the whole.
const windowOf = (permits: number, store: PermitStore | undefined) => {
  const burst = Math.max(1, Math.floor(permits / 3))
  return { permits: Math.max(1, permits - burst), perMs: WINDOW_MS, burst, ...(store === undefined ? {} : { store }) }
}

/** One policy for everything that calls the Web API: breaker, gate, quota and retry budget are shared by ky and fetch. */
export const spotifyPolicy = (options: SpotifyPolicyOptions = {}): Policy<StandardStrategies> => {
  const { windowPermits = 45, permitStore, clock } = options
  return standardPolicy({
    name: 'spotify',
    deadline: { afterMs: 120_000 },
    retry: { maxRetries: 3, maxPushbackMs: LONGEST_WAIT_MS },
    serverGate: { maxWaitMs: LONGEST_WAIT_MS },
    rateLimit: windowPermits === false ? false : windowOf(windowPermits, permitStore),
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
