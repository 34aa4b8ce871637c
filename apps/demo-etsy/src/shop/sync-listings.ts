import type { Listing } from './answers.ts'
import type { Job } from './job.ts'

const pageSize = 25

/** Copies all active listings, page by page; a failed run goes on at the page that failed. Pages may overlap: last wins. */
export function syncListings(number: number, copy: Map<number, Listing>): Job {
  let offset = 0
  return {
    id: `sync-listings-${number}`,
    kind: 'sync-listings',
    priority: 'default',
    async run({ api }) {
      for (let total = Infinity; offset < total; offset += pageSize) {
        const page = await api.listings({ state: 'active', limit: pageSize, offset })
        for (const listing of page.results) copy.set(listing.listingId, listing)
        total = page.count
      }
    },
  }
}
