import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { type DeliveryHeaders, verifySignature } from './verify-signature.ts'

const bodyShape = z.object({
  event_type: z.enum(['order.paid', 'order.canceled', 'order.shipped', 'order.delivered']),
  resource_url: z.string(),
  shop_id: z.coerce.number(),
})

/** A webhook that was believed: a signal to read the order again, nothing more. */
export interface WebhookSignal {
  readonly event: z.output<typeof bodyShape>['event_type']
  readonly receiptId: number
  readonly webhookId: string
}

/** What to answer a delivery, and what became of it. */
export interface WebhookVerdict {
  readonly status: 200 | 400 | 401
  readonly result: 'accepted' | 'duplicate' | 'missing-headers' | 'too-old' | 'bad-signature' | 'unreadable'
}

/**
 * Receives webhooks: checks the signature, drops repeats by `webhook-id`, reads the order's id out of the resource URL
 * (its host is never called) and hands it on. A delivery counts as received only after `onSignal` has returned.
 */
export class WebhookReceiver {
  readonly #database: DatabaseSync
  readonly #options: {
    readonly secret: string
    readonly nowMs?: () => number
    readonly onSignal: (signal: WebhookSignal) => void
  }

  constructor(
    database: DatabaseSync,
    options: {
      readonly secret: string
      readonly nowMs?: () => number
      readonly onSignal: (signal: WebhookSignal) => void
    },
  ) {
    this.#database = database
    this.#options = options
    database.exec(
      'create table if not exists webhook_delivery (seq integer primary key, webhook_id text, at_ms integer not null, event text, receipt_id integer, result text not null)',
    )
    database.exec(
      "create unique index if not exists webhook_once on webhook_delivery (webhook_id) where result = 'accepted'",
    )
  }

  receive(headers: DeliveryHeaders, body: string): WebhookVerdict {
    const nowMs = (this.#options.nowMs ?? Date.now)()
    const problem = verifySignature(this.#options.secret, headers, body, nowMs)
    if (problem !== undefined) return this.#note(problem === 'missing-headers' ? 400 : 401, problem, headers.id)
    const read = bodyShape.safeParse(parsed(body))
    const receiptId = Number(/\/receipts\/(\d+)/.exec(read.data?.resource_url ?? '')?.[1])
    if (!read.success || !Number.isSafeInteger(receiptId)) return this.#note(400, 'unreadable', headers.id)
    const webhookId = headers.id ?? ''
    const known = this.#database
      .prepare("select 1 from webhook_delivery where webhook_id = ? and result = 'accepted'")
      .get(webhookId)
    const facts = { event: read.data.event_type, receiptId }
    if (known !== undefined) return this.#note(200, 'duplicate', webhookId, facts)
    this.#options.onSignal({ ...facts, webhookId })
    return this.#note(200, 'accepted', webhookId, facts)
  }

  /** The last deliveries, newest first. */
  deliveries(limit = 50): readonly {
    readonly atMs: number
    readonly event: string | null
    readonly receiptId: number | null
    readonly result: string
  }[] {
    return this.#database
      .prepare('select * from webhook_delivery order by seq desc limit ?')
      .all(limit)
      .map((row) => ({
        atMs: Number(row['at_ms']),
        event: row['event'] === null ? null : String(row['event']),
        receiptId: row['receipt_id'] === null ? null : Number(row['receipt_id']),
        result: String(row['result']),
      }))
  }

  #note(
    status: WebhookVerdict['status'],
    result: WebhookVerdict['result'],
    webhookId: string | undefined,
    facts?: { readonly event: string; readonly receiptId: number },
  ): WebhookVerdict {
    this.#database
      .prepare('insert into webhook_delivery (webhook_id, at_ms, event, receipt_id, result) values (?, ?, ?, ?, ?)')
      .run(webhookId?.slice(0, 100) ?? null, Date.now(), facts?.event ?? null, facts?.receiptId ?? null, result)
    return { status, result }
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    // The shape check says that it is unreadable.
    return undefined
  }
}
