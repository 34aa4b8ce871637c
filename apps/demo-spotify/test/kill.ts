import { spawn, type ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { openTimeMachine } from '../src/app/time-machine.ts'
import { markerOf, syncPlaylist } from '../src/playlist/index.ts'
import { seededRandom } from '../src/simulator/index.ts'
import { monthOf, PARTS, takeSnapshot } from '../src/snapshot/index.ts'
import { checkDatabase } from '../src/store/index.ts'
import type { Stage } from './stage.ts'

const WORKER = fileURLToPath(new URL('take-snapshots.ts', import.meta.url))

export const startJob = ({ settings }: Stage, ...flags: readonly string[]): ChildProcess =>
  spawn(
    process.execPath,
    ['--conditions=@holdfast/source', '--disable-warning=ExperimentalWarning', WORKER, ...flags],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env['PATH'],
        SPOTIFY_CLIENT_ID: settings.clientId,
        SPOTIFY_API_BASE: settings.apiBase,
        SPOTIFY_ACCOUNTS_BASE: settings.accountsBase,
        TIME_MACHINE_DATA: settings.folder,
      },
    },
  )

export const ended = (job: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => {
    if (job.exitCode !== null || job.signalCode !== null) resolve(job.exitCode)
    else job.once('exit', (code) => resolve(code))
  })

const ready = (job: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    job.stdout?.once('data', () => resolve())
    job.once('exit', () => resolve())
  })

/** Kills the job at random points after it is ready; after each kill the database must be sound. */
export const killAtRandomPoints = async (made: Stage, kills: number, seed: number): Promise<number> => {
  const random = seededRandom(seed)
  const month = monthOf(Date.now())
  let cut = 0
  // Slow answers make room for a kill between any two of them.
  made.simulator.faults.arm({ match: / \/v1\//, delayMs: 12 })
  for (let kill = 1; kill <= kills; kill += 1) {
    const job = startJob(made, '--playlist')
    await ready(job)
    await sleep(random() * 160)
    if (job.exitCode === null) cut += 1
    job.kill('SIGKILL')
    await ended(job)
    const look = openTimeMachine(made.settings, { windowPermits: false })
    checkDatabase(look.store.database)
    for (const { part, status } of look.store.snapshots.parts(month)) {
      if (part === 'recently-played') continue
      const ranks = look.store.snapshots.ranks(part, month)
      if (status === 'complete') expect(ranks, `${part} after kill ${kill}`).toHaveLength(50)
    }
    // A new month for the next kill, now and then, so that not only the first one is cut.
    if (random() < 0.5) look.store.database.exec('DELETE FROM rank; DELETE FROM part; DELETE FROM play')
    await look.close()
  }
  made.simulator.faults.clear()
  const last = openTimeMachine(made.settings, { windowPermits: false })
  const report = await takeSnapshot(last)
  expect(report.outcome).toBe('complete')
  expect(report.parts).toHaveLength(PARTS.length)
  await syncPlaylist(last, month)
  await last.close()
  const mine = made.simulator.playlists.list().filter(({ description }) => description.includes(markerOf(month)))
  expect(mine).toHaveLength(1)
  return cut
}
