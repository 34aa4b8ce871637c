import { expect, test } from 'vitest'
import { publishJob } from '../src/publish/index.ts'
import { shipJob } from '../src/shipping/index.ts'
import { CallHistory } from '../src/web/call-history.ts'
import { plan, settleJobs, startShop } from './shop-rig.ts'
import { nothingDead, seenInQuota, seenInShop } from './what-is-seen.ts'
import { consentInSimulator } from '../src/simulated-consent.ts'

const seo = (listingId: number) => ({
  id: `seo-${listingId}`,
  kind: 'seo',
  priority: 'background' as const,
  data: { listingId, tags: ['new'] },
})

test('E1: a burst is waited for and any method is sent again', async () => {
  for (const variant of [0, 1, 2, 3]) {
    const { app, simulator } = await startShop({ app: { policy: { attemptMs: 1_000 } } })
    simulator.inject({ id: 'E1', variant, operations: ['createDraftListing'] })
    const startedAt = performance.now()
    app.jobs.add(publishJob('A', plan))
    await settleJobs(app)
    expect(app.jobs.job('publish-A')).toMatchObject({ state: 'done' })
    // Told to wait a second it waits one; told nothing it slows down on its own.
    if (variant === 0) expect(performance.now() - startedAt).toBeGreaterThan(900)
    expect(simulator.journal.count('listing-created')).toBe(1)
    const seen = await seenInShop(app)
    expect(seen).toContain(nothingDead)
    expect(seen).not.toContain('held')
  }
})

test('E3: little quota left: background work yields, orders go on', async () => {
  const { app, simulator } = await startShop({ simulator: { orders: 2 } })
  simulator.inject({ id: 'E3', times: Infinity })
  await app.client.ping()
  app.jobs.add(seo(1_001))
  app.jobs.add(shipJob({ receiptId: 700_001, trackingCode: 'HF1' }))
  await app.runner.runDue()
  expect(app.jobs.job('ship-700001-HF1')).toMatchObject({ state: 'done' })
  expect(app.jobs.job('seo-1001')).toMatchObject({ state: 'ready' })
  expect(simulator.journal.count('call', 'updateListing')).toBe(0)
  const seen = await seenInShop(app)
  expect(seen).toContain('Background work is held: what is left of the day is kept for orders, until')
  expect(seen).not.toContain('Jobs are held')
  // The pause of background work is none for an order that comes later.
  app.jobs.add(shipJob({ receiptId: 700_002, trackingCode: 'HF2' }))
  await app.runner.runDue()
  expect(app.jobs.job('ship-700002-HF2')).toMatchObject({ state: 'done' })
})

test('E4: odd headers are unknown, neither zero nor endless', async () => {
  for (const variant of [0, 1, 2, 3]) {
    const { app, simulator } = await startShop()
    const history = new CallHistory(app.database)
    history.watch(app.policy)
    simulator.inject({ id: 'E4', times: Infinity, variant })
    for (let call = 0; call < 5; call += 1) await app.client.shop({ priority: 'background' })
    expect(simulator.journal.count('call', 'getShop')).toBe(5)
    const seen = seenInQuota(app, history)
    const left = /Left today, says Etsy (\S+)/.exec(seen)?.[1]
    // A header that can be read under its misspelt name is a number; any other is unknown.
    if (left !== 'unknown') expect(Number(left)).toBeGreaterThan(0)
    expect(seen).not.toContain('No calls now')
  }
})

test('E5: an expired token costs one refresh and nobody notices', async () => {
  const { app, simulator } = await startShop()
  simulator.inject({ id: 'E5', operations: ['createDraftListing'] })
  app.jobs.add(publishJob('A', plan))
  await settleJobs(app)
  expect(app.jobs.job('publish-A')).toMatchObject({ state: 'done', attempts: 0 })
  expect(simulator.journal.count('token-refreshed')).toBe(1)
  expect(simulator.journal.count('listing-created')).toBe(1)
  const seen = await seenInShop(app)
  expect(seen).toContain(nothingDead)
  expect(seen).not.toContain('not connected')
})

