import { isServiceError } from '@holdfast/core/service-errors'
import { expect, test } from 'vitest'
import { restoreStock } from '../src/inventory/index.ts'
import { publishJob, type PublishState } from '../src/publish/index.ts'
import { shipJob } from '../src/shipping/index.ts'
import { makeReceipt } from '../src/simulator/index.ts'
import { chooseProfile, profileChoices } from '../src/publish/index.ts'
import { CallHistory } from '../src/web/call-history.ts'
import { plan, settleJobs, startShop } from './shop-rig.ts'
import { nothingDead, seenInQuota, seenInShop } from './what-is-seen.ts'

const poll = (round: number) => ({ id: `poll-${round}`, kind: 'poll-orders', priority: 'critical' as const, data: {} })

test('E12: what Etsy refuses is parked with its reason, sent once, and the breaker stays closed', async () => {
  const { app, simulator } = await startShop()
  simulator.inject({ id: 'E12', operations: ['createDraftListing'] })
  app.jobs.add(publishJob('A', plan))
  await settleJobs(app)
  expect(app.jobs.job('publish-A')).toMatchObject({ state: 'parked' })
  expect(await seenInShop(app)).toMatch(/publish-A .*title \/ 1: contains invalid characters.* Replay publish-A/)
  expect(simulator.journal.count('call', 'createDraftListing')).toBe(1)
  expect(simulator.journal.count('listing-created')).toBe(0)
  expect(await app.client.ping()).toBe(1)
})

test('E13: a missing processing profile is offered out of those of the shop, and the choice publishes', async () => {
  const { app, simulator } = await startShop()
  simulator.inject({ id: 'E13' })
  app.jobs.add(publishJob('B', plan))
  await settleJobs(app)
  const job = app.jobs.job('publish-B')!
  expect(job).toMatchObject({ state: 'parked' })
  const seen = await seenInShop(app)
  expect(seen).toContain('Etsy says: A readiness_state_id is required for physical listings.')
  expect(seen).toMatch(/Processing profile ready to ship, \d+ to \d+ days/)
  expect(simulator.journal.count('call', 'createDraftListing')).toBe(1)
  expect(chooseProfile(app.jobs, job, 999)).toBe(false)
  expect(chooseProfile(app.jobs, job, profileChoices(job)[0]?.readinessStateId ?? 0)).toBe(true)
  await app.letters.replay((await app.letters.waiting())[0]?.letter.id ?? '')
  await settleJobs(app)
  expect(app.jobs.job('publish-B')).toMatchObject({ state: 'done', data: { plan: { readinessStateId: 1 } } })
  expect(simulator.journal.count('listing-created')).toBe(1)
})

test('E14: orders are paged by time, so that no deep offset is asked for', { timeout: 30_000 }, async () => {
  const { app, simulator } = await startShop()
  const listing = simulator.store.listing(1_001)!
  const start = simulator.clock.seconds() - 10_000
  for (let index = 0; index < 2_500; index += 1) {
    simulator.store.saveReceipt(makeReceipt(simulator.identity, 800_001 + index, start + index, listing), start + index)
  }
  app.jobs.add(poll(1))
  await settleJobs(app)
  expect(app.orders.orders()).toHaveLength(2_500)
  await expect(app.client.receipts({ offset: 12_001 })).rejects.toMatchObject({ code: 'validation', status: 400 })
  expect(app.jobs.job('poll-1')).toMatchObject({ state: 'done' })
  const seen = await seenInShop(app)
  expect(seen).toContain('802500 poll')
  expect(seen).toContain('orders-changed {"changed":2500}')
})

test.each(['E15', 'E16'] as const)('%s: the created draft is found by its marker and adopted', async (id) => {
  const { app, simulator } = await startShop()
  simulator.inject({ id })
  app.jobs.add(publishJob('A', plan))
  await settleJobs(app)
  expect(app.jobs.job('publish-A')).toMatchObject({ state: 'done', data: { reconciliations: 1 } })
  expect(simulator.journal.count('call', 'createDraftListing')).toBe(1)
  const events = app.jobs.journal('publish-A').map((entry) => entry.event)
  expect(events).toContain('unknown-outcome')
  expect(events).toContain('reconciled')
  expect(await seenInShop(app)).toMatch(/done listing \d+; found by reading 1 time\(s\)/)
})

test('a create whose outcome is unknown is shown as that', async () => {
  const { app, simulator } = await startShop({ app: { settleMs: 60_000 } })
  simulator.inject({ id: 'E15' })
  app.jobs.add(publishJob('A', plan))
  await app.runner.runDue()
  expect(await seenInShop(app)).toMatch(/ready outcome of the create unknown: looking for it/)
})

