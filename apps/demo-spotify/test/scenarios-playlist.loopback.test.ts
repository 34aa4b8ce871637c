import { expect, test } from 'vitest'
import { syncPlaylist, undoPlaylist } from '../src/playlist/index.ts'
import { monthOf, takeSnapshot } from '../src/snapshot/index.ts'
import { shownFailure, shownHoles, shownPlaylist, stored } from './shown.ts'
import { stage, type Stage } from './stage.ts'

// S21 to S26 and S29: writes whose answers get lost, come late or are refused.

const month = monthOf(Date.now())

const ready = async (): Promise<Stage & { readonly sync: (cover?: string) => ReturnType<typeof syncPlaylist> }> => {
  const made = await stage()
  await takeSnapshot(made.machine)
  made.simulator.journal.length = 0
  const sync = (cover?: string) =>
    syncPlaylist({ ...made.machine, visibleAfterMs: 5, ...(cover === undefined ? {} : { cover }) }, month)
  return { ...made, sync }
}

const expected = ({ machine }: Stage): string[] =>
  machine.store.snapshots.ranks('tracks-short_term', month).map(({ uri }) => uri)

test('the month run five times leaves one private playlist with the same items, and undo puts back what was there', async () => {
  const made = await ready()
  const first = await made.sync()
  expect(first).toMatchObject({ wasCreated: true, wasAdopted: false, hasChanged: true })
  for (let run = 2; run <= 5; run += 1)
    expect(await made.sync()).toMatchObject({ wasCreated: false, hasChanged: false })
  const [only, ...others] = made.simulator.playlists.list()
  expect(others).toEqual([])
  expect(only).toMatchObject({ isPublic: false, uris: expected(made) })
  expect(made.simulator.count(/PUT .*items/)).toBe(1)
  const mine = `spotify:track:${made.simulator.world.tracks[0]!.id}`
  only!.uris = [mine, 'spotify:local:a:b:c:1']
  expect(await made.sync()).toMatchObject({ hasChanged: true })
  expect(await undoPlaylist(made.machine, month)).toEqual([mine])
  expect(only!.uris).toEqual([mine])
  const again = await undoPlaylist(made.machine, month).catch((error: unknown) => error)
  expect((await shownFailure(again)).what).toBe('There is nothing to undo.')
})

/** What the sync left behind: the row of the month, and the run on record. */
const kept = ({ machine }: Stage) => ({
  playlist: machine.store.playlists.get(month),
  run: machine.store.runs.newest('playlist', month),
  owed: machine.store.runs.owed('playlist').map(({ month: owed }) => owed),
})

const DONE = { outcome: 'complete', summary: '50 songs, written and read back' }

test('S21 created, answer lost: found by its marker and adopted, not made twice', async () => {
  const made = await ready()
  made.simulator.arm('S21')
  const report = await made.sync()
  expect(report).toMatchObject({ wasAdopted: true, hasChanged: true })
  expect(made.simulator.playlists.list()).toHaveLength(1)
  expect(made.simulator.count(/POST/)).toBe(1)
  expect(kept(made)).toMatchObject({ playlist: { state: 'synced', uris: expected(made) }, run: DONE, owed: [] })
  expect(shownPlaylist(report)).toBe(`The playlist of ${month} was found and now holds 50 songs.`)
})

test('S21 not created, answer lost: says that it is unknown, and the next run makes the one', async () => {
  const made = await ready()
  made.simulator.faults.arm({ match: /POST \/v1\/me\/playlists/, times: 1, isReset: true })
  const error = await made.sync().catch((failure: unknown) => failure)
  expect(await shownFailure(error)).toEqual({
    what: 'Spotify did not say whether it did what we asked for (createPlaylist).',
    why: 'The answer got lost on its way.',
    todo: 'Run the same command again: it looks first and does nothing twice.',
  })
  expect(kept(made)).toMatchObject({
    playlist: { state: 'creating', playlistId: undefined },
    run: { outcome: 'failed', summary: 'unknown-outcome' },
    owed: [month],
  })
  await made.sync()
  expect(made.simulator.playlists.list()).toHaveLength(1)
  expect(kept(made)).toMatchObject({ playlist: { state: 'synced' }, owed: [] })
})

test('S22 written, answer lost: the same replace again changes nothing', async () => {
  const made = await ready()
  made.simulator.arm('S22')
  const report = await made.sync()
  expect(made.simulator.count(/PUT .*items/)).toBe(2)
  expect(made.simulator.playlists.list()[0]!.uris).toEqual(expected(made))
  expect(kept(made)).toMatchObject({ playlist: { state: 'synced', previousUris: [] }, run: DONE, owed: [] })
  expect(shownPlaylist(report)).toBe(`The playlist of ${month} now holds 50 songs.`)
})

