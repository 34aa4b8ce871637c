import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DeadLetterError } from '@holdfast/dead-letter'
import { openSqliteQueue } from '@holdfast/dead-letter/sqlite'
import { afterEach, expect, test } from 'vitest'
import type { CallLine } from '../src/client/index.ts'
import { JobLetters, letterFileOf } from '../src/dead-letters/index.ts'
import { publishJob } from '../src/publish/index.ts'
import { shipJob } from '../src/shipping/index.ts'
import type { ShopApp } from '../src/shop-app.ts'
import { plan, settleJobs, startShop } from './shop-rig.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

/** The shop on files, and a second reader of its letters, as the command `holdfast dlq` is one. */
async function startOnFiles(log: CallLine[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'demo-etsy-letters-'))
  const databaseFile = join(folder, 'shop.db')
  const shop = await startShop({
    databaseFile,
    simulator: { orders: 1 },
    app: { log: (line) => log.push(line), runner: { maxAttempts: 2 } },
  })
  const queue = await openSqliteQueue(letterFileOf(databaseFile))
  open.push(
    () => queue.close(),
    () => rmSync(folder, { recursive: true, force: true }),
  )
  return { ...shop, queue }
}

const idOf = async (app: ShopApp): Promise<string> => (await app.letters.waiting())[0]?.letter.id ?? 'none'

test('a job that is given up is a letter in a file of its own, which names the job and holds nothing of the request', async () => {
  const { app, simulator, queue } = await startOnFiles()
  simulator.inject({ id: 'E12', operations: ['createDraftListing'] })
  app.jobs.add(publishJob('A', plan))
  await settleJobs(app)
  const letters = await queue.list()
  expect(letters).toMatchObject([
    {
      upstream: 'etsy-jobs',
      path: '/jobs/publish-A',
      status: 'parked',
      parkReason: 'validation',
      errorCode: 'validation',
      errorClass: 'permanent',
      httpStatus: 400,
      attempts: 1,
      body: undefined,
      headers: {},
    },
  ])
  expect(JSON.stringify(letters)).not.toContain(plan.title)
})

test('a replay goes on from where the job stopped, through the policy at background priority, and once', async () => {
  const log: CallLine[] = []
  const { app, simulator, queue } = await startOnFiles(log)
  simulator.inject({ id: 'E17', times: 2 })
  simulator.inject({ id: 'E19', times: Infinity, operations: ['getShopReceipt'] })
  app.jobs.add(shipJob({ receiptId: 700_001, trackingCode: 'HF1' }))
  await settleJobs(app)
  expect(app.jobs.job('ship-700001-HF1')).toMatchObject({ state: 'parked', priority: 'critical' })
  expect(log.every(({ priority }) => priority === 'critical')).toBe(true)

  simulator.plan.clear()
  app.policy.reset()
  log.length = 0
  const id = await idOf(app)
  expect(await app.letters.replay(id)).toBe(true)
  expect(await app.letters.waiting()).toEqual([])
  expect(await app.letters.replay(id)).toBe(false)
  await settleJobs(app)
  expect(app.jobs.job('ship-700001-HF1')).toMatchObject({ state: 'done' })
  expect([...new Set(log.map(({ priority }) => priority))]).toEqual(['background'])
  expect(simulator.store.emails().get(700_001)).toBe(1)
  expect(await queue.get(id)).toMatchObject({ status: 'replayed', replayStatus: 202 })
})

test('a replay that fails again is a new letter', async () => {
  const { app, simulator, queue } = await startOnFiles()
  simulator.inject({ id: 'E12', times: 2, operations: ['createDraftListing'] })
  app.jobs.add(publishJob('A', plan))
  await settleJobs(app)
  const first = await idOf(app)
  await app.letters.replay(first)
  await settleJobs(app)
  const second = await idOf(app)
  expect(second).not.toBe(first)
  expect((await queue.list()).map(({ status }) => status)).toEqual(['replayed', 'parked'])
  await app.letters.replay(second)
  await settleJobs(app)
  expect(app.jobs.job('publish-A')).toMatchObject({ state: 'done' })
  expect(simulator.journal.count('listing-created')).toBe(1)
})

test('a letter made due from outside, as holdfast dlq does, is handed over on the next round', async () => {
  const { app, simulator, queue } = await startOnFiles()
  simulator.inject({ id: 'E12', operations: ['createDraftListing'] })
  app.jobs.add(publishJob('A', plan))
  await settleJobs(app)
  await app.letters.replayDue()
  expect(await app.letters.waiting()).toHaveLength(1)
  await queue.reopen({ ids: [await idOf(app)] })
  await app.letters.replayDue()
  await settleJobs(app)
  expect(app.jobs.job('publish-A')).toMatchObject({ state: 'done' })
})

test('killed between the letter and the parking, the job runs again and leaves one letter', async () => {
  const { app, simulator, queue } = await startOnFiles()
  simulator.inject({ id: 'E12', times: 2, operations: ['createDraftListing'] })
  app.jobs.add(publishJob('A', plan))
  const job = app.jobs.take()!
  const failure = { code: 'validation', status: 400, operation: 'createDraftListing', isTransient: false, attempts: 1 }
  await app.letters.keep(job, failure)
  expect(await app.letters.waiting()).toEqual([])
  app.jobs.recover()
  await settleJobs(app)
  expect(await queue.list()).toHaveLength(1)
  expect(await app.letters.waiting()).toHaveLength(1)
})

test('a job whose letter cannot be kept is not given up', async () => {
  const { app, simulator } = await startShop({
    app: { runner: { keepParked: () => Promise.reject(new DeadLetterError('disk-full', 'the disk is full')) } },
  })
  simulator.inject({ id: 'E12', operations: ['createDraftListing'] })
  app.jobs.add(publishJob('A', plan))
  await app.runner.runDue()
  const job = app.jobs.job('publish-A')
  expect(job).toMatchObject({ state: 'ready' })
  expect((job?.notBeforeMs ?? 0) - Date.now()).toBeGreaterThan(50_000)
  expect(app.jobs.journal('publish-A')[0]).toMatchObject({ event: 'not-kept', detail: { why: 'DeadLetterError' } })
})

test('a letter that names no job stays with a person', async () => {
  const { app, queue } = await startOnFiles()
  const letters = new JobLetters(queue, app.jobs)
  const job = { id: 'never-added', kind: 'seo', attempts: 0 } as Parameters<JobLetters['keep']>[0]
  await letters.keep(job, { code: 'unknown', status: undefined, operation: undefined, isTransient: true, attempts: 1 })
  const [letter] = await queue.list()
  expect(await letters.replay(letter?.id ?? '')).toBe(false)
  expect(await queue.get(letter?.id ?? '')).toMatchObject({ status: 'parked', parkReason: 'http-404' })
})
