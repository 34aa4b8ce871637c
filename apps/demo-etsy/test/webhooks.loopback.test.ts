import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { ShopApp } from '../src/shop-app.ts'
import { makeReceipt, type Simulator } from '../src/simulator/index.ts'
import { signWebhook } from '../src/simulator/index.ts'
import { settleJobs, startShop, webhookSecret } from './shop-rig.ts'
import { seenInShop } from './what-is-seen.ts'

const open: { close(): unknown }[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.close()
})

/** The receiver behind a real HTTP server, and the simulator's webhooks pointed at it. */
async function connect(): Promise<{ readonly app: ShopApp; readonly simulator: Simulator }> {
  const { app, simulator } = await startShop({ simulator: { orders: 2 } })
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const header = (name: string): string | undefined => request.headers[name] as string | undefined
      const headers = {
        id: header('webhook-id'),
        timestamp: header('webhook-timestamp'),
        signature: header('webhook-signature'),
      }
      response.writeHead(app.webhooks.receive(headers, Buffer.concat(chunks).toString()).status).end()
    })
  })
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  simulator.connectWebhooks({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    secret: webhookSecret,
  })
  return { app, simulator }
}

const results = (app: ShopApp): readonly string[] =>
  app.webhooks
    .deliveries()
    .map((delivery) => delivery.result)
    .reverse()

test('a signed webhook leads to a read of the order at our own base, whatever host it names', async () => {
  const { app, simulator } = await connect()
  await simulator.announce('order.paid', 700_001)
  await settleJobs(app)
  expect(app.orders.orders()).toMatchObject([{ receiptId: 700_001, heardBy: 'webhook', isPaid: true }])
})

test('E28: repeats are dropped, forged and old ones refused, three signatures accepted, lost ones found by polling', async () => {
  const { app, simulator } = await connect()
  for (const variant of [0, 1, 2, 4]) {
    simulator.inject({ id: 'E28', variant })
    await simulator.announce('order.paid', 700_001)
  }
  expect(results(app)).toEqual(['accepted', 'duplicate', 'bad-signature', 'too-old', 'accepted'])
  simulator.inject({ id: 'E28', variant: 3 })
  await simulator.announce('order.paid', 700_002)
  expect(results(app)).toHaveLength(5)
  app.jobs.add({ id: 'poll-1', kind: 'poll-orders', priority: 'critical', data: {} })
  await settleJobs(app)
  expect(app.orders.orders()).toMatchObject([{ receiptId: 700_002, heardBy: 'poll' }, { receiptId: 700_001 }])
  const seen = await seenInShop(app)
  expect(seen).toContain('700002 poll')
  for (const result of ['accepted', 'duplicate', 'bad-signature', 'too-old']) expect(seen).toContain(result)
})

test('news in the wrong order do not put an old state back', async () => {
  const { app, simulator } = await connect()
  const listing = simulator.store.listing(1_001)!
  const seconds = simulator.clock.seconds()
  const old = makeReceipt(simulator.identity, 5, seconds - 50, listing)
  await app.client.addTracking(700_001, { trackingCode: 'HF1', carrierName: 'other' })
  const shipped = await app.client.receipt(700_001)
  expect(app.orders.upsert(shipped, 'webhook')).toBe(true)
  expect(app.orders.upsert({ ...shipped, isShipped: false, updatedAtSeconds: old.updated_timestamp }, 'poll')).toBe(
    false,
  )
  expect(app.orders.orders()[0]).toMatchObject({ isShipped: true })
})

test('both forms of the signature header and of the shop id are read; a wrong body is refused', async () => {
  const { app } = await connect()
  const resource_url = 'https://evil.example/v3/application/shops/42/receipts/700001'
  const deliver = (id: string, body: string, form: (signature: string) => string): number => {
    const timestamp = String(Math.floor(Date.now() / 1_000))
    return app.webhooks.receive(
      { id, timestamp, signature: form(signWebhook(webhookSecret, id, Number(timestamp), body)) },
      body,
    ).status
  }
  const body = (shop_id: unknown): string => JSON.stringify({ event_type: 'order.paid', resource_url, shop_id })
  expect(deliver('a', body(42), (signature) => signature)).toBe(200)
  expect(deliver('b', body('42'), (signature) => `v1,${signature}`)).toBe(200)
  expect(deliver('c', '{"event_type":"order.lost"}', (signature) => signature)).toBe(400)
  expect(app.webhooks.receive({ id: undefined, timestamp: undefined, signature: undefined }, '').status).toBe(400)
})
