import type { Job } from './job.ts'

/** Sets the search tags of a listing; can wait when the quota is short. */
export function improveSeo(name: string, listingId: number, tags: readonly string[]): Job {
  return {
    id: `improve-seo-${name}`,
    kind: 'improve-seo',
    priority: 'background',
    async run({ api }) {
      await api.updateTags(listingId, tags)
    },
  }
}