test('a create that was not carried out is posted again after looking', async () => {
  const { app, simulator } = await startShop()
  simulator.inject({ id: 'E18', operations: ['createDraftListing'] })
  app.jobs.add(publishJob('A', plan))
  await settleJobs(app)
  expect(app.jobs.job('publish-A')).toMatchObject({ state: 'done' })
  expect([simulator.journal.count('call', 'createDraftListing'), simulator.journal.count('listing-created')]).toEqual([
    2, 1,
  ])
})

test('E17: the receipt is read before a second submission: one e-mail', async () => {
  const { app, simulator } = await startShop({ simulator: { orders: 1 } })
  simulator.inject({ id: 'E17' })
  app.jobs.add(shipJob({ receiptId: 700_001, trackingCode: 'HF1' }))
  await settleJobs(app)
  expect(app.jobs.job('ship-700001-HF1')).toMatchObject({ state: 'done' })
  expect(simulator.store.emails().get(700_001)).toBe(1)
  expect(app.jobs.journal('ship-700001-HF1').map((entry) => entry.event)).toContain('already-shipped')
  const seen = await seenInShop(app)
  expect(seen).toMatch(/ship-700001-HF1 already-shipped .* ship-700001-HF1 unknown-outcome/)
  expect(seen).toContain(nothingDead)
})

test('E18: a poisoned listing is set aside after three 500s; the others go on and the breaker stays closed', async () => {
  const { app, simulator } = await startShop()
  simulator.inject({ id: 'E18', times: Infinity, pathEnd: '/1001' })
  for (const listingId of [1_001, 1_002, 1_003, 1_004]) {
    app.jobs.add({ id: `seo-${listingId}`, kind: 'seo', priority: 'background', data: { listingId, tags: ['new'] } })
  }
  await settleJobs(app)
  expect(app.jobs.job('seo-1001')).toMatchObject({ state: 'parked', attempts: 3 })
  expect(app.jobs.jobs({ state: 'done' })).toHaveLength(3)
  const seen = await seenInShop(app)
  expect(seen).toContain('Replay seo-1001')
  expect(seen).not.toContain('Replay seo-1002')
  expect(await app.client.ping()).toBe(1)
})

test('E19: 503 is waited out with backoff, and the breaker hears of it', async () => {
  const { app, simulator } = await startShop()
  simulator.inject({ id: 'E19', times: 2, operations: ['getShop'] })
  expect(await app.client.shop()).toMatchObject({ shopId: 42 })
  expect(simulator.journal.count('call', 'getShop')).toBe(3)
  simulator.inject({ id: 'E19', times: Infinity, operations: ['getShop'] })
  const opened: string[] = []
  app.policy.on('breaker-changed', ({ to }) => void opened.push(to))
  const untilMs = performance.now() + 5_000
  while (opened.length === 0 && performance.now() < untilMs) {
    await Promise.all([1, 2, 3, 4].map(() => app.client.shop().catch(() => undefined)))
  }
  expect(opened).toContain('open')
  // A job meanwhile waits, says so, and is not given up.
  app.jobs.add(publishJob('A', plan))
  await app.runner.runDue()
  expect(app.jobs.job('publish-A')).toMatchObject({ state: 'ready' })
  const seen = await seenInShop(app)
  expect(seen).toMatch(/Hand-thrown mug .* ready .* Etsy cannot be reached at the moment\. Please try again/)
  expect(seen).toContain(nothingDead)
})

test('E20: a hang ends in time; a cut GET is read again; a cut POST is an unknown outcome', async () => {
  const { app, simulator } = await startShop({ simulator: { hangMs: 10_000 }, app: { policy: { attemptMs: 300 } } })
  simulator.inject({ id: 'E20', variant: 0, operations: ['getShop'] })
  expect(await app.client.shop()).toMatchObject({ shopId: 42 })
  simulator.inject({ id: 'E20', variant: 2, operations: ['getShop'] })
  expect(await app.client.shop()).toMatchObject({ shopId: 42 })
  simulator.inject({ id: 'E20', variant: 2, operations: ['createDraftListing'] })
  app.jobs.add(publishJob('A', plan))
  await settleJobs(app)
  expect(app.jobs.job('publish-A')).toMatchObject({ state: 'done', data: { reconciliations: 1 } })
  expect(simulator.journal.count('listing-created')).toBe(1)
  expect(await seenInShop(app)).toMatch(/done listing \d+; found by reading 1 time\(s\)/)
})

test('E21 and E22: pictures go one by one; order trouble is read and tried once more; null colours are accepted', async () => {
  const { app, simulator } = await startShop({ simulator: { imageProcessingMs: 60_000 } })
  simulator.inject({ id: 'E21' })
  simulator.inject({ id: 'E22' })
  const images = [1, 2, 3].map((number) => ({ ...plan.images[0]!, altText: `Side ${number}` }))
  app.jobs.add(publishJob('A', { ...plan, images }))
  await settleJobs(app)
  const job = app.jobs.job('publish-A')
  expect(job).toMatchObject({ state: 'done' })
  const stored = await app.client.images((job?.data as PublishState).listingId ?? 0)
  expect(stored.results.map((image) => [image.rank, image.isProcessed])).toEqual([
    [1, false],
    [2, false],
    [3, false],
  ])
  expect(simulator.journal.count('call', 'uploadListingImage')).toBe(4)
  const seen = await seenInShop(app)
  expect(seen).toContain('publish-A image-order')
  expect(seen).toContain(nothingDead)
})

