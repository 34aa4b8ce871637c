import type { AxiosInstance, AxiosRequestConfig } from 'axios'
import {
  type Inventory,
  type Listing,
  type Page,
  readInventory,
  readListing,
  readPage,
  readReceipt,
  type Receipt,
} from './answers.ts'
import type { CallJournal } from './call-journal.ts'
import { describeFailure } from './failure.ts'

/** What a new listing needs. */
export interface NewListing {
  readonly title: string
  readonly description: string
  readonly price: number
  readonly quantity: number
  /** Tag by which the listing is recognised again when the answer of its creation was lost. */
  readonly marker: string
}

/** The calls of the jobs. Every call throws what its client throws, or `UnreadableAnswerError`. */
export interface EtsyApi {
  listings(page: {
    readonly state: 'active' | 'draft'
    readonly limit: number
    readonly offset: number
  }): Promise<Page<Listing>>
  createDraft(listing: NewListing): Promise<Listing>
  updateTags(listingId: number, tags: readonly string[]): Promise<Listing>
  inventory(listingId: number): Promise<Inventory>
  replaceInventory(listingId: number, body: unknown): Promise<Inventory>
  receiptsSince(seconds: number): Promise<Page<Receipt>>
  receipt(receiptId: number): Promise<Receipt>
  addTracking(receiptId: number, trackingCode: string): Promise<Receipt>
}

/** On whose behalf calls are made: names them in both journals. */
export interface CallOwner {
  readonly jobId: string
  readonly run: number
  readonly priority: 'critical' | 'default' | 'background'
}

/** What the calls of one day share. */
export interface CallContext {
  readonly instance: AxiosInstance
  readonly journal: CallJournal
  /** Milliseconds since the start of the day. */
  readonly dayMs: () => number
  readonly shopId: number
}

const application = '/v3/application'

/** The API for one run of one job. */
export function createEtsyApi(context: CallContext, owner: CallOwner): EtsyApi {
  const shop = `${application}/shops/${context.shopId}`
  let calls = 0

  async function call<T>(
    name: string,
    config: AxiosRequestConfig,
    read: (body: unknown) => T,
    idempotent?: true,
  ): Promise<T> {
    calls += 1
    const callId = `${owner.jobId}/run${owner.run}/${calls}-${name}`
    const offeredAtMs = context.dayMs()
    context.journal.begin()
    const settle = (result: {
      outcome: 'answered' | 'rejected' | 'failed'
      reason: string | null
      isLocalRefusal: boolean
    }): void => {
      context.journal.settle({ callId, jobId: owner.jobId, offeredAtMs, settledAtMs: context.dayMs(), ...result })
    }
    try {
      const response = await context.instance.request<unknown>({
        ...config,
        headers: { 'x-demo-call': callId },
        resilience: { priority: owner.priority, ...(idempotent === undefined ? {} : { idempotent }) },
      })
      const answer = read(response.data)
      settle({ outcome: 'answered', reason: null, isLocalRefusal: false })
      return answer
    } catch (error) {
      const { reason, isPermanent, isLocalRefusal } = describeFailure(error)
      settle({ outcome: isPermanent ? 'rejected' : 'failed', reason, isLocalRefusal })
      throw error
    }
  }

  return {
    listings: (page) =>
      call('listings', { method: 'GET', url: `${shop}/listings`, params: page }, (body) => readPage(body, readListing)),
    createDraft: (listing) =>
      call('create-draft', { method: 'POST', url: `${shop}/listings`, data: draftForm(listing) }, readListing),
    updateTags: (listingId, tags) =>
      // Setting the same tags twice changes nothing, so this PATCH may be repeated.
      call(
        'update-tags',
        { method: 'PATCH', url: `${shop}/listings/${listingId}`, data: new URLSearchParams({ tags: tags.join(',') }) },
        readListing,
        true,
      ),
    inventory: (listingId) =>
      call('inventory', { method: 'GET', url: `${application}/listings/${listingId}/inventory` }, readInventory),
    replaceInventory: (listingId, data) =>
      call(
        'replace-inventory',
        { method: 'PUT', url: `${application}/listings/${listingId}/inventory`, data },
        readInventory,
      ),
    receiptsSince: (seconds) =>
      call(
        'receipts',
        {
          method: 'GET',
          url: `${shop}/receipts`,
          params: { min_last_modified: seconds, was_paid: true, was_shipped: false, limit: 100 },
        },
        (body) => readPage(body, readReceipt),
      ),
    receipt: (receiptId) => call('receipt', { method: 'GET', url: `${shop}/receipts/${receiptId}` }, readReceipt),
    addTracking: (receiptId, trackingCode) =>
      call(
        'tracking',
        {
          method: 'POST',
          url: `${shop}/receipts/${receiptId}/tracking`,
          data: { tracking_code: trackingCode, carrier_name: 'other' },
        },
        readReceipt,
      ),
  }
}

function draftForm(listing: NewListing): URLSearchParams {
  return new URLSearchParams({
    title: listing.title,
    description: listing.description,
    price: String(listing.price),
    quantity: String(listing.quantity),
    who_made: 'i_did',
    when_made: 'made_to_order',
    taxonomy_id: '1062',
    readiness_state_id: '1',
    shipping_profile_id: '1',
    tags: listing.marker,
  })
}
