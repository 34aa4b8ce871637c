import { expect, test } from 'vitest'
import { markerOf } from '../src/playlist/index.ts'
import { monthOf, PARTS, takeSnapshot } from '../src/snapshot/index.ts'
import { checkDatabase } from '../src/store/index.ts'
import { ended, killAtRandomPoints, startJob } from './kill.ts'
import { stage } from './stage.ts'

const month = monthOf(Date.now())

test('kill -9 at five random points: a sound database each time, and the month is completed after them', async () => {
  const made = await stage({ simulator: { windowPermits: 100_000 } })
  expect(await killAtRandomPoints(made, 5, 3)).toBeGreaterThan(0)
})

test('two processes at once with an expired token: one refresh, one snapshot, one playlist', async () => {
  const made = await stage({ simulator: { windowPermits: 100_000 } })
  made.simulator.accounts.refreshMode = 'rotating'
  made.simulator.accounts.expireAccessTokens()
  const jobs = [startJob(made, '--playlist'), startJob(made, '--playlist')]
  expect(await Promise.all(jobs.map(ended))).toEqual([0, 0])
  expect(made.simulator.count(/api\/token/)).toBe(1)
  expect(
    made.simulator.journal.filter(({ request, status }) => /top|recently/.test(request) && status === 200),
  ).toHaveLength(7)
  expect(made.simulator.playlists.list().map(({ description }) => description.includes(markerOf(month)))).toEqual([
    true,
  ])
  checkDatabase(made.machine.store.database)
})

test('10 % of 502s, 2 % of cut answers, an expired token and two at once, over twelve months: nothing lost, nothing double', async () => {
  let nowMs = Date.UTC(2026, 0, 15)
  const now = (): number => nowMs
  const made = await stage({ simulator: { now, windowPermits: 100_000 }, machine: { now, windowPermits: false } })
  made.simulator.setNoise({ serverErrorRatio: 0.1, malformedRatio: 0.02, seed: 5 })
  const other = made.another()
  for (let index = 0; index < 12; index += 1) {
    nowMs = Date.UTC(2026, index, 15)
    const grant = made.simulator.accounts.grant(['user-top-read', 'user-read-recently-played'])
    made.machine.tokenStore.write({
      accessToken: 'spent',
      refreshToken: grant.refresh_token,
      expiresAtMs: nowMs + 3_600_000,
      scopes: [],
      consentAtMs: nowMs,
    })
    const refreshes = made.simulator.count(/api\/token/)
    let last = (await Promise.all([takeSnapshot(made.machine), takeSnapshot(other)]))[1]
    for (let run = 1; last.outcome !== 'complete' && run <= 5; run += 1) last = await takeSnapshot(made.machine)
    expect(last.parts.map(({ status }) => status)).toEqual(PARTS.map(() => 'complete'))
    expect(made.simulator.count(/api\/token/) - refreshes).toBe(1)
    for (const range of ['short_term', 'medium_term', 'long_term'] as const) {
      const stored = made.machine.store.snapshots.ranks(`tracks-${range}`, monthOf(nowMs)).map(({ id }) => id)
      const heard = made.simulator.world.topTracks(nowMs, range).slice(0, 50)
      expect(stored).toEqual(heard.map(({ id }) => id))
    }
  }
  const failures = made.simulator.journal.filter(({ status }) => status === 502).length
  expect(failures).toBeGreaterThan(5)
  checkDatabase(made.machine.store.database)
})
