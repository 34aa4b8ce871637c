import axios, { type AxiosInstance } from 'axios'
import { afterEach, expect, test } from 'vitest'
import { createInstance } from '../src/clients/instance.ts'
import { type EtsyServer, startEtsy } from '../src/shop-day/etsy-server.ts'
import type { Conditions } from '../src/shop-day/phase.ts'

const shop = '/v3/application/shops/42'
let etsy: EtsyServer | undefined

afterEach(async () => {
  await etsy?.close()
  etsy = undefined
})

async function start(conditions: Conditions = {}, perSecondLimit = 100): Promise<AxiosInstance> {
  const phases = [{ name: 'only', forMs: 60_000, conditions: { latencyMs: [0, 1] as const, ...conditions } }]
  const limits = { perSecondLimit, dailyLimit: 1_000, quotaWindowMs: 60_000 }
  etsy = await startEtsy({ name: 'test', summary: '', phases, ...limits }, 1)
  etsy.startDay()
  const instance = createInstance(etsy.url)
  instance.defaults.validateStatus = () => true
  return instance
}

async function firstOrder(): Promise<number> {
  const first = [...(etsy?.shop.receipts.values() ?? [])][0]
  await expect.poll(() => etsy?.dayMs() ?? 0, { timeout: 3_000, interval: 20 }).toBeGreaterThan(first?.placedAtMs ?? 0)
  return first?.receipt_id ?? 0
}

test('listings come in pages, with quota headers and a request id', async () => {
  const api = await start()
  const page = await api.get(`${shop}/listings`, { params: { limit: 25, offset: 100 } })
  expect(page.data).toMatchObject({ count: 110 })
  expect(page.data.results).toHaveLength(10)
  expect(page.headers).toMatchObject({
    'x-limit-per-second': '100',
    'x-remaining-this-second': '99',
    'x-limit-per-day': '1000',
    'x-remaining-today': '999',
  })
  expect(page.headers['x-etsy-request-uuid']).toBeTypeOf('string')
  const deep = await api.get(`${shop}/listings`, { params: { offset: 12_001 } })
  expect([deep.status, deep.data.error]).toEqual([400, 'Offset provided is greater than the maximum offset allowed.'])
})

test('an order comes in, every tracking code for it e-mails the buyer, and it leaves the list of unshipped ones', async () => {
  const api = await start()
  const order = await firstOrder()
  const unshipped = async (): Promise<number[]> => {
    const params = { was_shipped: false, limit: 100 }
    const page = await api.get<{ results: { receipt_id: number }[] }>(`${shop}/receipts`, { params })
    return page.data.results.map((receipt) => receipt.receipt_id)
  }
  expect(await unshipped()).toContain(order)
  const parcel = { tracking_code: 'HF1', carrier_name: 'other' }
  for (let submission = 0; submission < 2; submission += 1) {
    expect((await api.post(`${shop}/receipts/${order}/tracking`, parcel)).status).toBe(200)
  }
  expect(etsy?.shop.emails.get(order)).toBe(2)
  expect(await unshipped()).not.toContain(order)
  const receipt = await api.get(`${shop}/receipts/${order}`)
  expect(receipt.data).toMatchObject({ is_shipped: true, status: 'completed' })
  expect(receipt.data.shipments).toHaveLength(2)
  expect((await api.post(`${shop}/receipts/1/tracking`, parcel)).status).toBe(404)
})

test('a PUT replaces the inventory and refuses read-only fields', async () => {
  const api = await start()
  const url = '/v3/application/listings/1040/inventory'
  const { data } = await api.get(url)
  const refused = await api.put(url, data)
  expect([refused.status, refused.data.error]).toEqual([400, 'Invalid field in inventory: product_id is read-only.'])
  const products = [{ sku: 'MUG', offerings: [{ quantity: 33, price: 18, is_enabled: true, readiness_state_id: 1 }] }]
  expect((await api.put(url, { products })).data.products[0].offerings[0].quantity).toBe(33)
  expect((await api.get(url)).data.products[0].offerings[0].quantity).toBe(33)
})

