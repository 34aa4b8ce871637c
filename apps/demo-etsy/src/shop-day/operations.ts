import { json, type ReceivedRequest, type ResponseAnswer } from '@holdfast/fault-server'
import { errorAnswer, validationAnswer } from '../simulator/error-answers.ts'
import { type Listing, poisonListingId, type Receipt, type ShopState, unixSeconds } from './shop-state.ts'

/** Carries out one operation on the shop and answers as Etsy does. */
export type Operation = (
  request: ReceivedRequest,
  shop: ShopState,
  dayMs: number,
) => ResponseAnswer | Promise<ResponseAnswer>

const application = '/v3/application'

/** The operations of this simulator by `METHOD /path`. */
export const operations: Readonly<Record<string, Operation>> = {
  [`GET ${application}/openapi-ping`]: () => json({ application_id: 1 }),
  [`GET ${application}/shops/:shop/listings`]: getListings,
  [`POST ${application}/shops/:shop/listings`]: createDraftListing,
  [`PATCH ${application}/shops/:shop/listings/:listing`]: updateListing,
  [`GET ${application}/listings/:listing/inventory`]: getInventory,
  [`PUT ${application}/listings/:listing/inventory`]: putInventory,
  [`GET ${application}/shops/:shop/receipts`]: getReceipts,
  [`GET ${application}/shops/:shop/receipts/:receipt`]: getReceipt,
  [`POST ${application}/shops/:shop/receipts/:receipt/tracking`]: addTracking,
}

function getListings(request: ReceivedRequest, shop: ShopState): ResponseAnswer {
  const state = request.query.get('state') ?? 'active'
  return pageOf(
    request,
    [...shop.listings.values()].filter((listing) => listing.state === state),
  )
}

async function createDraftListing(request: ReceivedRequest, shop: ShopState, dayMs: number): Promise<ResponseAnswer> {
  const form = new URLSearchParams(await request.text())
  const required = ['quantity', 'title', 'description', 'price', 'who_made', 'when_made', 'taxonomy_id']
  const missing = required.find((name) => !form.has(name))
  if (missing !== undefined) return validationAnswer(`/${missing}`, 'required', 'is required')
  const title = form.get('title') ?? ''
  if (/[%<>]/.test(title)) return validationAnswer('/title/1', 'invalid_characters', 'contains invalid characters')
  if (!form.has('readiness_state_id'))
    return errorAnswer(400, 'A readiness_state_id is required for physical listings.')
  const draft: Listing = {
    listing_id: shop.nextListingId,
    title,
    tags: (form.get('tags') ?? '').split(',').filter((tag) => tag !== ''),
    state: 'draft',
    quantity: Number(form.get('quantity')),
    price: { amount: Math.round(Number(form.get('price')) * 100), divisor: 100, currency_code: 'EUR' },
    updated_timestamp: unixSeconds(dayMs),
  }
  shop.nextListingId += 1
  shop.listings.set(draft.listing_id, draft)
  return json(draft, { status: 201 })
}

async function updateListing(request: ReceivedRequest, shop: ShopState, dayMs: number): Promise<ResponseAnswer> {
  const listing = shop.listings.get(Number(request.params['listing']))
  if (listing === undefined) return notFound('Listing', request.params['listing'])
  if (listing.listing_id === poisonListingId) return errorAnswer(500, 'Server Error')
  const form = new URLSearchParams(await request.text())
  const title = form.get('title')
  const tags = form.get('tags')
  if (title !== null) listing.title = title
  if (tags !== null) listing.tags = tags.split(',')
  listing.updated_timestamp = unixSeconds(dayMs)
  return json(listing)
}

function getInventory(request: ReceivedRequest, shop: ShopState): ResponseAnswer {
  const listing = shop.listings.get(Number(request.params['listing']))
  return listing === undefined ? notFound('Listing', request.params['listing']) : json(inventoryOf(listing))
}

