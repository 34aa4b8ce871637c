import type { CallOptions, EtsyClient, Receipt } from '../client/index.ts'
import type { JobHandler } from '../jobs/index.ts'
import type { OrderStore } from './order-store.ts'

/** Changes are read again this far back, because Etsy shows some of them late, seconds. */
const overlapSeconds = 300
const pageSize = 100
/** Deep offsets are refused (open-api#344), so paging goes on by time before it gets there. */
const mostPages = 10
/** Before Etsy existed; the API takes nothing older. */
const firstSecond = 946_684_800

/**
 * Job: finds every order that changed since the last poll, also those whose webhook was lost. Pages by time, not by deep
 * offset; orders that come twice count once.
 */
export function pollOrders(
  client: EtsyClient,
  store: OrderStore,
  onOrder: (receipt: Receipt) => void = () => undefined,
): JobHandler {
  return async (run) => {
    const call: CallOptions = { priority: run.priority }
    let since = Math.max(firstSecond, store.watermark - overlapSeconds)
    let changed = 0
    for (;;) {
      const from = since
      let newest = since
      let count = 0
      for (let page = 0; page < mostPages; page += 1) {
        const { results, count: all } = await client.receipts(
          { changedSinceSeconds: from, offset: page * pageSize },
          call,
        )
        for (const receipt of results) {
          if (store.upsert(receipt, 'poll')) {
            changed += 1
            onOrder(receipt)
          }
          newest = Math.max(newest, receipt.updatedAtSeconds)
        }
        count = all - (page + 1) * pageSize
        if (results.length === 0 || count <= 0) break
      }
      store.watermark = newest
      // All of one second on the last pages: going on from the same second would never end.
      if (count <= 0 || newest === from) break
      since = newest
    }
    if (changed > 0) run.journal('orders-changed', { changed })
  }
}

/** Job: reads one order that a webhook told of. */
export function readOrder(
  client: EtsyClient,
  store: OrderStore,
  onOrder: (receipt: Receipt) => void = () => undefined,
): JobHandler {
  return async (run) => {
    const { receiptId } = run.data as { receiptId: number }
    const receipt = await client.receipt(receiptId, { priority: run.priority })
    if (store.upsert(receipt, 'webhook')) onOrder(receipt)
  }
}
