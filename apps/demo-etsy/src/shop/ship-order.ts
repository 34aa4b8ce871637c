import type { Job } from './job.ts'

/**
 * Submits the tracking code of a parcel. Etsy e-mails the buyer on every success, so after a run whose outcome is unknown
 * the order is read first, and the code is submitted again only if it is not there.
 */
export function shipOrder(receiptId: number): Job {
  const trackingCode = `HF${receiptId}`
  let mayBeSubmitted = false
  return {
    id: `ship-order-${receiptId}`,
    kind: 'ship-order',
    priority: 'critical',
    async run({ api }) {
      if (mayBeSubmitted) {
        const receipt = await api.receipt(receiptId)
        if (receipt.trackingCodes.includes(trackingCode)) return
      }
      mayBeSubmitted = true
      await api.addTracking(receiptId, trackingCode)
    },
  }
}
