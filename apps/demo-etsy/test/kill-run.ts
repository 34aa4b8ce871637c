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
    let killed = 0
    let isFinished = false
    for (let run = 1; run <= kills + 5 && !isFinished; run += 1) {
      const isLast = run > kills
      const result = await work(simulator.url, databaseFile, isLast ? undefined : 5 + random() * 250)
      if (result === 'killed') killed += 1
      isFinished = result === 'finished'
    }
    expect(isFinished).toBe(true)
    // Late kills find nothing left to do; most must have hit work.
    expect(killed).toBeGreaterThan(kills * 0.6)
    expect(app.jobs.jobs({ state: 'done' })).toHaveLength(listings + orders)
    const published = app.jobs.jobs({ kind: 'publish' }).map((job) => (job.data as PublishState).listingId)
    const created = simulator.journal.lines(0, 1_000_000).filter((line) => line.kind === 'listing-created')
    expect(created.map((line) => Number(line.subject)).sort()).toEqual(published.sort())
    expect(simulator.journal.count('listing-published')).toBe(listings)
    expect([...new Set(simulator.store.emails().values())]).toEqual([1])
    expect(simulator.store.emails().size).toBe(orders)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function work(url: string, databaseFile: string, killAfterMs: number | undefined): Promise<'killed' | 'finished'> {
  return new Promise((resolve, reject) => {
    const entry = fileURLToPath(new URL('./shop-worker.ts', import.meta.url))
    const flags = ['--conditions=@holdfast/source', '--disable-warning=ExperimentalWarning']
    const child = spawn(process.execPath, [...flags, entry, url, databaseFile], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    child.stdout.once('data', () => {
      if (killAfterMs !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfterMs)
    })
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve('killed')
      else if (code === 0) resolve('finished')
      else reject(new Error(`the worker ended with code ${code ?? 'none'}`))
    })
  })
}
