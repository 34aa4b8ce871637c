/** What `Cache-Status` says about a stored answer that stands in for an error. */
export interface ServedStale {
  /** Whether a request was sent: a refusal of the policy sends none. */
  readonly isForwarded: boolean
  /** The status the upstream gave, where it gave one. */
  readonly status: number | undefined
  /** The code of the failure. */
  readonly because: string
  readonly ageMs: number
  readonly lifetimeMs: number
}

/**
 * The member of `Cache-Status` for a stored answer served in place of an error.
 *
 * `hit` and `fwd` exclude each other: a request that was sent and failed was forwarded, one the policy refused was not.
 * `ttl` is negative by as much as the answer is stale.
 *
 * @see RFC 9211, section 2
 */
export const cacheStatus = ({ isForwarded, status, because, ageMs, lifetimeMs }: ServedStale): string => {
  const ttl = Math.floor((lifetimeMs - ageMs) / 1_000)
  const way = isForwarded ? `fwd=${ttl < 0 ? 'stale' : 'bypass'}` : 'hit'
  const answer = isForwarded && status !== undefined ? `; fwd-status=${status}` : ''
  return `holdfast; ${way}${answer}; ttl=${ttl}; detail="${because.replaceAll(/[^\x20-\x7e]|["\\]/g, '')}"`
}
