import { isServiceError } from '@holdfast/core/service-errors'
import { z } from 'zod'
import {
  imageShape,
  type Inventory,
  inventoryShape,
  type Listing,
  type ListingImage,
  listingShape,
  meShape,
  type Page,
  pageOf,
  pingShape,
  type ReadinessState,
  readinessStateShape,
  type Receipt,
  receiptShape,
  scopesShape,
  shopShape,
} from './answers.ts'
import type { CallOptions, Connection, SendRequest } from './connection.ts'
import { existingId, inventoryBody } from './inventory-body.ts'

/** What a new listing needs. */
export interface NewListing {
  readonly title: string
  readonly description: string
  /** In units of the shop's currency, such as 24.5. */
  readonly price: number
  readonly quantity: number
  readonly taxonomyId: number
  readonly readinessStateId: number
  readonly shippingProfileId: number
  readonly tags: readonly string[]
}

/** Fields of a listing that can be changed; `state` publishes or takes down. */
export interface ListingChange {
  readonly title?: string
  readonly description?: string
  readonly tags?: readonly string[]
  readonly state?: 'active' | 'inactive'
}

const application = '/v3/application'
const mostInBatch = 100

/** The operations this app uses. Every method throws a `ServiceError`. */
export class EtsyClient {
  readonly connection: Connection
  readonly #shop: string

  constructor(connection: Connection) {
    this.connection = connection
    this.#shop = `${application}/shops/${connection.settings.shopId}`
  }

  ping(options?: CallOptions): Promise<number> {
    return this.#get('ping', `${application}/openapi-ping`, pingShape, {}, options, true)
  }

