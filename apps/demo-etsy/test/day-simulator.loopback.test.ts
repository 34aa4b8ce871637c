import axios, { type AxiosInstance, type AxiosResponse } from 'axios'
import { afterEach, expect, test } from 'vitest'
import { createInstance } from '../src/clients/instance.ts'
import { type DaySimulator, poisonListingId, startDaySimulator } from '../src/day-schedule/day-simulator.ts'
import type { Conditions } from '../src/day-schedule/phase.ts'

const shop = '/v3/application/shops/42'
const parcel = { tracking_code: 'HF1', carrier_name: 'other' }
let etsy: DaySimulator | undefined

afterEach(async () => {
  await etsy?.close()
  etsy = undefined
})

async function start(
  conditions: Conditions = {},
  perSecondLimit = 1_000,
): Promise<{ etsy: DaySimulator; api: AxiosInstance }> {
  const phases = [{ name: 'only', forMs: 60_000, conditions: { latencyMs: [0, 1] as const, ...conditions } }]
  const limits = { perSecondLimit, dailyLimit: 1_000, quotaWindowMs: 60_000 }
  const started = await startDaySimulator({ name: 'test', summary: '', phases, ...limits }, 1)
  etsy = started
  started.startDay()
  const api = createInstance(started.simulator.url, started.accessToken)
  api.defaults.validateStatus = () => true
  return { etsy: started, api }
}

/** The first order of the day; the clock is put forward until it has come in. */
function firstOrder({ simulator }: DaySimulator): number {
  simulator.clock.advance(1_300)
  return 700_001
}

const named = (callId: string): { headers: Record<string, string> } => ({ headers: { 'x-demo-call': callId } })

test('it is the whole simulator: pages, quota headers, key, token and scope', async () => {
  const { api, etsy } = await start()
  const page = await api.get(`${shop}/listings`, { params: { limit: 25, offset: 100 } })
  expect(page.data).toMatchObject({ count: 110 })
  expect(page.data.results).toHaveLength(10)
  expect(page.headers).toMatchObject({
    'x-limit-per-second': '1000',
    'x-remaining-this-second': '999',
    'x-limit-per-day': '1000',
    'x-remaining-today': '999',
  })
  expect(page.headers['x-etsy-request-uuid']).toMatch(/^[0-9a-f-]{36}$/)
  const refused = async (headers: Record<string, string>): Promise<[number, unknown]> => {
    const answer = await api.get(`${shop}/receipts`, { headers })
    return [answer.status, answer.data.error]
  }
  expect(await refused({ 'x-api-key': 'keystring' })).toEqual([403, 'Shared secret is required in x-api-key header.'])
  expect(await refused({ authorization: 'Bearer 123456.none' })).toEqual([401, 'invalid_token'])
  const scoped = etsy.simulator.grants.issueDirectly(['listings_r']).access_token
  expect(await refused({ authorization: `Bearer ${scoped}` })).toEqual([403, 'insufficient_scope'])
})

test('an order comes in, every tracking code for it e-mails the buyer, and it leaves the list of unshipped ones', async () => {
  const { api, etsy } = await start()
  const unshipped = async (): Promise<number[]> => {
    const params = { was_shipped: false, limit: 100 }
    const page = await api.get<{ results: { receipt_id: number }[] }>(`${shop}/receipts`, { params })
    return page.data.results.map((receipt) => receipt.receipt_id)
  }
  expect((await api.get(`${shop}/receipts/700005`)).status).toBe(404)
  const order = firstOrder(etsy)
  expect(await unshipped()).toContain(order)
  for (let submission = 0; submission < 2; submission += 1) {
    expect((await api.post(`${shop}/receipts/${order}/tracking`, parcel)).status).toBe(200)
  }
  const emailed = etsy.journal().filter((line) => line.kind === 'email-sent')
  expect(emailed.map((line) => line.subject)).toEqual([String(order), String(order)])
  expect(await unshipped()).not.toContain(order)
  const receipt = await api.get(`${shop}/receipts/${order}`)
  expect(receipt.data).toMatchObject({ is_shipped: true, status: 'completed' })
  expect(receipt.data.shipments).toHaveLength(2)
})

test('a PUT replaces the inventory and refuses read-only fields', async () => {
  const { api } = await start()
  const url = '/v3/application/listings/1040/inventory'
  const { data } = await api.get(url)
  const refused = await api.put(url, data)
  expect(refused.status).toBe(400)
  expect(JSON.stringify(refused.data)).toContain('product_id')
  const products = [{ sku: 'MUG', offerings: [{ quantity: 33, price: 18, is_enabled: true, readiness_state_id: 1 }] }]
  expect((await api.put(url, { products })).data.products[0].offerings[0].quantity).toBe(33)
  expect((await api.get(url)).data.products[0].offerings[0].quantity).toBe(33)
})

test('429 comes in four forms while another tool uses the key, and costs no quota', async () => {
  const { api, etsy } = await start({ perSecondLimit: 1 })
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
  expect(etsy.quotaBurned()).toBe(etsy.journal().filter((line) => line.status === 200).length)
})

