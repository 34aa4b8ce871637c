import { standardPolicy, wrapFetch } from '@holdfast/core'
import { settledHeapBytes } from './retained-bytes.ts'
import type { RetentionFigures } from './retention-figures.ts'

const stubFetch: typeof fetch = async () => new Response('{"id":1}')

/** One call to each of `origins` origins through one policy, of which it may remember a thousand. */
export const retainedByOrigins = async (origins: number): Promise<RetentionFigures> => {
  const policy = standardPolicy({ name: 'bench', rateLimit: { permits: 1e9, perMs: 1_000 } })
  const get = wrapFetch(policy, stubFetch)
  const visit = async (origin: number): Promise<void> => {
    await (await get(`https://shop-${origin}.example.com/listings`)).text()
  }
  for (let warm = 0; warm < 200; warm += 1) await visit(0)
  const beforeBytes = await settledHeapBytes()
  for (let origin = 0; origin < origins; origin += 1) await visit(origin)
  const afterBytes = await settledHeapBytes()
  const keysKept = Object.keys(policy.health().keys).length
  return { calls: origins, bytesPerCall: 0, listeners: 0, keysKept, bytesPerKey: (afterBytes - beforeBytes) / keysKept }
}
