import type { ReceivedRequest, ResponseAnswer } from '@holdfast/fault-server'
import type { Grants } from './grants.ts'
import type { Happening } from './journal.ts'
import type { ShopIdentity } from './seed-shop.ts'
import type { ShopStore } from './shop-store.ts'

/** What an operation may use. */
export interface OperationContext {
  readonly store: ShopStore
  readonly identity: ShopIdentity
  readonly grants: Grants
  readonly nowMs: () => number
  readonly seconds: () => number
  /** Time until the colours of a new picture are known, ms. */
  readonly imageProcessingMs: number
  readonly happened: (happening: Happening) => void
  /** Sends a webhook event about a receipt. */
  readonly announce: (event: WebhookEvent, receiptId: number) => void
}

/** The events Etsy tells of. */
export type WebhookEvent = 'order.paid' | 'order.canceled' | 'order.shipped' | 'order.delivered'

/** One operation of the document. */
export interface Operation {
  /** As in the official document. */
  readonly id: string
  readonly method: string
  /** With `:name` for path parameters. */
  readonly path: string
  /** Empty: the key alone will do. */
  readonly scopes: readonly string[]
  readonly run: (request: ReceivedRequest, context: OperationContext) => ResponseAnswer | Promise<ResponseAnswer>
}

/** Makes an operation under `/v3/application`. */
export function operation(id: string, route: string, scopes: readonly string[], run: Operation['run']): Operation {
  const [method = '', path = ''] = route.split(' ')
  return { id, method, path: `/v3/application${path}`, scopes, run }
}
