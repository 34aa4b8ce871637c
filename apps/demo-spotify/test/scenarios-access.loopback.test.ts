import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { explain } from '../src/messages/explain.ts'
import { takeSnapshot } from '../src/snapshot/index.ts'
import { giveConsent, SPEED, stage } from './stage.ts'

// S1 to S14: tokens, limits, refusals. Each asserts the reaction, what is stored, and what a person is told.

const TOP = /GET \/v1\/me\/top/

test('S1 an expired token: one refresh for all lists, then a complete month', async () => {
  const { machine, simulator } = await stage()
  simulator.arm('S1')
  const { outcome, error } = await takeSnapshot(machine)
  expect([outcome, error, simulator.count(/api\/token/)]).toEqual(['complete', undefined, 1])
  expect(simulator.journal.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(2)
})

test('S2 a 401 that flakes: the same token once more, no refresh, no new consent', async () => {
  const { machine, simulator } = await stage()
  simulator.arm('S2')
  const { outcome } = await takeSnapshot(machine)
  expect([outcome, simulator.count(/api\/token/)]).toEqual(['complete', 0])
  expect(simulator.count(/top\/tracks\?.*short_term/)).toBe(2)
})

test('S2 that goes on: a refresh after the second refusal, then an error, and the consent stays', async () => {
  const { machine, simulator } = await stage()
  simulator.faults.arm({
    match: TOP,
    answer: { status: 401, body: '{"error":{"status":401,"message":"Invalid access token"}}' },
  })
  const { outcome, error } = await takeSnapshot(machine)
  expect([outcome, error?.code]).toEqual(['failed', 'authentication'])
  expect(simulator.count(/api\/token/)).toBeGreaterThanOrEqual(1)
  expect(machine.tokens.consent()).toBeDefined()
})

test('S3 a consent that ended: tokens are discarded, nothing is retried, the month stays open until the next consent', async () => {
  const { machine, simulator } = await stage()
  simulator.arm('S3')
  const { outcome, error, parts } = await takeSnapshot(machine)
  expect([outcome, error?.code, simulator.count(/api\/token/)]).toEqual(['failed', 'authentication', 1])
  expect(machine.tokenStore.read()).toBeUndefined()
  expect(parts.every(({ status }) => status === 'failed')).toBe(true)
  const message = explain(error)
  expect(message.what).toBe('Spotify needs your consent again.')
  expect(message.why).toContain('six months')
  expect(message.todo).toContain('login')
  simulator.faults.clear()
  giveConsent(simulator, machine)
  expect((await takeSnapshot(machine)).outcome).toBe('complete')
})

test('S4 a refresh answer without a refresh token: the old one is kept', async () => {
  const { machine, simulator } = await stage()
  const before = machine.tokenStore.read()!
  simulator.arm('S4')
  expect((await takeSnapshot(machine)).outcome).toBe('complete')
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
})

test('S6 the accounts service is down: tries again, keeps every token, and says that it is not our doing', async () => {
  const { machine, simulator } = await stage()
  const before = machine.tokenStore.read()
  simulator.arm('S6')
  const { outcome, error } = await takeSnapshot(machine)
  expect([outcome, error?.code]).toEqual(['failed', 'service-unavailable'])
  expect(simulator.count(/api\/token/)).toBeGreaterThan(1)
  expect(machine.tokenStore.read()).toEqual(before)
  expect(explain(error).why).toContain('its side')
  simulator.faults.clear()
  // The breaker of the accounts service lets a probe through six of its seconds later at the latest.
  await sleep(7_000 / SPEED)
  expect((await takeSnapshot(machine)).outcome).toBe('complete')
})

test('S7 a rate limit: every call of the app waits for as long as it says, then all goes on', async () => {
  const { machine, simulator } = await stage()
  simulator.arm('S7')
  const startedMs = performance.now()
  const { outcome } = await takeSnapshot(machine)
  expect(outcome).toBe('complete')
  expect(simulator.journal.filter(({ status }) => status === 429)).toHaveLength(1)
  const [refused, next] = [simulator.journal[0]!, simulator.journal.filter(({ atMs }) => atMs > 0)[2]!]
  // The second call may have left before the first was answered.
  expect(next.atMs - refused.atMs).toBeGreaterThanOrEqual(3_000 / SPEED - 10)
  expect(performance.now() - startedMs).toBeLessThan(3_000)
  expect(machine.store.limits.read()).toBeUndefined()
})

test('S8 a ban of 22 hours: ends as partial at once, keeps the time, and the next run sends nothing and says until when', async () => {
  const { machine, simulator, another } = await stage()
  simulator.arm('S8')
  const startedMs = performance.now()
  const { outcome, error, parts } = await takeSnapshot(machine)
  expect(performance.now() - startedMs).toBeLessThan(5_000)
  expect([outcome, error?.code]).toEqual(['partial', 'quota-exceeded'])
  expect(parts.filter(({ status }) => status === 'complete')).toHaveLength(2)
  expect(parts.filter(({ status }) => status === 'failed')).toHaveLength(5)
  const pause = machine.store.limits.read()!
  expect(Math.round((pause.untilMs - Date.now()) / 1_000)).toBeCloseTo(79_892, -1)
  const sent = simulator.journal.length
  const other = another()
  const next = await takeSnapshot(other)
  expect(simulator.journal).toHaveLength(sent)
  expect(next.outcome).toBe('partial')
  const message = explain(next.error)
  expect(message.todo).toMatch(/by itself after \d+ \w+ \d{4}/)
  // The day after, by the clock of the program.
  simulator.faults.clear()
  const later = another({ now: () => Date.now() + 79_900_000 })
  giveConsent(simulator, later)
  expect((await takeSnapshot(later)).outcome).toBe('complete')
})

test('S9 the quota of the account: no breaker, a pause for all, and the words that other apps share it', async () => {
  const { machine, simulator } = await stage()
  simulator.arm('S9')
  const { error } = await takeSnapshot(machine)
  expect(error?.code).toBe('quota-exceeded')
  expect(simulator.journal.length).toBeLessThanOrEqual(2)
  expect(machine.store.limits.read()?.reason).toBe('quota')
  expect(explain(error).why).toContain('all your applications share it')
  const health = Object.values(machine.policies.api.health().keys)[0]!
  expect(health['circuitBreaker']).toMatchObject({ state: 'closed' })
})

test('S10 a 429 with Retry-After 0 or none: waits seconds of its own instead of hammering', async () => {
  const { machine, simulator } = await stage()
  simulator.arm('S10')
  const { outcome } = await takeSnapshot(machine)
  expect(outcome).toBe('complete')
  const refused = simulator.journal.filter(({ status }) => status === 429)
  const good = simulator.journal.filter(({ status }) => status === 200)
  expect(refused).toHaveLength(2)
  expect(good[0]!.atMs - refused[0]!.atMs).toBeGreaterThanOrEqual(2_000 / SPEED - 10)
})

test.each([
  ['S11', 'premium-required', 'Premium subscription'],
  ['S12', 'not-allow-listed', 'five people'],
] as const)('%s a refusal in plain text ends the run after the first answers: %s', async (scenario, refusal, why) => {
  const { machine, simulator } = await stage()
  simulator.arm(scenario)
  const { outcome, error } = await takeSnapshot(machine)
  expect([outcome, error?.code, error?.category]).toEqual(['failed', 'authorization', 'fatal'])
  expect(error?.details['refusal']).toBe(refusal)
  expect(simulator.journal.length).toBeLessThanOrEqual(2)
  expect(simulator.count(/api\/token/)).toBe(0)
  const message = explain(error)
  expect(message.why).toContain(why)
  expect(message.todo).toContain('developer.spotify.com/dashboard')
})

test('S13 a scope that was not given: names it, asks for consent, goes no further', async () => {
  const { machine, simulator } = await stage({ scopes: ['user-read-recently-played'] })
  const { outcome, error } = await takeSnapshot(machine)
  expect(['partial', 'failed']).toContain(outcome)
  expect(error).toMatchObject({ code: 'authorization', missingScopes: ['user-top-read'] })
  expect(simulator.journal.length).toBeLessThanOrEqual(3)
  const message = explain(error)
  expect(message.why).toContain('user-top-read')
  expect(message.todo).toContain('login')
})

test('S14 an endpoint that this mode lacks: the other lists are taken, no retry, the breaker stays closed', async () => {
  const { machine, simulator } = await stage()
  simulator.arm('S14')
  const { outcome, error, parts } = await takeSnapshot(machine)
  expect(outcome).toBe('partial')
  expect(parts.filter(({ status }) => status === 'complete')).toHaveLength(4)
  expect(parts.find(({ part }) => part === 'artists-long_term')).toMatchObject({
    status: 'failed',
    reasons: ['authorization (403)'],
  })
  expect(simulator.count(/top\/artists/)).toBe(3)
  expect(explain(error).why).toContain('development mode')
  const health = Object.values(machine.policies.api.health().keys)[0]!
  expect(health['circuitBreaker']).toMatchObject({ state: 'closed' })
})
