import { z } from 'zod'

// Etsy sends numbers as text now and then and leaves fields out at short notice: only what a job cannot do without is
// required, everything else has a default.
const id = z.coerce.number().int().positive()
const optionalId = z.coerce
  .number()
  .int()
  .positive()
  .nullish()
  .catch(null)
  .transform((value) => value ?? null)
const seconds = z.coerce
  .number()
  .nullish()
  .catch(null)
  .transform((value) => value ?? 0)
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '')
const strings = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? [])
const count = z.coerce
  .number()
  .int()
  .min(0)
  .nullish()
  .catch(null)
  .transform((value) => value ?? 0)

/** Money in minor units. */
export const moneyShape = z
  .object({ amount: z.coerce.number(), divisor: z.coerce.number().positive().catch(100), currency_code: text })
  .nullish()
  .transform((money) =>
    money == null ? null : { amount: money.amount, divisor: money.divisor, currencyCode: money.currency_code },
  )

export const listingShape = z
  .object({
    listing_id: id,
    title: text,
    description: text,
    state: z.string().catch('unknown'),
    quantity: count,
    tags: strings,
    price: moneyShape,
    taxonomy_id: optionalId,
    shipping_profile_id: optionalId,
    readiness_state_id: optionalId,
    created_timestamp: seconds,
    updated_timestamp: seconds,
  })
  .transform((listing) => ({
    listingId: listing.listing_id,
    title: listing.title,
    description: listing.description,
    state: listing.state,
    quantity: listing.quantity,
    tags: listing.tags,
    price: listing.price,
    taxonomyId: listing.taxonomy_id,
    shippingProfileId: listing.shipping_profile_id,
    readinessStateId: listing.readiness_state_id,
    createdAtSeconds: listing.created_timestamp,
    updatedAtSeconds: listing.updated_timestamp,
  }))

/** The fields of a listing that the jobs use. */
export type Listing = z.output<typeof listingShape>

export const receiptShape = z
  .object({
    receipt_id: id,
    status: text,
    is_paid: z
      .boolean()
      .nullish()
      .transform((paid) => paid ?? false),
    is_shipped: z
      .boolean()
      .nullish()
      .transform((shipped) => shipped ?? false),
    name: text,
    created_timestamp: seconds,
    updated_timestamp: seconds,
    grandtotal: moneyShape,
    shipments: z
      .array(z.object({ tracking_code: text, carrier_name: text }))
      .nullish()
      .transform((shipments) => shipments ?? []),
  })
  .transform((receipt) => ({
    receiptId: receipt.receipt_id,
    status: receipt.status,
    isPaid: receipt.is_paid,
    isShipped: receipt.is_shipped,
    buyerName: receipt.name,
    createdAtSeconds: receipt.created_timestamp,
    updatedAtSeconds: receipt.updated_timestamp,
    total: receipt.grandtotal,
    trackingCodes: receipt.shipments.map((shipment) => shipment.tracking_code),
  }))

/** The fields of an order that the jobs use. */
export type Receipt = z.output<typeof receiptShape>

export const imageShape = z
  .object({ listing_image_id: id, rank: count, alt_text: text, hex_code: z.string().nullish() })
  .transform((image) => ({
    imageId: image.listing_image_id,
    rank: image.rank,
    altText: image.alt_text,
    /** Etsy works on a new picture for a while. */
    isProcessed: image.hex_code != null,
  }))

/** A picture of a listing. */
export type ListingImage = z.output<typeof imageShape>

const propertyIds = z
  .array(z.coerce.number())
  .nullish()
  .transform((value) => value ?? [])
const offeringShape = z.object({
  price: moneyShape,
  quantity: count,
  is_enabled: z
    .boolean()
    .nullish()
    .transform((enabled) => enabled ?? true),
  readiness_state_id: optionalId,
})
const propertyValueShape = z.object({
  property_id: id,
  property_name: text,
  scale_id: optionalId,
  value_ids: propertyIds,
  values: strings,
})

/** An inventory with everything that must be sent back, and nothing that must not. */
export const inventoryShape = z.object({
  products: z.array(
    z.object({
      sku: text,
      offerings: z.array(offeringShape),
      property_values: z
        .array(propertyValueShape)
        .nullish()
        .transform((values) => values ?? []),
    }),
  ),
  price_on_property: propertyIds,
  quantity_on_property: propertyIds,
  sku_on_property: propertyIds,
  readiness_state_on_property: propertyIds,
})

/** The stock of a listing. */
export type Inventory = z.output<typeof inventoryShape>

export const readinessStateShape = z
  .object({
    readiness_state_id: id,
    readiness_state: text,
    min_processing_days: count,
    max_processing_days: count,
  })
  .transform((profile) => ({
    readinessStateId: profile.readiness_state_id,
    kind: profile.readiness_state,
    minDays: profile.min_processing_days,
    maxDays: profile.max_processing_days,
  }))

/** A processing profile. */
export type ReadinessState = z.output<typeof readinessStateShape>

export const scopesShape = z.object({ scopes: z.array(z.string()) }).transform(({ scopes }) => scopes)
export const pingShape = z.object({ application_id: z.coerce.number() }).transform((pong) => pong.application_id)
export const meShape = z
  .object({ user_id: id, shop_id: id })
  .transform((me) => ({ userId: me.user_id, shopId: me.shop_id }))
export const shopShape = z
  .object({ shop_id: id, shop_name: text, currency_code: text, listing_active_count: count })
  .transform((shop) => ({
    shopId: shop.shop_id,
    name: shop.shop_name,
    currencyCode: shop.currency_code,
    activeListings: shop.listing_active_count,
  }))

/** A page of a list; `count` is the number of all. */
export interface Page<T> {
  readonly count: number
  readonly results: readonly T[]
}

/** Reads a page; an entry that cannot be read is left out, so that one odd listing does not hide the rest. */
export function pageOf<T>(shape: z.ZodType<T>): z.ZodType<Page<T>> {
  return z.object({ count, results: z.array(z.unknown()) }).transform((page) => ({
    count: page.count,
    results: page.results.flatMap((entry) => {
      const read = shape.safeParse(entry)
      return read.success ? [read.data] : []
    }),
  }))
}
