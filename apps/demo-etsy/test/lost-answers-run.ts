import { expect } from 'vitest'
import { publishJob, type PublishState } from '../src/publish/index.ts'
import { plan, settleJobs, startShop } from './shop-rig.ts'

/** Publishes while 5 % of the creates are carried out and their answers lost, and counts at the provider. */
export async function createWithLostAnswers(listings: number, withinMs: number): Promise<void> {
  const { app, simulator } = await startShop({
    app: { runner: { maxAttempts: 50 }, policy: { attemptMs: 3_000, deadlineMs: 5_000 } },
  })
  simulator.inject({ id: 'E15', share: 0.025, times: Infinity })
  simulator.inject({ id: 'E16', share: 0.025, times: Infinity })
  for (let number = 1; number <= listings; number += 1) {
    app.jobs.add(publishJob(`SKU-${number}`, { ...plan, title: `Mug ${number}` }))
  }
  await settleJobs(app, withinMs)
  const lost = simulator.journal
    .lines(0, 100_000)
    .filter((line) => line.scenario === 'E15' || line.scenario === 'E16').length
  expect(lost).toBeGreaterThan(listings * 0.03)
  expect(app.jobs.jobs({ state: 'done' })).toHaveLength(listings)
  expect(simulator.journal.count('listing-created')).toBe(listings)
  const ids = app.jobs.jobs({ kind: 'publish' }).map((job) => (job.data as PublishState).listingId)
  expect(new Set(ids).size).toBe(listings)
  expect(simulator.journal.count('listing-published')).toBe(listings)
  const reconciled = app.jobs
    .jobs({ kind: 'publish' })
    .filter((job) => ((job.data as PublishState).reconciliations ?? 0) > 0)
  expect(reconciled.length).toBeGreaterThanOrEqual(lost)
}
