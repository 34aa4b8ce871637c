import { expect, test } from 'vitest'
import { takeSnapshot } from '../src/snapshot/index.ts'
import { each, expectWhole, shownHoles, stored } from './shown.ts'
import { giveConsent, SPEED, stage } from './stage.ts'

// S7 to S10 and S14: limits, bans, quotas, missing endpoints; and limits that outlive the process.

test('S7 a rate limit: every call of the app waits for as long as it says, then all goes on', async () => {
  const { machine, simulator } = await stage()
  simulator.arm('S7')
  const report = await takeSnapshot(machine)
  expectWhole(machine, report)
  expect(simulator.journal.filter(({ status }) => status === 429)).toHaveLength(1)
  const [refused, next] = [simulator.journal[0]!, simulator.journal[2]!]
  // The second call may have left before the first was answered.
  expect(next.atMs - refused.atMs).toBeGreaterThanOrEqual(3_000 / SPEED - 10)
})

test('S8 a ban of 22 hours: ends as partial at once, keeps the time, and the next run sends nothing and says until when', async () => {
  const { machine, simulator, another } = await stage()
  simulator.arm('S8')
  const report = await takeSnapshot(machine)
  expect([report.outcome, report.error?.code]).toEqual(['partial', 'rate-limited'])
  const rows = Object.values(stored(machine)).toSorted()
  expect(rows).toEqual([
    ...Array.from({ length: 2 }, () => 'complete 50'),
    ...Array.from({ length: 5 }, () => 'failed 0'),
  ])
  expect(machine.store.runs.newest('snapshot', report.month)?.outcome).toBe('partial')
  const pause = machine.store.limits.read()!
  expect(pause.reason).toBe('rate-limit')
  // What the process waited for itself would be missing from the rest.
  const leftSeconds = (pause.untilMs - Date.now()) / 1_000
  expect(leftSeconds).toBeGreaterThan(79_892 - 60)
  expect(leftSeconds).toBeLessThanOrEqual(79_892)
  const sent = simulator.journal.length
  const other = another()
  const next = await takeSnapshot(other)
  expect(simulator.journal).toHaveLength(sent)
  expect(next.outcome).toBe('partial')
  expect(other.store.limits.read()).toEqual(pause)
  const message = shownHoles(next)
  expect(message.what).toBe('Spotify asks us to wait.')
  const until = new Date(pause.untilMs).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
  expect(message.todo).toBe(`Nothing: the next run goes on by itself after ${until}.`)
  // The day after, by the clock of the program.
  simulator.faults.clear()
  const later = another({ now: () => Date.now() + 79_900_000 })
  giveConsent(simulator, later)
  expect((await takeSnapshot(later)).outcome).toBe('complete')
})

test('S9 the quota of the account: no breaker, a pause for all, and the words that other apps share it', async () => {
  const { machine, simulator } = await stage()
  simulator.arm('S9')
  const report = await takeSnapshot(machine)
  expect(report.error?.code).toBe('quota-exceeded')
  expect(simulator.journal.length).toBeLessThanOrEqual(2)
  expect(stored(machine)).toEqual(each('failed 0'))
  const pause = machine.store.limits.read()!
  expect(pause.reason).toBe('quota')
  expect(pause.untilMs - Date.now()).toBeGreaterThan(3_500_000)
  const message = shownHoles(report)
  expect(message.what).toBe('The calls that Spotify allows are used up.')
  expect(message.why).toContain('all your applications share it')
  expect(message.todo).toMatch(/by itself after \d+ \w+ \d{4}/)
  const health = Object.values(machine.policies.api.health().keys)[0]!
  expect(health['circuitBreaker']).toMatchObject({ state: 'closed' })
})

test('S10 a 429 with Retry-After 0 or none: waits seconds of its own instead of hammering', async () => {
  const { machine, simulator } = await stage()
  simulator.arm('S10')
  expectWhole(machine, await takeSnapshot(machine))
  const refused = simulator.journal.filter(({ status }) => status === 429)
  const good = simulator.journal.filter(({ status }) => status === 200)
  expect(refused).toHaveLength(2)
  expect(good[0]!.atMs - refused[0]!.atMs).toBeGreaterThanOrEqual(2_000 / SPEED - 10)
})

test('S10 a Retry-After that is a date: waits until then', async () => {
  const { machine, simulator } = await stage()
  const until = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 5_000)
  const headers = { 'retry-after': until.toUTCString() }
  simulator.faults.arm({ match: / \/v1\//, times: 1, answer: { status: 429, body: 'Too many requests', headers } })
  expectWhole(machine, await takeSnapshot(machine))
  const [refused, , third] = simulator.journal
  expect(third!.atMs - refused!.atMs).toBeGreaterThanOrEqual(3_000 / SPEED)
})

test('S14 an endpoint that this mode lacks: the other lists are taken, no retry, the breaker stays closed', async () => {
  const { machine, simulator } = await stage()
  simulator.arm('S14')
  const report = await takeSnapshot(machine)
  expect(report.outcome).toBe('partial')
  expect(stored(machine)).toMatchObject({
    'artists-long_term': 'failed 0',
    'artists-medium_term': 'failed 0',
    'artists-short_term': 'failed 0',
    'tracks-short_term': 'complete 50',
    'recently-played': 'complete 50',
  })
  expect(report.parts.find(({ part }) => part === 'artists-long_term')?.reasons).toEqual(['authorization (403)'])
  expect(simulator.count(/top\/artists/)).toBe(3)
  const message = shownHoles(report)
  expect(message.what).toBe('Spotify does not offer topArtists to this application.')
  expect(message.why).toContain('development mode')
  const health = Object.values(machine.policies.api.health().keys)[0]!
  expect(health['circuitBreaker']).toMatchObject({ state: 'closed' })
})

test('the window of half a minute is shared by processes and outlives them: what one used up, the next one waits for', async () => {
  const { machine, simulator, another } = await stage()
  const call = ({ client }: typeof machine): Promise<unknown> => client.get('/me', { operation: 'me' })
  await Promise.all(Array.from({ length: 15 }, () => call(machine)))
  const next = another()
  await Promise.all(Array.from({ length: 10 }, () => call(next)))
  const times = simulator.journal.map(({ atMs }) => atMs)
  // At most the burst of 15, one a second of the policy's clock, and a permit in each hand.
  const spanSeconds = ((times.at(-1)! - times[0]!) * SPEED) / 1_000
  expect(times).toHaveLength(25)
  expect(25).toBeLessThanOrEqual(15 + spanSeconds + 2)
})
