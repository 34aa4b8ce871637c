/** Money as Etsy sends it. */
export interface WireMoney {
  readonly amount: number
  readonly divisor: number
  readonly currency_code: string
}

/** A listing with the fields the simulator changes; further fields of the document are kept as they are. */
export interface WireListing {
  readonly listing_id: number
  title: string
  description: string
  state: 'active' | 'inactive' | 'sold_out' | 'draft' | 'expired'
  quantity: number
  price: WireMoney
  tags: readonly string[]
  updated_timestamp: number
  taxonomy_id: number
  shipping_profile_id: number | null
  readiness_state_id: number | null
  [field: string]: unknown
}

/** One product of an inventory. */
export interface WireProduct {
  readonly product_id: number
  readonly sku: string
  readonly is_deleted: boolean
  readonly offerings: readonly {
    readonly offering_id: number
    readonly quantity: number
    readonly is_enabled: boolean
    readonly is_deleted: boolean
    readonly price: WireMoney
    readonly readiness_state_id: number | null
  }[]
  readonly property_values: readonly unknown[]
}

/** The inventory of a listing. */
export interface WireInventory {
  readonly products: readonly WireProduct[]
  readonly price_on_property: readonly number[]
  readonly quantity_on_property: readonly number[]
  readonly sku_on_property: readonly number[]
  readonly readiness_state_on_property: readonly number[]
}

/** One parcel. */
export interface WireShipment {
  readonly receipt_shipping_id: number
  readonly shipment_notification_timestamp: number
  readonly carrier_name: string
  readonly tracking_code: string
}

/** An order. */
export interface WireReceipt {
  readonly receipt_id: number
  status: string
  is_paid: boolean
  is_shipped: boolean
  updated_timestamp: number
  update_timestamp: number
  shipments: readonly WireShipment[]
  [field: string]: unknown
}

/** A picture of a listing. */
export interface WireImage {
  readonly listing_image_id: number
  readonly listing_id: number
  readonly rank: number
  [field: string]: unknown
}
