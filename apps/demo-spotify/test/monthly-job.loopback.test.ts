import { expect, test } from 'vitest'
import { monthlyJob, playlistJob } from '../src/app/monthly-job.ts'
import { undoPlaylist } from '../src/playlist/index.ts'
import { nextRun } from '../src/schedule/index.ts'
import { monthOf } from '../src/snapshot/index.ts'
import { stage } from './stage.ts'

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const month = monthOf(Date.now())

test('a playlist whose write finally failed is owed: the schedule comes back for it, without another snapshot', async () => {
  const { machine, simulator, settings } = await stage()
  simulator.faults.arm({ match: /PUT .*items/, answer: { status: 502, body: '' } })
  const report = await monthlyJob(machine, silent)
  expect(report.outcome).toBe('complete')
  expect(machine.store.playlists.get(month)).toMatchObject({ state: 'created' })
  const due = nextRun({ store: machine.store, schedule: settings.schedule, nowMs: Date.now(), random: () => 0 })
  // Late in a month the schedule itself may come first.
  if (due.job === 'playlists') expect(due.reason).toBe('a playlist is not written yet')
  simulator.faults.clear()
  simulator.journal.length = 0
  await playlistJob(machine, silent)
  expect(simulator.count(/top|recently/)).toBe(0)
  expect(machine.store.playlists.get(month)).toMatchObject({ state: 'synced' })
  expect(simulator.playlists.list()).toHaveLength(1)
  expect(simulator.playlists.list()[0]!.uris).toHaveLength(50)
  simulator.journal.length = 0
  await playlistJob(machine, silent)
  expect(simulator.journal).toEqual([])
})

test('what a person has undone is not written again by the schedule', async () => {
  const { machine, simulator } = await stage()
  await monthlyJob(machine, silent)
  await undoPlaylist(machine, month)
  await monthlyJob(machine, silent)
  expect(simulator.playlists.list()[0]!.uris).toEqual([])
  expect(machine.store.playlists.get(month)?.state).toBe('undone')
})
