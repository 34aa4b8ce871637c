import { isServiceError } from '@holdfast/core/service-errors'
import { z } from 'zod'
import type { CallOptions, EtsyClient } from '../client/index.ts'
import { type JobHandler, RunLater } from '../jobs/index.ts'

/** An order and its parcel. */
export const shipmentShape = z.object({
  receiptId: z.coerce.number().int().positive(),
  trackingCode: z.string().trim().min(1),
  carrierName: z.string().trim().min(1).default('other'),
  /** When the code was last sent; written before sending. */
  sentAtMs: z.number().optional(),
})

/** The job that ships an order once, however often it is added. */
export function shipJob(shipment: z.input<typeof shipmentShape>): {
  id: string
  kind: 'ship'
  priority: 'critical'
  data: unknown
} {
  const data = shipmentShape.parse(shipment)
  return { id: `ship-${data.receiptId}-${data.trackingCode}`, kind: 'ship', priority: 'critical', data }
}

/**
 * Job: submits a tracking code. Etsy e-mails the buyer on every success, so the order is read first whenever a submission
 * may have arrived, and not before it must have.
 *
 * @param settleMs - Time after which a submission that was sent has happened or never will. Default 5,000.
 */
export function shipOrder(client: EtsyClient, { settleMs = 5_000 }: { readonly settleMs?: number } = {}): JobHandler {
  return async (run) => {
    const shipment = shipmentShape.parse(run.data)
    const call: CallOptions = { priority: run.priority }
    if (shipment.sentAtMs !== undefined) {
      const settlesInMs = shipment.sentAtMs + settleMs - run.nowMs()
      if (settlesInMs > 0) throw new RunLater(settlesInMs, 'waiting until the unknown submission has settled')
    }
    const receipt = await client.receipt(shipment.receiptId, call)
    if (receipt.trackingCodes.includes(shipment.trackingCode)) {
      run.journal('already-shipped', { receiptId: shipment.receiptId })
      return
    }
    run.save({ ...shipment, sentAtMs: run.nowMs() })
    try {
      await client.addTracking(shipment.receiptId, shipment, call)
    } catch (error) {
      if (isServiceError(error, 'unknown-outcome')) {
        // It may be under way until now, so the time to settle begins here.
        run.save({ ...shipment, sentAtMs: run.nowMs() })
        run.journal('unknown-outcome', { operation: 'createReceiptShipment', status: error.status })
      }
      throw error
    }
    run.journal('shipped', { receiptId: shipment.receiptId })
  }
}
