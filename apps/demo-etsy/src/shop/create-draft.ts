import type { Job } from './job.ts'

/**
 * Creates a draft listing once. The API takes no reference of ours, so a marker tag stands in for one: after a run whose
 * outcome is unknown the drafts are read first, and a draft with the marker is adopted.
 */
export function createDraft(number: number, title: string): Job {
  const marker = `ref-${number}`
  let mayBeCreated = false
  return {
    id: `create-draft-${number}`,
    kind: 'create-draft',
    priority: 'default',
    async run({ api }) {
      if (mayBeCreated) {
        const drafts = await api.listings({ state: 'draft', limit: 100, offset: 0 })
        if (drafts.results.some((draft) => draft.tags.includes(marker))) return
      }
      mayBeCreated = true
      await api.createDraft({ title, description: 'Hand-thrown stoneware.', price: 24, quantity: 3, marker })
    },
  }
}
