import { systemClock } from '@holdfast/core'
import { expect, test } from 'vitest'
import { shipJob } from '../src/shipping/index.ts'
import { createSimulatedClock } from '../src/simulator/index.ts'
import { CallHistory } from '../src/web/call-history.ts'
import { settleJobs, startShop } from './shop-rig.ts'
import { seenInQuota, seenInShop } from './what-is-seen.ts'

const hourMs = 3_600_000

test('E2 for a day: nothing sleeps, the pause is written down and shown, orders go first when quota returns', async () => {
  let aheadMs = 0
  const clock = createSimulatedClock()
  const nowMs = (): number => clock.nowMs()
  const engineClock = {
    ...systemClock,
    now: () => systemClock.now() + aheadMs,
    wall: nowMs,
    setTimer: systemClock.setTimer.bind(systemClock),
    clearTimer: systemClock.clearTimer.bind(systemClock),
  }
  const log: string[] = []
  const { app, simulator } = await startShop({
    simulator: { clock, orders: 3, quota: { perSecond: 1_000, perDay: 200 } },
    app: {
      nowMs,
      policy: { clock: engineClock },
      runner: { concurrency: 1 },
      log: ({ operation }) => log.push(operation),
    },
  })
  const advance = (byMs: number): void => {
    aheadMs += byMs
    clock.advance(byMs)
  }
  await app.client.ping()
  simulator.inject({ id: 'E2' })
  app.jobs.add({ id: 'seo-1', kind: 'seo', priority: 'background', data: { listingId: 1_001, tags: ['x'] } })
  const startedAt = performance.now()
  await settleJobs(app)
  const pause = app.jobs.pauseNow()
  expect(pause?.reason).toBe('the daily quota is used up')
  // The oldest bucket leaves at the end of the sliding day.
  expect((pause?.untilMs ?? 0) - nowMs()).toBeGreaterThan(20 * hourMs)
  expect(app.jobs.job('seo-1')).toMatchObject({ state: 'ready', attempts: 0 })
  expect(await seenInShop(app)).toMatch(
    /Jobs are held: the daily quota is used up, until \d{4}-\d\d-\d\d \d\d:\d\d UTC/,
  )
  expect(seenInQuota(app, new CallHistory(app.database))).toContain('No calls now: the daily quota is used up')

  for (const number of [1, 2, 3]) app.jobs.add(shipJob({ receiptId: 700_000 + number, trackingCode: `HF${number}` }))
  const calls = simulator.journal.count('call')
  for (let hour = 0; hour < 19; hour += 1) {
    advance(hourMs)
    await app.runner.runDue()
  }
  expect(simulator.journal.count('call')).toBe(calls)
  // It survives a restart because it is in the database, not in a timer.
  expect(app.database.prepare('select reason from job_hold').get()).toMatchObject({
    reason: 'the daily quota is used up',
  })

  log.length = 0
  advance((pause?.untilMs ?? 0) - nowMs() + 1_000)
  await settleJobs(app)
  expect(app.jobs.pauseNow()).toBeUndefined()
  expect(app.jobs.jobs({ state: 'done' })).toHaveLength(4)
  expect(log.indexOf('createReceiptShipment')).toBeLessThan(log.indexOf('updateListing'))
  expect(log.lastIndexOf('createReceiptShipment')).toBeLessThan(log.indexOf('updateListing'))
  expect(performance.now() - startedAt).toBeLessThan(3_000)
})
