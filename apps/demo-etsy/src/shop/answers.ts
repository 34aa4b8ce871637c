import { UnreadableAnswerError } from './failure.ts'

/** The fields of a listing that the jobs use. */
export interface Listing {
  readonly listingId: number
  readonly title: string
  readonly tags: readonly string[]
}

/** The fields of an order that the jobs use. */
export interface Receipt {
  readonly receiptId: number
  readonly isShipped: boolean
  readonly updatedAtSeconds: number
  readonly trackingCodes: readonly string[]
}

/** One page of a list. */
export interface Page<T> {
  readonly count: number
  readonly results: readonly T[]
}

/** A product of an inventory with the fields that may be sent back; everything unknown is kept. */
export interface Inventory {
  readonly products: readonly InventoryProduct[]
  readonly rest: Readonly<Record<string, unknown>>
}

/** One product and its offerings. */
export interface InventoryProduct {
  readonly fields: Readonly<Record<string, unknown>>
  readonly offerings: readonly { readonly quantity: number; readonly fields: Readonly<Record<string, unknown>> }[]
}

type Fields = Readonly<Record<string, unknown>>

/** Reads `{count, results}` with a reader for one result. */
export function readPage<T>(body: unknown, readResult: (result: unknown) => T): Page<T> {
  const page = fieldsOf(body)
  return { count: numberIn(page, 'count'), results: listIn(page, 'results').map(readResult) }
}

/** Reads a listing. */
export function readListing(body: unknown): Listing {
  const listing = fieldsOf(body)
  return {
    listingId: numberIn(listing, 'listing_id'),
    title: String(listing['title']),
    tags: listIn(listing, 'tags').map(String),
  }
}

/** Reads an order with its parcels. */
export function readReceipt(body: unknown): Receipt {
  const receipt = fieldsOf(body)
  return {
    receiptId: numberIn(receipt, 'receipt_id'),
    isShipped: receipt['is_shipped'] === true,
    updatedAtSeconds: numberIn(receipt, 'updated_timestamp'),
    trackingCodes: listIn(receipt, 'shipments').map((shipment) => String(fieldsOf(shipment)['tracking_code'])),
  }
}

/** Reads an inventory. */
export function readInventory(body: unknown): Inventory {
  const { products, ...rest } = fieldsOf(body)
  return {
    rest,
    products: listIn({ products }, 'products').map((product) => {
      const { offerings, ...fields } = fieldsOf(product)
      return {
        fields,
        offerings: listIn({ offerings }, 'offerings').map((offering) => {
          const { quantity, ...others } = fieldsOf(offering)
          return { quantity: numberIn({ quantity }, 'quantity'), fields: others }
        }),
      }
    }),
  }
}

function fieldsOf(body: unknown): Fields {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Fields
  throw new UnreadableAnswerError(`unreadable answer: ${typeof body} instead of an object`)
}

function numberIn(fields: Fields, name: string): number {
  const value = fields[name]
  if (typeof value === 'number') return value
  throw new UnreadableAnswerError(`unreadable answer: ${name} is not a number`)
}

function listIn(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name]
  if (Array.isArray(value)) return value
  throw new UnreadableAnswerError(`unreadable answer: ${name} is not a list`)
}