test('a draft is created once per POST; errors come in the two shapes of the API', async () => {
  const api = await start()
  const form = {
    title: 'Mug',
    description: 'x',
    price: '24',
    quantity: '3',
    who_made: 'i_did',
    when_made: 'x',
    taxonomy_id: '1',
    tags: 'ref-1',
  }
  const withoutReadiness = await api.post(`${shop}/listings`, new URLSearchParams(form))
  expect([withoutReadiness.status, withoutReadiness.data]).toEqual([
    400,
    { error: 'A readiness_state_id is required for physical listings.' },
  ])
  const whole = { ...form, readiness_state_id: '1' }
  const badTitle = await api.post(`${shop}/listings`, new URLSearchParams({ ...whole, title: '100% mug' }))
  expect(badTitle.data).toEqual([
    { path: '/title/1', type: 'invalid_characters', message: 'contains invalid characters' },
  ])
  expect((await api.post(`${shop}/listings`, new URLSearchParams(whole))).status).toBe(201)
  const drafts = await api.get(`${shop}/listings`, { params: { state: 'draft' } })
  expect(drafts.data).toMatchObject({ count: 1, results: [{ title: 'Mug', tags: ['ref-1'] }] })
})

test('a key without its secret is refused', async () => {
  const api = await start()
  const answer = await api.get('/v3/application/openapi-ping', { headers: { 'x-api-key': 'keystring' } })
  expect([answer.status, answer.data.error]).toEqual([403, 'Shared secret is required in x-api-key header.'])
})

test('429 comes in four forms, and costs no quota', async () => {
  const api = await start({ perSecondLimit: 1 })
  const forms = []
  while (forms.length < 4) {
    const { status, data, headers } = await api.get('/v3/application/openapi-ping')
    if (status !== 429) continue
    expect(data).toEqual({ error: 'Exceeded per second rate limit' })
    const names = ['retry-after', 'x-remaining-this-second', 'x-remaining-this-secon', 'x-remaining-today']
    forms.push(names.filter((name) => name in headers).join(' '))
  }
  expect(forms.sort()).toEqual([
    '',
    'retry-after x-remaining-this-second x-remaining-today',
    'x-remaining-this-secon x-remaining-today',
    'x-remaining-this-second x-remaining-today',
  ])
  expect(etsy?.quota.burned).toBe(etsy?.server.journal.count((entry) => entry.status === 200))
})

test('a tracking POST whose answer is lost has been carried out', async () => {
  const api = await start({ lostAnswers: { resetShare: 1, badGatewayShare: 0 } })
  const order = await firstOrder()
  const parcel = { tracking_code: 'HF1', carrier_name: 'other' }
  const post = api.post(`${shop}/receipts/${order}/tracking`, parcel, { headers: { 'x-demo-call': 'a' } })
  await expect(post).rejects.toSatisfy((error) => axios.isAxiosError(error) && error.code === 'ECONNRESET')
  expect(etsy?.shop.emails.get(order)).toBe(1)
  expect(etsy?.server.journal.entries.at(-1)).toMatchObject({ processed: true, answered: 'reset after-reading' })
})

test('in an outage nothing is carried out and resets burn no quota', async () => {
  const api = await start({ outage: { resetShare: 0.5 } })
  const order = await firstOrder()
  const outcomes = []
  for (let call = 0; call < 20; call += 1) {
    const headers = { 'x-demo-call': `call-${call}` }
    const body = { tracking_code: 'HF1', carrier_name: 'other' }
    outcomes.push(
      await api.post(`${shop}/receipts/${order}/tracking`, body, { headers }).then(
        (answer) => answer.status,
        () => 'reset',
      ),
    )
  }
  expect(new Set(outcomes)).toEqual(new Set([503, 'reset']))
  expect(etsy?.shop.emails.size).toBe(0)
  expect(etsy?.quota.burned).toBe(outcomes.filter((outcome) => outcome === 503).length)
})
