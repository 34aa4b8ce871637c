import { publishJob } from '../publish/index.ts'
import { shipJob } from '../shipping/index.ts'
import type { ShopApp } from '../shop-app.ts'
import { makeReceipt, type Simulator } from '../simulator/index.ts'
import { samplePicture } from './sample-picture.ts'

const listings = 10
const orders = 15
const updates = 10

/** Gives the shop something to do: listings, orders that come in and must be shipped, tags. */
export function doADaysWork(app: ShopApp, simulator: Simulator): void {
  const round = Date.now()
  for (let number = 1; number <= listings; number += 1) {
    const title = `Mug of ${new Date(round).toISOString().slice(11, 19).replaceAll(':', ' ')} no. ${number}`
    const plan = {
      title,
      description: 'Stoneware, thrown by hand.',
      price: 24,
      quantity: 3,
      tags: ['mug'],
      images: [{ base64: samplePicture, altText: title }],
    }
    app.jobs.add(publishJob(`${round}-${number}`, plan))
  }
  const seconds = simulator.clock.seconds()
  for (let number = 0; number < orders; number += 1) {
    const listing = simulator.store.listing(1_001 + number)
    if (listing === undefined) continue
    const receiptId = Math.floor(round / 1_000) * 100 + number
    simulator.store.saveReceipt(makeReceipt(simulator.identity, receiptId, seconds, listing), seconds)
    void simulator.announce('order.paid', receiptId)
    app.jobs.add(shipJob({ receiptId, trackingCode: `HF${receiptId}` }))
  }
  for (let number = 0; number < updates; number += 1) {
    const listingId = 1_001 + number
    app.jobs.add({
      id: `seo-${round}-${number}`,
      kind: 'seo',
      priority: 'background',
      data: { listingId, tags: ['handmade', `day ${round % 1_000}`] },
    })
  }
}
