import { expect, test } from 'vitest'
import { shipJob } from '../src/shipping/index.ts'
import { settleJobs, startShop } from './shop-rig.ts'

test('200 orders shipped under E17 and E20: one e-mail each', { timeout: 90_000 }, async () => {
  const { app, simulator } = await startShop({
    simulator: { orders: 200, hangMs: 700 },
    app: { settleMs: 800, policy: { attemptMs: 500 }, runner: { concurrency: 16, maxAttempts: 50 } },
  })
  const operations = ['createReceiptShipment']
  simulator.inject({ id: 'E17', share: 0.15, times: Infinity })
  for (const variant of [0, 1, 2]) simulator.inject({ id: 'E20', share: 0.07, times: Infinity, operations, variant })
  for (let number = 1; number <= 200; number += 1) {
    const receiptId = 700_000 + number
    app.jobs.add(shipJob({ receiptId, trackingCode: `HF${receiptId}` }))
    app.jobs.add(shipJob({ receiptId, trackingCode: `HF${receiptId}` }))
  }
  await settleJobs(app, 80_000)
  expect(app.jobs.jobs({ state: 'done' })).toHaveLength(200)
  const emails = simulator.store.emails()
  expect(emails.size).toBe(200)
  expect([...new Set(emails.values())]).toEqual([1])
  const lost = simulator.journal.lines(0, 100_000).filter((line) => line.scenario !== undefined).length
  expect(lost).toBeGreaterThan(30)
})
