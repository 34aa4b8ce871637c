import { json, type ReceivedRequest, respond, type ResponseAnswer } from '@holdfast/fault-server'
import { nextNumber } from './database.ts'
import { errorAnswer, validationAnswer } from './error-answers.ts'
import { operation, type OperationContext } from './operation.ts'
import { readPage } from './paging.ts'
import { makeListing, singleProduct } from './seed-shop.ts'
import type { WireListing } from './wire.ts'

/** Lists, creates, changes and deletes listings. */
export const listingOperations = [
  operation('getListingsByListingIds', 'GET /listings/batch', [], batch),
  operation('getListingsInventoryByListingIds', 'GET /listings/batch/inventory', ['listings_r'], batchInventory),
  operation('getListingsShippingByListingIds', 'GET /listings/batch/shipping', ['shops_r'], batch),
  operation('getListingsByShop', 'GET /shops/:shop/listings', ['listings_r'], listingsByShop),
  operation('createDraftListing', 'POST /shops/:shop/listings', ['listings_w'], createDraft),
  operation('updateListing', 'PATCH /shops/:shop/listings/:listing', ['listings_w'], updateListing),
  operation('getListing', 'GET /listings/:listing', [], getListing),
  operation('deleteListing', 'DELETE /listings/:listing', ['listings_d'], deleteListing),
]

const states = ['active', 'inactive', 'sold_out', 'draft', 'expired']
const unwritable = /[%<>]/

function listingsByShop(request: ReceivedRequest, { store }: OperationContext): ResponseAnswer {
  const page = readPage(request)
  if ('kind' in page) return page
  const state = request.query.get('state') ?? 'active'
  if (!states.includes(state)) return validationAnswer('/state', 'invalid_value', `must be one of ${states.join(', ')}`)
  return json(store.listingsIn(state, page.limit, page.offset))
}

function getListing(request: ReceivedRequest, { store }: OperationContext): ResponseAnswer {
  const listing = store.listing(Number(request.params['listing']))
  return listing === undefined ? unknownListing(request.params['listing']) : json(listing)
}

function idsOf(request: ReceivedRequest): number[] {
  return (request.query.get('listing_ids') ?? '').split(',').map(Number)
}

/** One unknown id makes a 404 of the whole batch. */
function batch(request: ReceivedRequest, { store }: OperationContext): ResponseAnswer {
  const ids = idsOf(request)
  if (ids.length > 100) return validationAnswer('/listing_ids', 'too_many', 'at most 100 ids')
  const results = ids.map((id) => store.listing(id)).filter((listing) => listing !== undefined)
  if (results.length < ids.length) return errorAnswer(404, 'One or more listings could not be found.')
  return json({ count: results.length, results })
}

function batchInventory(request: ReceivedRequest, { store }: OperationContext): ResponseAnswer {
  const ids = idsOf(request)
  if (ids.length > 100) return validationAnswer('/listing_ids', 'too_many', 'at most 100 ids')
  const listings = ids.map((id) => store.listing(id)).filter((listing) => listing !== undefined)
  if (listings.length < ids.length) return errorAnswer(404, 'One or more listings could not be found.')
  const results = listings.map((listing) => ({ ...listing, inventory: store.inventory(listing.listing_id) ?? null }))
  return json({ count: results.length, results })
}

async function createDraft(request: ReceivedRequest, context: OperationContext): Promise<ResponseAnswer> {
  const { store, identity, seconds } = context
  const form = new URLSearchParams(await request.text())
  const required = ['quantity', 'title', 'description', 'price', 'who_made', 'when_made', 'taxonomy_id']
  const missing = required.filter((name) => (form.get(name) ?? '') === '')
  if (missing.length > 0) {
    return json(
      missing.map((name) => ({ path: `/${name}`, type: 'required', message: 'is required' })),
      { status: 400 },
    )
  }
  const title = form.get('title') ?? ''
  if (unwritable.test(title)) return validationAnswer('/title/1', 'invalid_characters', 'contains invalid characters')
  if (!form.has('readiness_state_id')) {
    return errorAnswer(400, 'A readiness_state_id is required for physical listings.')
  }
  const listing = makeListing(identity, nextNumber(store.database, 'listing', 900_001), seconds(), {
    title,
    description: form.get('description') ?? '',
    quantity: Number(form.get('quantity')),
    price: { amount: Math.round(Number(form.get('price')) * 100), divisor: 100, currency_code: 'EUR' },
    tags: listOf(form.get('tags')),
    taxonomy_id: Number(form.get('taxonomy_id')),
    readiness_state_id: Number(form.get('readiness_state_id')),
    shipping_profile_id: form.has('shipping_profile_id') ? Number(form.get('shipping_profile_id')) : null,
  })
  store.saveListing(listing)
  store.saveInventory(listing.listing_id, singleProduct(listing))
  context.happened({ kind: 'listing-created', operation: 'createDraftListing', subject: String(listing.listing_id) })
  return json(listing, { status: 201 })
}

async function updateListing(request: ReceivedRequest, context: OperationContext): Promise<ResponseAnswer> {
  const { store, seconds, nowMs } = context
  const listing = store.listing(Number(request.params['listing']))
  if (listing === undefined) return unknownListing(request.params['listing'])
  const form = new URLSearchParams(await request.text())
  const title = form.get('title')
  if (title !== null && unwritable.test(title)) {
    return validationAnswer('/title/1', 'invalid_characters', 'contains invalid characters')
  }
  const state = form.get('state')
  if (state === 'active' && listing.state !== 'active') {
    if (store.images(listing.listing_id, nowMs()).length === 0) {
      return errorAnswer(400, 'Listing must have at least one image to be activated.')
    }
    if (listing.shipping_profile_id === null) return errorAnswer(400, 'A valid shipping profile is required.')
    store.chargeFee(listing.listing_id, nowMs())
    const subject = String(listing.listing_id)
    context.happened({ kind: 'listing-published', operation: 'updateListing', subject })
  }
  if (title !== null) listing.title = title
  if (form.has('description')) listing.description = form.get('description') ?? ''
  if (form.has('tags')) listing.tags = listOf(form.get('tags'))
  if (form.has('shipping_profile_id')) listing.shipping_profile_id = Number(form.get('shipping_profile_id'))
  if (state === 'active' || state === 'inactive') listing.state = state
  touch(listing, seconds())
  store.saveListing(listing)
  return json(listing)
}

function deleteListing(request: ReceivedRequest, { store }: OperationContext): ResponseAnswer {
  const listing = store.listing(Number(request.params['listing']))
  if (listing === undefined) return unknownListing(request.params['listing'])
  store.deleteListing(listing.listing_id)
  return respond(204)
}

/** Marks a change of a listing. */
export function touch(listing: WireListing, seconds: number): void {
  listing.updated_timestamp = seconds
  listing['last_modified_timestamp'] = seconds
}

/** Etsy's words for a listing that does not exist. */
export function unknownListing(id: string | undefined): ResponseAnswer {
  return errorAnswer(404, `Could not find a Listing with listing_id = ${id ?? ''}.`)
}

function listOf(text: string | null): string[] {
  return (text ?? '').split(',').filter((part) => part !== '')
}