test('E6: a revoked refresh token stops, keeps the queue and asks for consent; after it the queue goes on', async () => {
  const { app, simulator } = await startShop()
  simulator.grants.revokeAll()
  app.jobs.add(publishJob('A', plan))
  await settleJobs(app)
  expect(app.jobs.pauseNow()).toMatchObject({ reason: 'the shop must be connected again', untilMs: undefined })
  expect(app.tokenStore.consentNeeded).toContain('revoked')
  const seen = await seenInShop(app)
  expect(seen).toContain('The shop is not connected: the refresh token was revoked or is too old. Connect to Etsy')
  expect(seen).toContain('Jobs are held: the shop must be connected again.')
  expect(app.jobs.job('publish-A')).toMatchObject({ state: 'ready', attempts: 0 })
  const calls = simulator.journal.count('call')
  await settleJobs(app)
  expect(simulator.journal.count('call')).toBe(calls)

  consentInSimulator(simulator, app.tokenStore, ['listings_r', 'listings_w'])
  app.jobs.resume()
  await settleJobs(app)
  expect(app.jobs.job('publish-A')).toMatchObject({ state: 'done' })
})

test('E7: the lost refresh answer ends in E6 with the old pair still stored', async () => {
  const { app, simulator } = await startShop()
  const before = app.tokenStore.load()
  simulator.grants.expireAccessTokens()
  simulator.inject({ id: 'E7' })
  app.jobs.add(publishJob('A', plan))
  await settleJobs(app)
  expect(app.tokenStore.load()).toEqual(before)
  expect(app.jobs.pauseNow()?.reason).toBe('the shop must be connected again')
  expect(app.jobs.job('publish-A')).toMatchObject({ state: 'ready' })
  expect(await seenInShop(app)).toContain('the refresh token was revoked or is too old. Connect to Etsy')
})

test('E8: a key without its secret is a configuration error that names the variable, sent once', async () => {
  const { app, simulator } = await startShop()
  simulator.inject({ id: 'E8', times: Infinity })
  app.jobs.add(publishJob('A', plan))
  await settleJobs(app)
  expect(simulator.journal.count('call')).toBe(1)
  expect(app.jobs.pauseNow()?.reason).toContain('ETSY_SHARED_SECRET')
  expect(await seenInShop(app)).toMatch(/Jobs are held: .* Set ETSY_SHARED_SECRET and start again\./)
})

test('E9: an unknown app closes everything: the breaker is forced open', async () => {
  const { app, simulator } = await startShop()
  simulator.inject({ id: 'E9' })
  app.jobs.add(publishJob('A', plan))
  await settleJobs(app)
  expect(await seenInShop(app)).toContain(
    'Jobs are held: Etsy does not accept the app: its key is unknown or not active. Look at your apps on etsy.com.',
  )
  await expect(app.client.ping()).rejects.toMatchObject({ code: 'service-unavailable' })
  expect(simulator.journal.count('call')).toBe(1)
})

test('E10: a missing scope is looked up and named, and not tried again', async () => {
  const { app, simulator } = await startShop()
  consentInSimulator(simulator, app.tokenStore, ['listings_r'])
  app.jobs.add(publishJob('A', plan))
  await settleJobs(app)
  expect(app.jobs.job('publish-A')).toMatchObject({
    state: 'parked',
    reason: expect.stringContaining('allow: listings_w'),
  })
  expect(await seenInShop(app)).toContain('Connect again and allow: listings_w. Connect again')
  expect(simulator.journal.count('call', 'tokenScopes')).toBe(1)
  expect(simulator.journal.count('call', 'createDraftListing')).toBe(1)
})

test('E11: not the owner: one delayed second try after a success with the same token, else none', async () => {
  const { app, simulator } = await startShop()
  simulator.inject({ id: 'E11', operations: ['uploadListingImage'] })
  app.jobs.add(publishJob('A', plan))
  await settleJobs(app)
  expect(app.jobs.job('publish-A')).toMatchObject({ state: 'done' })
  expect(simulator.journal.count('call', 'uploadListingImage')).toBe(2)

  simulator.inject({ id: 'E11', times: Infinity })
  app.jobs.add(publishJob('B', plan))
  await settleJobs(app)
  expect(app.jobs.job('publish-B')).toMatchObject({
    state: 'parked',
    reason: expect.stringContaining('does not allow'),
  })
  expect(simulator.journal.count('call', 'createDraftListing')).toBe(3)
  expect(await seenInShop(app)).toMatch(/publish-B .*does not allow.* Replay publish-B/)
})
