import { json, type ReceivedRequest, type ResponseAnswer } from '@holdfast/fault-server'
import { z } from 'zod'
import { errorAnswer } from './error-answers.ts'
import { touch, unknownListing } from './listing-operations.ts'
import { operation, type OperationContext } from './operation.ts'
import type { WireInventory, WireListing } from './wire.ts'

/** Reads and replaces the stock of a listing. */
export const inventoryOperations = [
  operation('getListingInventory', 'GET /listings/:listing/inventory', ['listings_r'], getInventory),
  operation('updateListingInventory', 'PUT /listings/:listing/inventory', ['listings_w'], putInventory),
]

const properties = z.array(z.number()).default([])
// What the answer carries and the request may not (open-api#159) is refused, as in the real API.
const offeringShape = z.strictObject({
  price: z.number().min(0.2),
  quantity: z.number().int().min(0).max(999),
  is_enabled: z.boolean(),
  readiness_state_id: z.number().nullable(),
})
const propertyValueShape = z.strictObject({
  property_id: z.number(),
  property_name: z.string().optional(),
  value_ids: z.array(z.number()),
  scale_id: z.number().nullable().optional(),
  values: z.array(z.string()),
})
const bodyShape = z.strictObject({
  products: z
    .array(
      z.strictObject({
        sku: z.string().nullable().default(''),
        property_values: z.array(propertyValueShape).default([]),
        offerings: z.array(offeringShape).min(1),
      }),
    )
    .min(1),
  price_on_property: properties,
  quantity_on_property: properties,
  sku_on_property: properties,
  readiness_state_on_property: properties,
})

function getInventory(request: ReceivedRequest, { store }: OperationContext): ResponseAnswer {
  const inventory = store.inventory(Number(request.params['listing']))
  return inventory === undefined ? unknownListing(request.params['listing']) : json(inventory)
}

async function putInventory(request: ReceivedRequest, { store, seconds }: OperationContext): Promise<ResponseAnswer> {
  const listing = store.listing(Number(request.params['listing']))
  if (listing === undefined) return unknownListing(request.params['listing'])
  const body = bodyShape.safeParse(await request.json())
  if (!body.success) {
    const issues = body.error.issues.map(({ path, code, message }) => ({
      path: `/${path.map(String).join('/')}`,
      type: code,
      message,
    }))
    return json(issues, { status: 400 })
  }
  const { products, ...onProperty } = body.data
  if (products.length > 1 && products.some((product) => product.property_values.length === 0)) {
    return errorAnswer(400, 'Every product needs property_values when there is more than one.')
  }
  const inventory: WireInventory = {
    ...onProperty,
    products: products.map((product, index) => ({
      product_id: listing.listing_id * 10 + index,
      sku: product.sku ?? '',
      is_deleted: false,
      property_values: product.property_values.map((value) => ({ scale_name: null, ...value })),
      offerings: product.offerings.map((offering, place) => ({
        offering_id: listing.listing_id * 100 + index * 10 + place,
        ...offering,
        is_deleted: false,
        price: { amount: Math.round(offering.price * 100), divisor: 100, currency_code: 'EUR' },
      })),
    })),
  }
  store.saveInventory(listing.listing_id, inventory)
  store.saveListing(withStock(listing, inventory, seconds()))
  return json(inventory)
}

function withStock(listing: WireListing, inventory: WireInventory, seconds: number): WireListing {
  const offerings = inventory.products.flatMap((product) => product.offerings)
  listing.quantity = offerings.reduce((sum, offering) => sum + offering.quantity, 0)
  if (listing.quantity === 0 && listing.state === 'active') listing.state = 'sold_out'
  listing.price = offerings[0]?.price ?? listing.price
  touch(listing, seconds)
  return listing
}
