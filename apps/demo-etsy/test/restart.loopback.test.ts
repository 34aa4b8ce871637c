import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { JobStore } from '../src/jobs/index.ts'
import { SqliteTokenStore } from '../src/oauth/index.ts'
import { shipJob } from '../src/shipping/index.ts'
import { createSimulatedClock, type Simulator, type SimulatorOptions, startSimulator } from '../src/simulator/index.ts'
import { openShop, settleJobs } from './shop-rig.ts'
import { consentInSimulator } from '../src/simulated-consent.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

/** A provider, and the files of a shop that is connected to it. */
async function prepare(options: SimulatorOptions): Promise<{
  readonly simulator: Simulator
  readonly folder: string
  readonly jobs: JobStore
}> {
  const folder = mkdtempSync(join(tmpdir(), 'demo-etsy-restart-'))
  const simulator = await startSimulator(options)
  const database = new DatabaseSync(join(folder, 'shop.db'))
  open.push(
    () => rmSync(folder, { recursive: true, force: true }),
    () => simulator.close(),
    () => database.close(),
  )
  consentInSimulator(simulator, new SqliteTokenStore(database))
  return { simulator, folder, jobs: new JobStore(database) }
}

/** The app as `start` runs it, in a process of its own. */
async function startProcess(
  simulator: Simulator,
  folder: string,
  more: Readonly<Record<string, string>> = {},
): Promise<{ readonly url: string; kill(): Promise<void> }> {
  const entry = fileURLToPath(new URL('../src/web/main.ts', import.meta.url))
  const flags = ['--conditions=@holdfast/source', '--disable-warning=ExperimentalWarning', '--no-warnings']
  const child: ChildProcess = spawn(process.execPath, [...flags, entry], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      DATABASE_FILE: join(folder, 'shop.db'),
      ETSY_KEYSTRING: simulator.app.keystring,
      ETSY_SHARED_SECRET: simulator.app.sharedSecret,
      ETSY_SHOP_ID: '42',
      ETSY_REDIRECT_URI: 'http://localhost:3003/oauth/redirect',
      ETSY_API_BASE: simulator.url,
      ETSY_AUTHORIZE_URL: `${simulator.url}/oauth/connect`,
      ETSY_TOKEN_URL: `${simulator.url}/v3/public/oauth/token`,
      ...more,
    },
  })
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'close')
  }
  open.push(kill)
  let printed = ''
  for await (const chunk of child.stdout ?? []) {
    printed += String(chunk)
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0]
    if (url !== undefined) return { url, kill }
  }
  throw new Error(`the app ended after printing: ${printed}`)
}

const pageOf = async (url: string, path: string): Promise<string> =>
  (await fetch(`${url}${path}`, { signal: AbortSignal.timeout(10_000) })).text()

const hold = /Jobs are held: the daily quota is used up, until\s+<time datetime="([^"]+)"/

test(
  'E2 survives a kill: the pause is shown by the next process, nothing is sent, orders go first when quota returns',
  { timeout: 180_000 },
  async () => {
    const clock = createSimulatedClock()
    const { simulator, folder, jobs } = await prepare({ clock, orders: 3, quota: { perSecond: 1_000, perDay: 500 } })
    simulator.inject({ id: 'E2', times: Infinity })
    jobs.add({ id: 'seo-1', kind: 'seo', priority: 'background', data: { listingId: 1_001, tags: ['x'] } })
    for (const number of [1, 2, 3]) jobs.add(shipJob({ receiptId: 700_000 + number, trackingCode: `HF${number}` }))

    const first = await startProcess(simulator, folder)
    await expect.poll(() => pageOf(first.url, '/'), { timeout: 60_000 }).toMatch(hold)
    await first.kill()
    simulator.plan.clear()
    const calls = simulator.journal.count('call')
    const untilMs = jobs.pauseNow()?.untilMs ?? 0
    expect(untilMs - Date.now()).toBeGreaterThan(20 * 3_600_000)

    const second = await startProcess(simulator, folder)
    const shown = hold.exec(await pageOf(second.url, '/'))?.[1]
    expect(Date.parse(shown ?? '')).toBe(untilMs)
    expect(await pageOf(second.url, '/quota')).toContain('No calls now: the daily quota is used up')
    // A round of the runner that somebody asks for comes back at once and sends nothing.
    await fetch(`${second.url}/orders/poll`, {
      method: 'POST',
      headers: { origin: second.url, 'content-type': 'application/x-www-form-urlencoded' },
      signal: AbortSignal.timeout(10_000),
    })
    expect(jobs.jobs({ state: 'ready' })).toHaveLength(5)
    await second.kill()
    expect(simulator.journal.count('call')).toBe(calls)

    const log: string[] = []
    const aheadMs = untilMs + 1_000 - Date.now()
    clock.advance(aheadMs)
    const app = await openShop(simulator, join(folder, 'shop.db'), {
      nowMs: () => Date.now() + aheadMs,
      runner: { concurrency: 1 },
      log: ({ operation }) => log.push(operation),
    })
    await settleJobs(app)
    expect(app.jobs.pauseNow()).toBeUndefined()
    expect(app.jobs.jobs({ state: 'done' })).toHaveLength(5)
    expect(log.filter((operation) => operation === 'createReceiptShipment')).toHaveLength(3)
    expect(log.lastIndexOf('createReceiptShipment')).toBeLessThan(log.indexOf('updateListing'))
  },
)

test('a budget of calls a day holds across kills', { timeout: 180_000 }, async () => {
  const budget = 20
  const { simulator, folder, jobs } = await prepare({ orders: 20, quota: { perSecond: 1_000, perDay: 100_000 } })
  for (let number = 1; number <= 20; number += 1)
    jobs.add(shipJob({ receiptId: 700_000 + number, trackingCode: `HF${number}` }))
  const settings = { ETSY_CALLS_PER_DAY: String(budget) }
  for (const until of [5, 10]) {
    const { kill } = await startProcess(simulator, folder, settings)
    await expect.poll(() => simulator.journal.count('call'), { timeout: 60_000, interval: 5 }).toBeGreaterThan(until)
    await kill()
  }
  const last = await startProcess(simulator, folder, settings)
  await expect.poll(() => pageOf(last.url, '/'), { timeout: 60_000 }).toMatch(hold)
  expect(await pageOf(last.url, '/quota')).toContain('Own budget a day')
  await last.kill()
  const calls = simulator.journal.count('call')
  expect(calls).toBeLessThanOrEqual(budget)
  // What a killed process had reserved and not sent is lost: a block for each kill.
  expect(calls).toBeGreaterThan(budget - 6)
  expect([...new Set(simulator.store.emails().values())]).toEqual([1])
})