test('a write whose answer is lost has been carried out, by a reset (E16) or by a page of the edge (E17)', async () => {
  const { api, etsy } = await start({ lostAnswers: { resetShare: 0.5, badGatewayShare: 0.5 } })
  const order = firstOrder(etsy)
  const outcomes = new Map<string, number>()
  for (let call = 0; call < 12; call += 1) {
    const outcome = await api
      .post(`${shop}/receipts/${order}/tracking`, parcel, named(`call-${call}`))
      .then(({ status }) => String(status), codeOf)
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  }
  expect([...outcomes.keys()].sort()).toEqual(['502', 'ECONNRESET'])
  const lines = etsy.journal()
  expect(lines.filter((line) => line.kind === 'email-sent')).toHaveLength(12)
  expect(lines.filter((line) => line.scenario === 'E16')).toHaveLength(outcomes.get('ECONNRESET') ?? NaN)
  expect(lines.filter((line) => line.scenario === 'E17')).toHaveLength(outcomes.get('502') ?? NaN)
  // A call that is sent again gets through.
  const again = await api.post(`${shop}/receipts/${order}/tracking`, parcel, named('call-0'))
  expect([again.status, etsy.requestsByCall.get('call-0')]).toEqual([200, 2])
})

test('in an outage nothing is carried out; 503 counts against the quota and a reset at the door does not', async () => {
  const { api, etsy } = await start({ outage: { resetShare: 0.5 } })
  const order = firstOrder(etsy)
  const outcomes = []
  for (let call = 0; call < 20; call += 1) {
    const post = api.post(`${shop}/receipts/${order}/tracking`, parcel, named(`call-${call}`))
    outcomes.push(await post.then(({ status }) => String(status), codeOf))
  }
  expect(new Set(outcomes)).toEqual(new Set(['503', 'ECONNRESET']))
  expect(etsy.journal().filter((line) => line.kind === 'email-sent')).toEqual([])
  expect(etsy.requestCount()).toBe(20)
  expect(etsy.quotaBurned()).toBe(outcomes.filter((outcome) => outcome === '503').length)
})

test.each([
  [{ stallShare: 1 }, 'E20', 'ERR_CANCELED'],
  [{ dripShare: 1 }, 'E20', 'ERR_CANCELED'],
  [{ errorShare: 1 }, 'E18 or E19', '500 or 503'],
] as const)('%j: a read meets %s', async (conditions, scenarios, expected) => {
  const { api, etsy } = await start(conditions)
  const outcome = await api
    .get(`${shop}/listings`, { ...named('a'), params: { limit: 100 }, signal: AbortSignal.timeout(1_500) })
    .then(({ status }) => ([500, 503].includes(status) ? '500 or 503' : String(status)), codeOf)
  expect(outcome).toBe(expected)
  expect(etsy.journal()).toHaveLength(1)
  expect(scenarios).toContain(etsy.journal()[0]?.scenario)
})

test('a body that is cut breaks the connection or the JSON', async () => {
  const { api } = await start({ truncatedShare: 1 })
  const ends = new Set<string>()
  for (let call = 0; call < 12; call += 1) {
    const read: Promise<AxiosResponse<unknown>> = api.get(`${shop}/listings`, named(`call-${call}`))
    ends.add(await read.then(({ data }) => typeof data, codeOf))
  }
  expect([...ends].sort()).toEqual(['ERR_BAD_RESPONSE', 'string'])
})

test('latency is that of the phase', async () => {
  const { api } = await start({ latencyMs: [150, 160] })
  const startedAt = performance.now()
  await api.get('/v3/application/openapi-ping')
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(145)
})

test('one listing fails every time, whatever the phase; the others do not', async () => {
  const { api } = await start()
  const change = (id: number): Promise<AxiosResponse<unknown>> =>
    api.patch(`${shop}/listings/${id}`, new URLSearchParams({ tags: 'a' }))
  for (let time = 0; time < 3; time += 1) expect((await change(poisonListingId)).status).toBe(500)
  expect((await change(poisonListingId + 1)).status).toBe(200)
})

test('before the day nothing strikes and nothing is counted', async () => {
  const phases = [{ name: 'only', forMs: 1_000, conditions: { outage: { resetShare: 1 } } }]
  const limits = { perSecondLimit: 100, dailyLimit: 1_000, quotaWindowMs: 60_000 }
  etsy = await startDaySimulator({ name: 'test', summary: '', phases, ...limits }, 1)
  const api = createInstance(etsy.simulator.url, etsy.accessToken)
  expect((await api.get('/v3/application/openapi-ping')).status).toBe(200)
  etsy.startDay()
  expect([etsy.requestCount(), etsy.quotaBurned(), etsy.journal()]).toEqual([0, 0, []])
  await expect(api.get('/v3/application/openapi-ping')).rejects.toThrow()
  expect([etsy.requestCount(), etsy.quotaBurned()]).toEqual([1, 0])
})

function codeOf(error: unknown): string {
  if (axios.isAxiosError(error)) return error.code ?? 'no code'
  throw error
}