test('S23 two runs at once write one after the other', async () => {
  const made = await ready()
  made.simulator.arm('S23')
  const reports = await Promise.all([made.sync(), syncPlaylist(made.another(), month)])
  expect(reports.filter(({ hasChanged }) => hasChanged)).toHaveLength(1)
  expect(made.simulator.playlists.list()).toHaveLength(1)
  expect(made.simulator.count(/PUT .*items/)).toBe(1)
  expect(made.simulator.playlists.list()[0]!.uris).toEqual(expected(made))
  expect(kept(made)).toMatchObject({ playlist: { state: 'synced', uris: expected(made) }, owed: [] })
  const summaries = made.machine.store.runs.latest(2).map(({ summary }) => summary)
  expect(summaries.toSorted()).toEqual(['50 songs, nothing to change', '50 songs, written and read back'])
  expect(reports.map(shownPlaylist).toSorted()).toEqual([
    `The playlist of ${month} already held 50 songs.`,
    `The playlist of ${month} now holds 50 songs.`,
  ])
})

test('S24 files of your own never reach a playlist, and there are never more than 100', async () => {
  const made = await stage()
  made.simulator.arm('S24')
  const snapshot = await takeSnapshot(made.machine)
  expect(stored(made.machine)['tracks-short_term']).toBe('partial 50')
  expect(shownHoles(snapshot).why).toBe('tracks-short_term: 1 entry a file of your own, which Spotify does not know')
  const report = await syncPlaylist({ ...made.machine, visibleAfterMs: 5 }, month)
  expect(report.uris.every((uri) => uri.startsWith('spotify:track:'))).toBe(true)
  expect(kept(made)).toMatchObject({ playlist: { state: 'synced', uris: report.uris }, owed: [] })
  expect(shownPlaylist(report)).toBe(`The playlist of ${month} now holds 50 songs.`)
  const { playlistId } = made.machine.store.playlists.get(month)!
  const refused = await made.machine.client
    .put(`/playlists/${playlistId!}/items`, {
      operation: 'replace',
      json: { uris: Array.from({ length: 101 }, () => report.uris[0]!) },
    })
    .catch((failure: unknown) => failure)
  expect(refused).toMatchObject({ code: 'validation', status: 400 })
  expect((await shownFailure(refused)).what).toBe('Spotify did not accept the data.')
})

test('S25 a new playlist that is not seen yet: asked for again, but only because it is new', async () => {
  const made = await ready()
  made.simulator.arm('S25')
  const report = await made.sync()
  expect(report).toMatchObject({ hasChanged: true })
  expect(kept(made)).toMatchObject({ playlist: { state: 'synced', uris: expected(made) }, run: DONE })
  expect(shownPlaylist(report)).toBe(`The playlist of ${month} now holds 50 songs.`)
  made.simulator.faults.arm({ match: /GET \/v1\/playlists/, answer: { status: 404, body: '' } })
  made.simulator.journal.length = 0
  const error = await made.sync().catch((failure: unknown) => failure)
  expect(made.simulator.count(/GET \/v1\/playlists/)).toBe(1)
  expect((await shownFailure(error)).what).toBe('The playlist of this month is not on Spotify any more.')
  expect(kept(made)).toMatchObject({ playlist: { state: 'creating', playlistId: undefined }, owed: [month] })
})

test('S26 a playlist that is full: stops, says what happened, and makes a new one once it is deleted', async () => {
  const made = await ready()
  made.simulator.arm('S26')
  const error = await made.sync().catch((failure: unknown) => failure)
  expect(error).toMatchObject({ code: 'authorization', status: 403 })
  expect(made.simulator.count(/PUT .*items/)).toBe(1)
  expect(kept(made)).toMatchObject({
    playlist: { state: 'creating', playlistId: undefined },
    run: { outcome: 'failed', summary: 'authorization (403)' },
    owed: [month],
  })
  expect(await shownFailure(error)).toEqual({
    what: 'The playlist is full.',
    why: 'Spotify keeps about eleven thousand songs in one playlist.',
    todo: 'Delete the playlist in Spotify and run "playlist sync" again: it makes a new one.',
  })
  made.simulator.faults.clear()
  made.simulator.playlists.remove(made.simulator.playlists.list()[0]!.id)
  expect(await made.sync()).toMatchObject({ wasCreated: true, hasChanged: true })
  expect(made.simulator.playlists.list()).toHaveLength(1)
})

test('S29 a cover that is too big: the playlist is a success without it', async () => {
  const made = await ready()
  made.simulator.arm('S29')
  const report = await made.sync('A'.repeat(100))
  expect(made.simulator.playlists.list()[0]!.uris).toEqual(expected(made))
  expect(kept(made)).toMatchObject({ playlist: { state: 'synced', uris: expected(made) }, run: DONE, owed: [] })
  expect(shownPlaylist(report)).toBe(
    `The playlist of ${month} now holds 50 songs.\n  left out: the cover, which Spotify did not take`,
  )
})
