import { expect, test } from 'vitest'
import { examine } from '../src/doctor/checks.ts'
import { startShop } from './shop-rig.ts'
import { consentInSimulator } from '../src/simulated-consent.ts'

const bad = (checks: Awaited<ReturnType<typeof examine>>) => checks.filter((check) => !check.isGood)

test('a healthy shop passes every check', async () => {
  const { app } = await startShop()
  const checks = await examine(app)
  expect(bad(checks)).toEqual([])
  expect(checks.map((check) => check.name).sort()).toEqual([
    'api',
    'clock',
    'config',
    'database',
    'oauth',
    'quota',
    'scopes',
  ])
})

test('each failing check says what, why and what to do', async () => {
  const { app, simulator } = await startShop()
  consentInSimulator(simulator, app.tokenStore, ['shops_r'])
  simulator.inject({ id: 'E8', times: Infinity, operations: ['getShop'] })
  app.jobs.pause('the daily quota is used up', Date.now() + 3_600_000)
  const failing = bad(await examine(app))
  expect(failing.map((check) => check.name)).toEqual(['scopes', 'api', 'quota'])
  for (const { what, why, todo } of failing)
    for (const text of [what, why, todo]) expect(text?.length).toBeGreaterThan(5)
  expect(failing[0]?.what).toContain('listings_w')
  expect(failing[1]?.what).toContain('ETSY_SHARED_SECRET')
})

test('a shop that was never connected is told how to connect', async () => {
  const { app } = await startShop()
  app.tokenStore.requireConsent('the refresh token was revoked or is too old')
  expect(bad(await examine(app))).toMatchObject([
    { name: 'oauth', todo: expect.stringContaining('/oauth/start') },
    { name: 'scopes' },
  ])
})
