import { standardPolicy, wrapFetch, type Failure } from '@holdfast/core'
import { logError, logPolicyEvents, type StructuredLogger } from '@holdfast/core/logging'
import { responseToServiceError, toServiceError } from '@holdfast/core/service-errors'
import { staleIfError } from '@holdfast/core/stale'

/** What the shop shows; `asOf` is set when it is not from just now. */
export interface Prices {
  readonly items: readonly { readonly sku: string; readonly cents: number }[]
  readonly asOf?: 'a stored copy' | 'the default'
}

export const priceClient = (baseUrl: string, log: StructuredLogger) => {
  const about = { upstream: 'prices', operation: 'getPrices' }
  const policy = standardPolicy({
    name: 'prices',
    deadline: { afterMs: 3_000 }, // the whole call, waits included
    attemptTimeout: { afterMs: 800 }, // one try
    retry: { maxRetries: 2, baseMs: 50 }, // only what may be sent again, within a shared budget
    // Breaker, gate and throttle are on by default.
    staleIfError: staleIfError({ maxStaleMs: 3_600_000 }), // the last good answer, an hour old at most
    fallback: {
      // What has no copy: a default, and a line in the log, because here the failure ends.
      answer: ({ error, key }: Failure) => {
        logError(log, toServiceError(error, about), { severity: 'expected', context: { key, answered: 'default' } })
        return { items: [], asOf: 'the default' } satisfies Prices
      },
    },
  })
  logPolicyEvents(policy, log) // one line when the circuit opens, one when it closes
  policy.on('stale-served', ({ reason, ageMs, staleMs }) => {
    log.warn({ 'holdfast.operation': about.operation, reason, ageMs, staleMs }, 'prices from a stored copy')
  })
  const get = wrapFetch(policy)

  return {
    policy,
    async prices(): Promise<Prices> {
      const response = await get(`${baseUrl}/prices`)
      // A 4xx is this program's mistake: no copy and no default hides it.
      if (!response.ok) throw await responseToServiceError(response, about)
      const prices = (await response.json()) as Prices
      return response.headers.has('cache-status') ? { ...prices, asOf: 'a stored copy' } : prices
    },
  }
}
