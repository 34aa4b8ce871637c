import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import type { CallOptions, EtsyClient } from '../client/index.ts'
import type { JobHandler } from '../jobs/index.ts'

const shape = z.object({
  listingId: z.coerce.number().int().positive(),
  tags: z.array(z.string().trim().min(1).max(20)).min(1).max(13),
})
const mostReads = 3

/** Job at background priority: sets the tags of a listing, and reads whether Etsy shows them. */
export function improveTags(
  client: EtsyClient,
  { verifyEveryMs = 300 }: { readonly verifyEveryMs?: number } = {},
): JobHandler {
  return async (run) => {
    const { listingId, tags } = shape.parse(run.data)
    const call: CallOptions = { priority: 'background' }
    const isSet = (shown: readonly string[]): boolean => shown.join() === tags.join()
    if (isSet((await client.listing(listingId, call)).tags)) return
    if (isSet((await client.updateListing(listingId, { tags }, call)).tags)) return
    for (let read = 1; read <= mostReads; read += 1) {
      if (isSet((await client.listing(listingId, call)).tags)) return
      await wait(verifyEveryMs)
    }
    // Written again and again it would burn quota; a person is told instead.
    run.journal('warning', { what: 'Etsy took the tags but does not show them yet', listingId })
  }
}
