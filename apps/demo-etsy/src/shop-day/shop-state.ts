import { chanceOf } from '@holdfast/fault-server'

/** Money as Etsy sends it. */
export interface Money {
  readonly amount: number
  readonly divisor: number
  readonly currency_code: string
}

/** One listing with its single product. */
export interface Listing {
  readonly listing_id: number
  title: string
  tags: readonly string[]
  state: 'active' | 'draft'
  quantity: number
  readonly price: Money
  updated_timestamp: number
}

/** One parcel of an order. */
export interface Shipment {
  readonly receipt_shipping_id: number
  readonly tracking_code: string
  readonly carrier_name: string
}

/** One order. */
export interface Receipt {
  readonly receipt_id: number
  /** When the order comes in, milliseconds from the start of the day. */
  readonly placedAtMs: number
  readonly listing_id: number
  readonly quantity: number
  readonly shipments: Shipment[]
  updated_timestamp: number
}

/** Everything the provider knows about the shop. */
export interface ShopState {
  readonly shopId: number
  readonly listings: Map<number, Listing>
  readonly receipts: Map<number, Receipt>
  /** Buyer e-mails sent, by order. */
  readonly emails: Map<number, number>
  nextListingId: number
  nextShipmentId: number
}

/** Unix time at which every simulated day starts, seconds. */
export const dayStartSeconds = 1_790_000_000

/** The simulated wall clock in whole Unix seconds, as all Etsy timestamps. */
export function unixSeconds(dayMs: number): number {
  return dayStartSeconds + Math.floor(dayMs / 1_000)
}

/** Id of the listing whose updates always fail, whatever is sent. */
export const poisonListingId = 1_013

const listingCount = 110
const orderEveryMs = 1_300

/** The shop at the start of a day: listings in stock, and the orders that will come in before `ordersUntilMs`. */
export function createShop(seed: number, ordersUntilMs: number): ShopState {
  const listings = new Map<number, Listing>()
  for (let index = 0; index < listingCount; index += 1) {
    const id = 1_001 + index
    listings.set(id, {
      listing_id: id,
      title: `Hand-thrown mug no. ${index + 1}`,
      tags: ['mug', 'ceramic'],
      state: 'active',
      quantity: 5 + Math.floor(chanceOf(seed, `quantity-${id}`) * 20),
      price: { amount: 1_800 + index * 10, divisor: 100, currency_code: 'EUR' },
      updated_timestamp: dayStartSeconds,
    })
  }
  const receipts = new Map<number, Receipt>()
  for (let index = 0; index * orderEveryMs < ordersUntilMs; index += 1) {
    const id = 700_001 + index
    const placedAtMs = (index + chanceOf(seed, `order-${id}`)) * orderEveryMs
    if (placedAtMs >= ordersUntilMs) break
    receipts.set(id, {
      receipt_id: id,
      placedAtMs,
      listing_id: 1_001 + Math.floor(chanceOf(seed, `ordered-${id}`) * listingCount),
      quantity: 1,
      shipments: [],
      updated_timestamp: unixSeconds(placedAtMs),
    })
  }
  return { shopId: 42, listings, receipts, emails: new Map(), nextListingId: 900_001, nextShipmentId: 1 }
}
