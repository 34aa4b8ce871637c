import { createHmac, randomUUID } from 'node:crypto'
import type { WebhookEvent } from './operation.ts'

/** Where and how webhooks are sent. */
export interface WebhookTarget {
  readonly url: string
  /** `whsec_` and the key in base64. */
  readonly secret: string
}

/** One message under way. */
export interface WebhookMessage {
  readonly id: string
  readonly event: WebhookEvent
  readonly body: string
}

const retryDelaysMs = [0, 5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 36_000_000]
const deliveryTimeoutMs = 5_000

/** Signs as Etsy does: HMAC-SHA256 over `id.timestamp.body`, key in base64 after `whsec_`. */
export function signWebhook(secret: string, id: string, timestamp: number, body: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  return createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
}

/** Options of a delivery that goes wrong on purpose (E28). */
export type WebhookFault = 'none' | 'duplicate' | 'bad-signature' | 'old' | 'lost' | 'three-signatures'

/** Faults by variant of E28. */
export const webhookFaults: readonly WebhookFault[] = ['duplicate', 'bad-signature', 'old', 'lost', 'three-signatures']

/** Delivers events with retries; times are simulated. */
export class WebhookSender {
  readonly #target: WebhookTarget
  readonly #clock: { nowMs(): number; readonly speed: number }
  readonly #onSent: (message: WebhookMessage, status: number | undefined) => void
  readonly #timers = new Set<NodeJS.Timeout>()
  #isClosed = false

  constructor(
    target: WebhookTarget,
    clock: { nowMs(): number; readonly speed: number },
    onSent: (message: WebhookMessage, status: number | undefined) => void,
  ) {
    this.#target = target
    this.#clock = clock
    this.#onSent = onSent
  }

  /** Sends an event about a receipt and repeats it until it is taken. */
  async send(event: WebhookEvent, shopId: number, receiptId: number, fault: WebhookFault = 'none'): Promise<void> {
    if (fault === 'lost') return
    const resource = `https://openapi.etsy.com/v3/application/shops/${shopId}/receipts/${receiptId}`
    const body = JSON.stringify({ event_type: event, resource_url: resource, shop_id: shopId })
    const message = { id: `msg_${randomUUID()}`, event, body }
    await this.#deliver(message, 0, fault)
    if (fault === 'duplicate') await this.#deliver(message, 0, fault)
  }

  close(): void {
    this.#isClosed = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }

  async #deliver(message: WebhookMessage, failures: number, fault: WebhookFault): Promise<void> {
    const timestamp = Math.floor(this.#clock.nowMs() / 1_000) - (fault === 'old' ? 600 : 0)
    const good = `v1,${signWebhook(this.#target.secret, message.id, timestamp, message.body)}`
    const bad = `v1,${signWebhook('whsec_AAAA', message.id, timestamp, message.body)}`
    const signature = fault === 'bad-signature' ? bad : fault === 'three-signatures' ? `${bad} ${good} ${bad}` : good
    const headers = {
      'content-type': 'application/json',
      'webhook-id': message.id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signature,
    }
    let status: number | undefined
    let isTaken = false
    try {
      const signal = AbortSignal.timeout(deliveryTimeoutMs)
      const response = await fetch(this.#target.url, { method: 'POST', body: message.body, headers, signal })
      status = response.status
      isTaken = response.ok
      await response.body?.cancel()
    } catch (error) {
      // A receiver that cannot be reached is a failed delivery like any other; what is no network failure is a bug here.
      if (!(error instanceof TypeError || error instanceof DOMException)) throw error
    }
    if (this.#isClosed) return
    this.#onSent(message, status)
    // A forged or an old message comes from somebody else, who does not repeat it.
    if (isTaken || fault === 'bad-signature' || fault === 'old') return
    const delayMs = retryDelaysMs[failures]
    if (delayMs === undefined) return
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      void this.#deliver(message, failures + 1, fault)
    }, delayMs / this.#clock.speed)
    timer.unref()
    this.#timers.add(timer)
  }
}
