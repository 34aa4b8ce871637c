import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { seededRandom } from '@holdfast/fault-server'
import { expect } from 'vitest'
import { publishJob, type PublishState } from '../src/publish/index.ts'
import { shipJob } from '../src/shipping/index.ts'
import { plan, startShop } from './shop-rig.ts'

/**
 * Kills a worker with SIGKILL at random points while answers are lost, starts it again, and compares what happened at the
 * provider with what the journal says.
 */
export async function killAtRandom(kills: number, listings: number, orders: number, seed: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'demo-etsy-kill-'))
  const databaseFile = join(folder, 'shop.db')
  const random = seededRandom(seed)
  try {
    const { app, simulator } = await startShop({ simulator: { orders, hangMs: 120, listings: 5 }, databaseFile })
    for (const id of ['E15', 'E16'] as const) simulator.inject({ id, share: 0.1, times: Infinity })
    simulator.inject({ id: 'E17', share: 0.15, times: Infinity })
    simulator.inject({
      id: 'E20',
      share: 0.15,
      times: Infinity,
      operations: ['createReceiptShipment', 'uploadListingImage', 'updateListing'],
    })
    for (let number = 1; number <= listings; number += 1)
      app.jobs.add(publishJob(`SKU-${number}`, { ...plan, title: `Mug ${number}` }))
    for (let number = 1; number <= orders; number += 1)
      app.jobs.add(shipJob({ receiptId: 700_000 + number, trackingCode: `HF${number}` }))
    // Counted in calls, not in time: how far a worker comes in a second depends on the machine. Even the most calls that
    // these can add up to are fewer than the jobs need: five for a listing at least, one for an order.
    const mostCalls = Math.floor((listings * 5 + orders) / kills)
    let killed = 0
    while (killed < kills) {
      const killAtCalls = simulator.journal.count('call') + Math.floor(random() * mostCalls)
      const result = await work(simulator.url, databaseFile, () => simulator.journal.count('call') >= killAtCalls)
      // A kill that finds nothing left to do proves nothing.
      if (result === 'finished') throw new Error(`all was done after ${killed} of ${kills} kills; give it more to do`)
      killed += 1
    }
    const doneBefore = app.jobs.jobs({ state: 'done' }).length
    expect(await work(simulator.url, databaseFile)).toBe('finished')
    console.info(
      `killed ${killed} times, the last with ${doneBefore} of ${listings + orders} jobs done: ` +
        `${simulator.journal.count('listing-created')} listings created, ${simulator.store.emails().size} orders with e-mails`,
    )
    expect(app.jobs.jobs({ state: 'done' })).toHaveLength(listings + orders)
    const published = app.jobs.jobs({ kind: 'publish' }).map((job) => (job.data as PublishState).listingId)
    const created = simulator.journal.lines(0, 1_000_000).filter((line) => line.kind === 'listing-created')
    expect(created.map((line) => Number(line.subject)).sort()).toEqual(published.sort())
    expect(simulator.journal.count('listing-published')).toBe(listings)
    expect([...simulator.store.emails().values()].every((emails) => emails === 1)).toBe(true)
    expect(simulator.store.emails().size).toBe(orders)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function work(url: string, databaseFile: string, isTimeToKill?: () => boolean): Promise<'killed' | 'finished'> {
  return new Promise((resolve, reject) => {
    const entry = fileURLToPath(new URL('./shop-worker.ts', import.meta.url))
    const flags = ['--conditions=@holdfast/source', '--disable-warning=ExperimentalWarning']
    const child = spawn(process.execPath, [...flags, entry, url, databaseFile], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let watch: NodeJS.Timeout | undefined
    child.stdout.once('data', () => {
      if (isTimeToKill) watch = setInterval(() => isTimeToKill() && child.kill('SIGKILL'), 1)
    })
    child.once('error', reject)
    child.once('close', (code, signal) => {
      clearInterval(watch)
      if (signal === 'SIGKILL') resolve('killed')
      else if (code === 0) resolve('finished')
      else reject(new Error(`the worker ended with code ${code ?? 'none'}`))
    })
  })
}
