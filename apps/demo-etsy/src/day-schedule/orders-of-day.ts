import { chanceOf } from '@holdfast/fault-server'

/** An order that will come in. */
export interface PlannedOrder {
  readonly receiptId: number
  readonly listingId: number
  /** Milliseconds from the start of the day. */
  readonly placedAtMs: number
}

const orderEveryMs = 1_300
const firstReceiptId = 700_001

/**
 * The orders of a day, the same for the same seed.
 * @param listings - Active listings, numbered from `firstListingId`.
 */
export function ordersOfDay(
  seed: number,
  untilMs: number,
  { firstListingId, listings }: { readonly firstListingId: number; readonly listings: number },
): PlannedOrder[] {
  return Array.from({ length: Math.max(0, Math.ceil(untilMs / orderEveryMs)) }, (_, index) => {
    const receiptId = firstReceiptId + index
    return {
      receiptId,
      listingId: firstListingId + Math.floor(chanceOf(seed, `ordered-${receiptId}`) * listings),
      placedAtMs: (index + chanceOf(seed, `order-${receiptId}`)) * orderEveryMs,
    }
  }).filter(({ placedAtMs }) => placedAtMs < untilMs)
}