async function putInventory(request: ReceivedRequest, shop: ShopState, dayMs: number): Promise<ResponseAnswer> {
  const listing = shop.listings.get(Number(request.params['listing']))
  if (listing === undefined) return notFound('Listing', request.params['listing'])
  const body = (await request.json()) as { products?: { offerings?: { quantity?: unknown }[]; product_id?: unknown }[] }
  const product = body.products?.[0]
  const quantity = product?.offerings?.[0]?.quantity
  if (typeof quantity !== 'number' || quantity < 0) {
    return validationAnswer('/products/0/offerings/0/quantity', 'invalid_type', 'must be a number of at least 0')
  }
  if (product?.product_id !== undefined) {
    return errorAnswer(400, 'Invalid field in inventory: product_id is read-only.')
  }
  listing.quantity = quantity
  listing.updated_timestamp = unixSeconds(dayMs)
  return json(inventoryOf(listing))
}

function getReceipts(request: ReceivedRequest, shop: ShopState, dayMs: number): ResponseAnswer {
  const since = Number(request.query.get('min_last_modified') ?? '0')
  const wantsShipped = request.query.get('was_shipped')
  const matching = [...shop.receipts.values()].filter(
    (receipt) =>
      receipt.placedAtMs <= dayMs &&
      receipt.updated_timestamp >= since &&
      (wantsShipped === null || String(receipt.shipments.length > 0) === wantsShipped),
  )
  return pageOf(request, matching.map(receiptBody))
}

function getReceipt(request: ReceivedRequest, shop: ShopState, dayMs: number): ResponseAnswer {
  const receipt = shop.receipts.get(Number(request.params['receipt']))
  if (receipt === undefined || receipt.placedAtMs > dayMs) return notFound('Shop Receipt', request.params['receipt'])
  return json(receiptBody(receipt))
}

async function addTracking(request: ReceivedRequest, shop: ShopState, dayMs: number): Promise<ResponseAnswer> {
  const receipt = shop.receipts.get(Number(request.params['receipt']))
  if (receipt === undefined || receipt.placedAtMs > dayMs) return notFound('Shop Receipt', request.params['receipt'])
  const body = (await request.json()) as { tracking_code?: unknown; carrier_name?: unknown }
  if (typeof body.tracking_code !== 'string' || typeof body.carrier_name !== 'string') {
    return validationAnswer('/tracking_code', 'required', 'tracking_code and carrier_name are required')
  }
  receipt.shipments.push({
    receipt_shipping_id: shop.nextShipmentId,
    tracking_code: body.tracking_code,
    carrier_name: body.carrier_name,
  })
  shop.nextShipmentId += 1
  receipt.updated_timestamp = unixSeconds(dayMs)
  // Etsy tells the buyer on every success, also when the same parcel is submitted twice.
  shop.emails.set(receipt.receipt_id, (shop.emails.get(receipt.receipt_id) ?? 0) + 1)
  return json(receiptBody(receipt))
}

function pageOf(request: ReceivedRequest, all: readonly unknown[]): ResponseAnswer {
  const limit = Number(request.query.get('limit') ?? '25')
  const offset = Number(request.query.get('offset') ?? '0')
  if (!(limit >= 1 && limit <= 100)) return validationAnswer('/limit', 'invalid_range', 'must be from 1 to 100')
  if (offset > 12_000) return errorAnswer(400, 'Offset provided is greater than the maximum offset allowed.')
  return json({ count: all.length, results: all.slice(offset, offset + limit) })
}

function inventoryOf(listing: Listing): unknown {
  const offering = {
    offering_id: listing.listing_id * 10 + 1,
    quantity: listing.quantity,
    is_enabled: true,
    is_deleted: false,
    price: listing.price,
    readiness_state_id: 1,
  }
  const product = { product_id: listing.listing_id * 10, sku: `MUG-${listing.listing_id}`, is_deleted: false }
  return {
    products: [{ ...product, offerings: [offering], property_values: [] }],
    price_on_property: [],
    quantity_on_property: [],
    sku_on_property: [],
  }
}

function receiptBody(receipt: Receipt): unknown {
  const { placedAtMs, ...fields } = receipt
  return {
    ...fields,
    create_timestamp: unixSeconds(placedAtMs),
    is_paid: true,
    is_shipped: receipt.shipments.length > 0,
    status: receipt.shipments.length > 0 ? 'completed' : 'paid',
  }
}

function notFound(kind: string, id: string | undefined): ResponseAnswer {
  return errorAnswer(404, `Could not find a ${kind} with id = ${id ?? ''}.`)
}
