import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { monthOf, takeSnapshot } from '../src/snapshot/index.ts'
import { each, expectWhole, shownHoles, stored } from './shown.ts'
import { giveConsent, SPEED, stage } from './stage.ts'

// S1 to S6 and S11 to S13: tokens, consent, refusals. Each asserts the reaction, what is stored, and what a person is told.

const TOP = /GET \/v1\/me\/top/

test('S1 an expired token: one refresh for all lists, then a complete month', async () => {
  const { machine, simulator } = await stage()
  const before = machine.tokenStore.read()!
  simulator.arm('S1')
  expectWhole(machine, await takeSnapshot(machine))
  expect(simulator.count(/api\/token/)).toBe(1)
  expect(simulator.journal.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(2)
  expect(machine.tokenStore.read()!.accessToken).not.toBe(before.accessToken)
})

test('S2 a 401 that flakes: the same token once more, no refresh, no new consent', async () => {
  const { machine, simulator } = await stage()
  const before = machine.tokenStore.read()
  simulator.arm('S2')
  expectWhole(machine, await takeSnapshot(machine))
  expect(simulator.count(/api\/token/)).toBe(0)
  expect(simulator.count(/top\/tracks\?.*short_term/)).toBe(2)
  expect(machine.tokenStore.read()).toEqual(before)
})

test('S2 that goes on: a refresh after the second refusal, then an error, and the consent stays', async () => {
  const { machine, simulator } = await stage()
  simulator.faults.arm({
    match: TOP,
    answer: { status: 401, body: '{"error":{"status":401,"message":"Invalid access token"}}' },
  })
  const report = await takeSnapshot(machine)
  expect([report.outcome, report.error?.code]).toEqual(['failed', 'authentication'])
  expect(simulator.count(/api\/token/)).toBeGreaterThanOrEqual(1)
  expect(machine.tokens.consent()).toBeDefined()
  expect(stored(machine)).toEqual(each('failed 0'))
  expect(shownHoles(report).what).toBe('Spotify needs your consent again.')
})

test('S3 a consent that ended: tokens are discarded, nothing is retried, the month stays open until the next consent', async () => {
  const { machine, simulator } = await stage()
  simulator.arm('S3')
  const report = await takeSnapshot(machine)
  expect([report.outcome, report.error?.code]).toEqual(['failed', 'authentication'])
  expect(simulator.count(/api\/token/)).toBe(1)
  expect(machine.tokenStore.read()).toBeUndefined()
  expect(stored(machine)).toEqual(each('failed 0'))
  expect(machine.store.runs.newest('snapshot', report.month)?.outcome).toBe('failed')
  expect(shownHoles(report)).toEqual({
    what: 'Spotify needs your consent again.',
    why: 'A consent lives for six months, and Spotify or you may end it earlier. Your snapshots are safe; this one stays open.',
    todo: 'Run the command "login", or press "Renew consent" on the status page.',
  })
  simulator.faults.clear()
  giveConsent(simulator, machine)
  expectWhole(machine, await takeSnapshot(machine))
})

test('S4 a refresh answer without a refresh token: the old one is kept', async () => {
  const { machine, simulator } = await stage()
  const before = machine.tokenStore.read()!
  simulator.arm('S4')
  expectWhole(machine, await takeSnapshot(machine))
  const after = machine.tokenStore.read()!
  expect(after.refreshToken).toBe(before.refreshToken)
  expect(after.accessToken).not.toBe(before.accessToken)
  expect(after.consentAtMs).toBe(before.consentAtMs)
})

test('S5 a rotating refresh token: one refresh among two processes and fourteen calls, the new one stored', async () => {
  const { machine, simulator, another } = await stage()
  const before = machine.tokenStore.read()!
  simulator.arm('S5')
  const other = another()
  await Promise.all(
    [machine, other].flatMap(({ client }) => Array.from({ length: 7 }, () => client.get('/me', { operation: 'me' }))),
  )
  expect(simulator.count(/api\/token/)).toBe(1)
  expect(machine.tokenStore.read()!.refreshToken).not.toBe(before.refreshToken)
  expectWhole(other, await takeSnapshot(other))
})

test('S6 the accounts service is down: tries again, keeps every token, and says that it is not our doing', async () => {
  const { machine, simulator } = await stage()
  const before = machine.tokenStore.read()
  simulator.arm('S6')
  const report = await takeSnapshot(machine)
  expect([report.outcome, report.error?.code]).toEqual(['failed', 'service-unavailable'])
  expect(simulator.count(/api\/token/)).toBeGreaterThan(1)
  expect(machine.tokenStore.read()).toEqual(before)
  expect(stored(machine)).toEqual(each('failed 0'))
  const message = shownHoles(report)
  expect(message.what).toBe('Spotify cannot be reached at the moment.')
  expect(message.why).toContain('its side')
  simulator.faults.clear()
  // The breaker lets a probe through after six seconds at the latest; the throttle sheds by chance until its window of
  // twice the attempt timeout has passed.
  await sleep(21_000 / SPEED)
  expectWhole(machine, await takeSnapshot(machine))
})

test.each([
  ['S11', 'premium-required', 'Spotify does not let this application in.', 'Premium subscription'],
  ['S12', 'not-allow-listed', 'Spotify does not know you as a user of this application.', 'five people'],
] as const)(
  '%s a refusal in plain text ends the run after the first answers: %s',
  async (scenario, refusal, what, why) => {
    const { machine, simulator } = await stage()
    const before = machine.tokenStore.read()
    simulator.arm(scenario)
    const report = await takeSnapshot(machine)
    const { outcome, error } = report
    expect([outcome, error?.code, error?.category]).toEqual(['failed', 'authorization', 'fatal'])
    expect(error?.details['refusal']).toBe(refusal)
    expect(simulator.journal.length).toBeLessThanOrEqual(2)
    expect(simulator.count(/api\/token/)).toBe(0)
    expect(machine.tokenStore.read()).toEqual(before)
    expect(stored(machine)).toEqual(each('failed 0'))
    const message = shownHoles(report)
    expect(message.what).toBe(what)
    expect(message.why).toContain(why)
    expect(message.todo).toContain('developer.spotify.com/dashboard')
  },
)

test('S13 a scope that was not given: names it, asks for consent, goes no further', async () => {
  const { machine, simulator } = await stage({ scopes: ['user-read-recently-played'] })
  const report = await takeSnapshot(machine)
  expect(['partial', 'failed']).toContain(report.outcome)
  expect(report.error).toMatchObject({ code: 'authorization', missingScopes: ['user-top-read'] })
  expect(simulator.journal.length).toBeLessThanOrEqual(3)
  expect(machine.tokenStore.read()).toBeDefined()
  const { 'recently-played': _plays, ...tops } = stored(machine)
  expect(new Set(Object.values(tops))).toEqual(new Set(['failed 0']))
  const [part] = machine.store.snapshots
    .parts(monthOf(Date.now()))
    .filter(({ part: name }) => name.startsWith('tracks'))
  expect(part?.reasons).toEqual([expect.stringContaining('authorization (403)')])
  const message = shownHoles(report)
  expect(message.what).toBe('Your consent does not cover this.')
  expect(message.why).toContain('user-top-read')
  expect(message.todo).toContain('login')
})
