import { expect, test } from 'vitest'
import { createWithLostAnswers } from './lost-answers-run.ts'
import { previewPublish, publishJob, type PublishState } from '../src/publish/index.ts'
import { plan, settleJobs, startShop } from './shop-rig.ts'

test('a listing goes from plan to active, once, however often the job is added', async () => {
  const { app, simulator } = await startShop()
  expect(app.jobs.add(publishJob('SKU-1', plan))).toBe(true)
  expect(app.jobs.add(publishJob('SKU-1', plan))).toBe(false)
  await settleJobs(app)
  const job = app.jobs.job('publish-SKU-1')
  expect(job).toMatchObject({ state: 'done', data: { step: 'verify' } })
  const listing = simulator.store.listing((job?.data as PublishState).listingId ?? 0)
  expect(listing).toMatchObject({ state: 'active', tags: ['mug'], quantity: 3 })
  expect(simulator.journal.count('listing-published')).toBe(1)
  // The preview of the plan mode is what it took (the inventory of a new draft needed no change).
  const calls = simulator.journal.count('call')
  const { calls: foreseen, feeUsd } = previewPublish([publishJob('SKU-1', plan).data.plan])
  expect([foreseen - calls <= 1 && foreseen >= calls, feeUsd]).toEqual([true, 0.2])
})

test('a plan tells everything that is wrong at once', () => {
  const broken = { ...plan, title: '100% <mug>', price: 0, images: [], colour: 'blue' }
  expect(() => publishJob('X', broken)).toThrow(
    expect.objectContaining({ issues: expect.toSatisfy((issues: unknown[]) => issues.length === 4) }),
  )
})

test('250 creates, 5 % applied with the answer lost: none twice, none missing', { timeout: 60_000 }, () =>
  createWithLostAnswers(250, 50_000),
)