test('E23: a conflict is read again, merged and written once more, with a diff; a restore puts the old stock back', async () => {
  const { app, simulator } = await startShop()
  const before = simulator.store.listing(1_001)!.quantity
  simulator.inject({ id: 'E23' })
  const stock = (id: string, quantity: number) => ({
    id,
    kind: 'stock',
    data: { listingId: 1_001, quantities: { 'SKU-1001': quantity } },
  })
  app.jobs.add(stock('stock-1', 77))
  await settleJobs(app)
  expect(simulator.store.listing(1_001)!.quantity).toBe(77)
  expect(simulator.journal.count('call', 'updateListingInventory')).toBe(2)
  const changes = app.jobs.journal('stock-1').find((entry) => entry.event === 'inventory')?.detail
  expect(changes).toMatchObject({ changes: [{ sku: 'SKU-1001', field: 'quantity', from: String(before), to: '77' }] })
  expect(await seenInShop(app)).toContain(`"field":"quantity","from":"${before}","to":"77"`)
  // The same targets again write nothing.
  app.jobs.add(stock('stock-2', 77))
  await settleJobs(app)
  expect(simulator.journal.count('call', 'updateListingInventory')).toBe(2)
  expect(await restoreStock(app.client, app.snapshots, 1_001)).toBe(true)
  expect(simulator.store.listing(1_001)!.quantity).toBe(before)
})

test('E24: a processing profile that exists is followed to its id', async () => {
  const { app, simulator } = await startShop()
  const made = await app.client.ensureReadinessState({ kind: 'made_to_order', minDays: 3, maxDays: 5 })
  expect(await app.client.ensureReadinessState({ kind: 'made_to_order', minDays: 3, maxDays: 5 })).toBe(made)
  // A success for the person, too: one profile, and no failure anywhere.
  expect(simulator.journal.count('call', 'createShopReadinessStateDefinition')).toBe(2)
  expect(
    (await app.client.readinessStates()).results.filter((profile) => profile.kind === 'made_to_order'),
  ).toHaveLength(1)
})

test('E25: one unknown id of a batch is found by halving and reported', async () => {
  const { app, simulator } = await startShop({ simulator: { listings: 110 } })
  const ids = Array.from({ length: 110 }, (_, index) => 1_001 + index)
  const { listings, unknownIds } = await app.client.listingsByIds([...ids.slice(0, 50), 5, ...ids.slice(50)])
  expect([listings.length, unknownIds]).toEqual([110, [5]])
  expect(simulator.journal.count('call', 'getListingsByListingIds')).toBeLessThan(20)
})

test('E26: a change that shows late is read for and not written again; one that never shows is a warning', async () => {
  const { app, simulator } = await startShop()
  for (const variant of [0, 1]) {
    simulator.inject({ id: 'E26', variant })
    app.jobs.add({
      id: `seo-${variant}`,
      kind: 'seo',
      priority: 'background',
      data: { listingId: 1_001, tags: [`late ${variant}`] },
    })
    await settleJobs(app)
    expect(app.jobs.job(`seo-${variant}`)).toMatchObject({ state: 'done' })
    expect(simulator.journal.count('call', 'updateListing')).toBe(variant + 1)
  }
  const seen = await seenInShop(app)
  expect(seen).toContain('seo-1 warning {"what":"Etsy took the tags but does not show them yet","listingId":1001}')
  expect(seen).not.toContain('seo-0 warning')
})

test('E27: HTML is never data: a read is tried again, a write becomes an unknown outcome', async () => {
  for (const variant of [0, 1, 2]) {
    const late: { history?: CallHistory } = {}
    const { app, simulator } = await startShop({ app: { log: (line) => late.history?.write(line) } })
    const history = new CallHistory(app.database)
    late.history = history
    simulator.inject({ id: 'E27', times: 2, variant, operations: ['getShop'] })
    const error = await app.client.shop().catch((failure: unknown) => failure)
    expect(isServiceError(error, 'service-unavailable') && error.retryable).toBe(true)
    expect(seenInQuota(app, history)).toMatch(/getShop service-unavailable [\da-f-]{36}/)
    simulator.inject({ id: 'E27', variant, operations: ['createDraftListing'] })
    app.jobs.add(publishJob('A', plan))
    await settleJobs(app)
    expect(app.jobs.job('publish-A')).toMatchObject({ state: 'done', data: { reconciliations: 1 } })
    expect(simulator.journal.count('listing-created')).toBe(1)
  }
})
