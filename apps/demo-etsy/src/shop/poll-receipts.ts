import type { Job } from './job.ts'
import { shipOrder } from './ship-order.ts'

/** What polling remembers from one poll to the next. */
export interface SeenReceipts {
  readonly ids: Set<number>
  /** Newest change seen, Unix seconds. */
  newestSeconds: number
}

/** Asks for paid orders changed since the last poll, with an overlap, and hands each new one on to be shipped. */
export function pollReceipts(number: number, seen: SeenReceipts): Job {
  return {
    id: `poll-receipts-${number}`,
    kind: 'poll-receipts',
    priority: 'critical',
    async run({ api, add }) {
      const page = await api.receiptsSince(Math.max(0, seen.newestSeconds - 2))
      for (const receipt of page.results) {
        seen.newestSeconds = Math.max(seen.newestSeconds, receipt.updatedAtSeconds)
        if (receipt.isShipped || seen.ids.has(receipt.receiptId)) continue
        seen.ids.add(receipt.receiptId)
        add(shipOrder(receipt.receiptId))
      }
    },
  }
}
