import { type Policy, standardPolicy } from '@holdfast/core'

let made = 0

/** A policy with every strategy installed and none of them near its limit. */
export const quietPolicy = (options: { readonly maxRetries?: number } = {}): Policy => {
  made += 1
  return standardPolicy({
    name: `quiet-${made}`,
    retry: { maxRetries: options.maxRetries ?? 2 },
    rateLimit: { permits: 1_000_000, perMs: 1_000 },
    concurrency: { limit: 10_000, maxQueued: 10_000 },
  })
}
