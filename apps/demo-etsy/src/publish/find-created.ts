import type { CallOptions, EtsyClient, Listing } from '../client/index.ts'

const pageSize = 100
const deepestOffset = 12_000
/** Clocks differ. */
const slackSeconds = 300

/** The draft that a lost answer was about: one with the marker, made since then. Newest drafts come first. */
export async function findCreated(
  client: EtsyClient,
  wanted: { readonly marker: string; readonly title: string },
  sinceSeconds: number,
  call: CallOptions,
): Promise<Listing | undefined> {
  const seen = new Set<number>()
  for (let offset = 0; offset <= deepestOffset; offset += pageSize) {
    const page = await client.listings({ state: 'draft', limit: pageSize, offset }, call)
    const found = page.results.find((listing) => listing.tags.includes(wanted.marker))
    if (found !== undefined) return found
    const fresh = page.results.filter((listing) => !seen.has(listing.listingId))
    for (const listing of fresh) seen.add(listing.listingId)
    const isOlder = fresh.every((listing) => listing.createdAtSeconds < sinceSeconds - slackSeconds)
    if (fresh.length === 0 || isOlder || offset + pageSize >= page.count) return undefined
  }
  return undefined
}
