import { z } from 'zod'
import type { EtsyClient } from '../client/index.ts'
import { type Shape, shapeOf } from './shape-of.ts'

/** What one operation answered, without any value. */
export interface Recording {
  readonly operation: string
  readonly status: number
  /** Quota and request headers that were there, by name. */
  readonly headers: readonly string[]
  readonly body: Shape
}

const noted = /^(?:x-limit-|x-remaining-|retry-after$|x-etsy-request-uuid$|content-type$)/

/** Reads what costs nothing and changes nothing, and keeps the shapes of the answers. */
export async function record(client: EtsyClient): Promise<readonly Recording[]> {
  const shop = `/v3/application/shops/${client.connection.settings.shopId}`
  const reads: readonly (readonly [operation: string, url: string])[] = [
    ['ping', '/v3/application/openapi-ping'],
    ['getMe', '/v3/application/users/me'],
    ['getShop', shop],
    ['getListingsByShop', `${shop}/listings?limit=1`],
    ['getShopReceipts', `${shop}/receipts?limit=1`],
    ['getShopReadinessStateDefinitions', `${shop}/readiness-state-definitions`],
    ['getShopShippingProfiles', `${shop}/shipping-profiles`],
  ]
  const recordings: Recording[] = []
  for (const [operation, url] of reads) {
    const { data, response } = await client.connection.send({
      operation,
      config: { method: 'GET', url },
      shape: z.unknown(),
    })
    const headers = Object.keys(response.headers).filter((name) => noted.test(name))
    recordings.push({ operation, status: response.status, headers: headers.sort(), body: shapeOf(data) })
  }
  return recordings
}