  scopes(token: string, options?: CallOptions): Promise<string[]> {
    const config = { method: 'POST', url: `${application}/scopes`, data: new URLSearchParams({ token }) }
    return this.#send({
      operation: 'tokenScopes',
      config,
      shape: scopesShape,
      isRepeatable: true,
      isPublic: true,
      options,
    })
  }

  me(options?: CallOptions): Promise<z.output<typeof meShape>> {
    return this.#get('getMe', `${application}/users/me`, meShape, {}, options)
  }

  shop(options?: CallOptions): Promise<z.output<typeof shopShape>> {
    return this.#get('getShop', this.#shop, shopShape, {}, options, true)
  }

  listings(
    page: { readonly state: string; readonly limit: number; readonly offset: number },
    options?: CallOptions,
  ): Promise<Page<Listing>> {
    return this.#get('getListingsByShop', `${this.#shop}/listings`, pageOf(listingShape), page, options)
  }

  listing(listingId: number, options?: CallOptions): Promise<Listing> {
    return this.#get('getListing', `${application}/listings/${listingId}`, listingShape, {}, options, true)
  }

  /** Listings by id, 100 at a time; ids that do not exist are found by halving and reported instead of failing the rest. */
  async listingsByIds(
    ids: readonly number[],
    options?: CallOptions,
  ): Promise<{ readonly listings: readonly Listing[]; readonly unknownIds: readonly number[] }> {
    const listings: Listing[] = []
    const unknownIds: number[] = []
    const read = async (part: readonly number[]): Promise<void> => {
      if (part.length === 0) return
      try {
        const query = { listing_ids: part.join(',') }
        const page = await this.#get(
          'getListingsByListingIds',
          `${application}/listings/batch`,
          pageOf(listingShape),
          query,
          options,
          true,
        )
        listings.push(...page.results)
      } catch (error) {
        if (!isServiceError(error, 'not-found')) throw error
        if (part.length === 1) unknownIds.push(...part)
        else {
          const middle = Math.ceil(part.length / 2)
          await read(part.slice(0, middle))
          await read(part.slice(middle))
        }
      }
    }
    for (let from = 0; from < ids.length; from += mostInBatch) await read(ids.slice(from, from + mostInBatch))
    return { listings, unknownIds }
  }

  /** Not to be sent again when its outcome is unknown: read the drafts first. */
  createDraft(listing: NewListing, options?: CallOptions): Promise<Listing> {
    const data = new URLSearchParams({
      title: listing.title,
      description: listing.description,
      price: String(listing.price),
      quantity: String(listing.quantity),
      who_made: 'i_did',
      when_made: 'made_to_order',
      taxonomy_id: String(listing.taxonomyId),
      readiness_state_id: String(listing.readinessStateId),
      shipping_profile_id: String(listing.shippingProfileId),
      tags: listing.tags.join(','),
    })
    const config = { method: 'POST', url: `${this.#shop}/listings`, data }
    return this.#send({ operation: 'createDraftListing', config, shape: listingShape, options })
  }

  /** Sets fields, so that sending it twice changes nothing more. */
  updateListing(listingId: number, change: ListingChange, options?: CallOptions): Promise<Listing> {
    const data = new URLSearchParams()
    for (const [name, value] of Object.entries(change))
      data.set(name, Array.isArray(value) ? value.join(',') : String(value))
    const config = { method: 'PATCH', url: `${this.#shop}/listings/${listingId}`, data }
    return this.#send({ operation: 'updateListing', config, shape: listingShape, isRepeatable: true, options })
  }

  async deleteListing(listingId: number, options?: CallOptions): Promise<void> {
    const config = { method: 'DELETE', url: `${application}/listings/${listingId}` }
    await this.#send({ operation: 'deleteListing', config, shape: z.unknown(), options })
  }

  images(listingId: number, options?: CallOptions): Promise<Page<ListingImage>> {
    return this.#get(
      'getListingImages',
      `${application}/listings/${listingId}/images`,
      pageOf(imageShape),
      {},
      options,
      true,
    )
  }

  uploadImage(
    listingId: number,
    image: { readonly bytes: Uint8Array; readonly fileName: string; readonly rank: number; readonly altText: string },
    options?: CallOptions,
  ): Promise<ListingImage> {
    const data = new FormData()
    data.set('image', new Blob([new Uint8Array(image.bytes)], { type: 'image/png' }), image.fileName)
    data.set('rank', String(image.rank))
    data.set('alt_text', image.altText)
    const config = { method: 'POST', url: `${this.#shop}/listings/${listingId}/images`, data }
    return this.#send({ operation: 'uploadListingImage', config, shape: imageShape, options })
  }

  inventory(listingId: number, options?: CallOptions): Promise<Inventory> {
    return this.#get(
      'getListingInventory',
      `${application}/listings/${listingId}/inventory`,
      inventoryShape,
      {},
      options,
    )
  }

  /** Replaces the whole inventory. */
  replaceInventory(listingId: number, inventory: Inventory, options?: CallOptions): Promise<Inventory> {
    const config = {
      method: 'PUT',
      url: `${application}/listings/${listingId}/inventory`,
      data: inventoryBody(inventory),
    }
    return this.#send({ operation: 'updateListingInventory', config, shape: inventoryShape, options })
  }

  receipts(
    query: {
      readonly changedSinceSeconds?: number
      readonly changedUntilSeconds?: number
      readonly wasShipped?: boolean
      readonly offset?: number
    },
    options?: CallOptions,
  ): Promise<Page<Receipt>> {
    const params = {
      ...(query.changedSinceSeconds === undefined ? {} : { min_last_modified: query.changedSinceSeconds }),
      ...(query.changedUntilSeconds === undefined ? {} : { max_last_modified: query.changedUntilSeconds }),
      ...(query.wasShipped === undefined ? {} : { was_shipped: query.wasShipped }),
      was_paid: true,
      sort_on: 'updated',
      sort_order: 'asc',
      limit: 100,
      offset: query.offset ?? 0,
    }
    return this.#get('getShopReceipts', `${this.#shop}/receipts`, pageOf(receiptShape), params, options)
  }

  receipt(receiptId: number, options?: CallOptions): Promise<Receipt> {
    return this.#get('getShopReceipt', `${this.#shop}/receipts/${receiptId}`, receiptShape, {}, options)
  }

  /** E-mails the buyer on every success: never to be sent again without reading the receipt. */
  addTracking(
    receiptId: number,
    parcel: { readonly trackingCode: string; readonly carrierName: string },
    options?: CallOptions,
  ): Promise<Receipt> {
    const data = { tracking_code: parcel.trackingCode, carrier_name: parcel.carrierName }
    const config = { method: 'POST', url: `${this.#shop}/receipts/${receiptId}/tracking`, data }
    return this.#send({ operation: 'createReceiptShipment', config, shape: receiptShape, options })
  }

  readinessStates(options?: CallOptions): Promise<Page<ReadinessState>> {
    const url = `${this.#shop}/readiness-state-definitions`
    return this.#get('getShopReadinessStateDefinitions', url, pageOf(readinessStateShape), {}, options)
  }

  /** The id of the profile; one that exists already is a success: Etsy tells where it is. */
  async ensureReadinessState(
    profile: { readonly kind: 'ready_to_ship' | 'made_to_order'; readonly minDays: number; readonly maxDays: number },
    options?: CallOptions,
  ): Promise<number> {
    const data = new URLSearchParams({
      readiness_state: profile.kind,
      min_processing_time: String(profile.minDays),
      max_processing_time: String(profile.maxDays),
      processing_time_unit: 'days',
    })
    const config = { method: 'POST', url: `${this.#shop}/readiness-state-definitions`, data }
    try {
      const operation = 'createShopReadinessStateDefinition'
      const made = await this.#send({ operation, config, shape: readinessStateShape, isRepeatable: true, options })
      return made.readinessStateId
    } catch (error) {
      const existing = isServiceError(error, 'conflict') ? existingId(error.cause) : undefined
      if (existing === undefined) throw error
      return existing
    }
  }

  async #send<T>(request: SendRequest<T>): Promise<T> {
    return (await this.connection.send(request)).data
  }

  #get<T>(
    operation: string,
    url: string,
    shape: z.ZodType<T>,
    params: object,
    options?: CallOptions,
    isPublic = false,
  ): Promise<T> {
    return this.#send({ operation, config: { method: 'GET', url, params }, shape, isPublic, options })
  }
}
