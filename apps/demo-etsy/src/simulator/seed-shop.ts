import { chanceOf } from '@holdfast/fault-server'
import type { ShopStore } from './shop-store.ts'
import { unknownColours } from './new-image.ts'
import type { WireListing, WireReceipt } from './wire.ts'

/** Who the shop is. */
export interface ShopIdentity {
  readonly shopId: number
  readonly userId: number
  readonly shopName: string
}

const glazes = ['celadon', 'tenmoku', 'shino', 'ash', 'cobalt', 'oatmeal', 'iron red', 'chun blue']
const pieces = ['mug', 'bowl', 'vase', 'plate', 'teapot', 'jug', 'cup', 'planter']

/** A whole listing in the shape of the API. */
export function makeListing(
  identity: ShopIdentity,
  id: number,
  seconds: number,
  fields: Partial<WireListing>,
): WireListing {
  return {
    listing_id: id,
    user_id: identity.userId,
    shop_id: identity.shopId,
    title: `Listing ${id}`,
    description: '',
    state: 'draft',
    creation_timestamp: seconds,
    created_timestamp: seconds,
    ending_timestamp: seconds + 120 * 86_400,
    original_creation_timestamp: seconds,
    last_modified_timestamp: seconds,
    updated_timestamp: seconds,
    state_timestamp: seconds,
    quantity: 1,
    shop_section_id: null,
    featured_rank: -1,
    url: `https://www.etsy.com/listing/${id}`,
    num_favorers: 0,
    non_taxable: false,
    is_taxable: true,
    is_customizable: false,
    is_personalizable: false,
    listing_type: 'physical',
    tags: [],
    materials: [],
    shipping_profile_id: null,
    return_policy_id: null,
    processing_min: null,
    processing_max: null,
    who_made: 'i_did',
    when_made: 'made_to_order',
    is_supply: false,
    item_weight: null,
    item_weight_unit: null,
    is_private: false,
    style: [],
    has_variations: false,
    should_auto_renew: false,
    language: 'en-US',
    price: { amount: 1_000, divisor: 100, currency_code: 'EUR' },
    taxonomy_id: 1_062,
    readiness_state_id: null,
    ...fields,
  }
}

/** An order of one piece in the shape of the API. */
export function makeReceipt(identity: ShopIdentity, id: number, seconds: number, listing: WireListing): WireReceipt {
  const money = (amount: number): unknown => ({ amount, divisor: 100, currency_code: 'EUR' })
  const buyer = { buyer_user_id: 9_000_000 + id, seller_user_id: identity.userId }
  const transaction = {
    transaction_id: id * 10 + 1,
    title: listing.title,
    description: '',
    ...buyer,
    create_timestamp: seconds,
    created_timestamp: seconds,
    paid_timestamp: seconds,
    shipped_timestamp: null,
    quantity: 1,
    listing_image_id: null,
    receipt_id: id,
    is_digital: false,
    file_data: '',
    listing_id: listing.listing_id,
    transaction_type: 'listing',
    product_id: listing.listing_id * 10,
    sku: `SKU-${listing.listing_id}`,
    price: listing.price,
    shipping_cost: money(490),
    variations: [],
    product_data: [],
    shipping_profile_id: 1,
    min_processing_days: 1,
    max_processing_days: 3,
    expected_ship_date: seconds + 3 * 86_400,
  }
  return {
    receipt_id: id,
    receipt_type: 0,
    ...buyer,
    seller_email: null,
    buyer_email: null,
    name: `Buyer ${id % 97}`,
    city: 'Oslo',
    state: null,
    zip: '0150',
    country_iso: 'NO',
    payment_method: 'cc',
    message_from_buyer: null,
    status: 'paid',
    is_paid: true,
    is_shipped: false,
    create_timestamp: seconds,
    created_timestamp: seconds,
    update_timestamp: seconds,
    updated_timestamp: seconds,
    is_gift: false,
    gift_message: '',
    gift_sender: '',
    grandtotal: money(listing.price.amount + 490),
    subtotal: money(listing.price.amount),
    total_price: money(listing.price.amount),
    total_shipping_cost: money(490),
    total_tax_cost: money(0),
    total_vat_cost: money(0),
    discount_amt: money(0),
    gift_wrap_price: money(0),
    shipments: [],
    transactions: [transaction],
    refunds: [],
  }
}

/** Fills an empty shop: active listings with a picture and stock, a processing profile, orders to ship. */
export function seedShop(
  store: ShopStore,
  identity: ShopIdentity,
  seconds: number,
  { listings, orders, seed }: { readonly listings: number; readonly orders: number; readonly seed: number },
): void {
  store.saveReadinessState(1, readinessBody(identity.shopId, 1, 'ready_to_ship', 1, 3))
  for (let index = 0; index < listings; index += 1) {
    const id = 1_001 + index
    const glaze = glazes[Math.floor(chanceOf(seed, `glaze-${id}`) * glazes.length)] ?? ''
    const piece = pieces[index % pieces.length] ?? ''
    const listing = makeListing(identity, id, seconds, {
      title: `Hand-thrown ${glaze} ${piece} no. ${index + 1}`,
      description: 'Stoneware, thrown and glazed by hand.',
      state: 'active',
      quantity: 5 + Math.floor(chanceOf(seed, `quantity-${id}`) * 20),
      price: { amount: 1_800 + index * 10, divisor: 100, currency_code: 'EUR' },
      tags: [piece, glaze],
      shipping_profile_id: 1,
      readiness_state_id: 1,
    })
    store.saveListing(listing)
    store.saveInventory(id, singleProduct(listing))
    store.saveImage(unknownColours(id, 50_001 + index, 1, '', seconds), 0)
  }
  for (let index = 0; index < orders; index += 1) {
    const listing = store.listing(1_001 + (index % Math.max(1, listings)))
    if (listing !== undefined) store.saveReceipt(makeReceipt(identity, 700_001 + index, seconds, listing), seconds)
  }
}

/** The inventory of a listing without variations. */
export function singleProduct(listing: WireListing): Parameters<ShopStore['saveInventory']>[1] {
  const offering = {
    offering_id: listing.listing_id * 10 + 1,
    quantity: listing.quantity,
    is_enabled: true,
    is_deleted: false,
    price: listing.price,
    readiness_state_id: listing.readiness_state_id,
  }
  const product = { product_id: listing.listing_id * 10, sku: `SKU-${listing.listing_id}`, is_deleted: false }
  return {
    products: [{ ...product, offerings: [offering], property_values: [] }],
    price_on_property: [],
    quantity_on_property: [],
    sku_on_property: [],
    readiness_state_on_property: [],
  }
}

/** A processing profile in the shape of the API. */
export function readinessBody(
  shopId: number,
  id: number,
  state: string,
  min: number,
  max: number,
): Record<string, unknown> {
  return {
    shop_id: shopId,
    readiness_state_id: id,
    readiness_state: state,
    min_processing_days: min,
    max_processing_days: max,
    processing_days_display_label: `${min} - ${max} days`,
  }
}
