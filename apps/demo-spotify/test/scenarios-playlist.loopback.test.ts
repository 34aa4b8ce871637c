import { expect, test } from 'vitest'
import { explain } from '../src/messages/explain.ts'
import { syncPlaylist, undoPlaylist } from '../src/playlist/index.ts'
import { monthOf, takeSnapshot } from '../src/snapshot/index.ts'
import { SPEED, stage, type Stage } from './stage.ts'

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
  expect(explain(again).what).toBe('There is nothing to undo.')
})

test('S21 created, answer lost: found by its marker and adopted, not made twice', async () => {
  const made = await ready()
  made.simulator.arm('S21')
  expect(await made.sync()).toMatchObject({ wasAdopted: true, hasChanged: true })
  expect(made.simulator.playlists.list()).toHaveLength(1)
  expect(made.simulator.count(/POST/)).toBe(1)
  expect(made.machine.store.playlists.get(month)).toMatchObject({ state: 'synced', uris: expected(made) })
})

test('S21 not created, answer lost: says that it is unknown, and the next run makes the one', async () => {
  const made = await ready()
  made.simulator.faults.arm({ match: /POST \/v1\/me\/playlists/, times: 1, isReset: true })
  const error = await made.sync().catch((failure: unknown) => failure)
  expect(explain(error)).toMatchObject({ todo: expect.stringContaining('does nothing twice') as unknown })
  expect(made.machine.store.playlists.get(month)?.state).toBe('creating')
  await made.sync()
  expect(made.simulator.playlists.list()).toHaveLength(1)
})

test('S22 written, answer lost: the same replace again changes nothing', async () => {
  const made = await ready()
  made.simulator.arm('S22')
  await made.sync()
  expect(made.simulator.count(/PUT .*items/)).toBe(2)
  expect(made.simulator.playlists.list()[0]!.uris).toEqual(expected(made))
})

test('S23 two runs at once write one after the other', async () => {
  const made = await ready()
  made.simulator.arm('S23')
  const [first, second] = await Promise.all([made.sync(), syncPlaylist(made.another(), month)])
  expect([first.hasChanged, second.hasChanged].filter(Boolean)).toHaveLength(1)
  expect(made.simulator.playlists.list()).toHaveLength(1)
  expect(made.simulator.count(/PUT .*items/)).toBe(1)
})

test('S24 files of your own never reach a playlist, and there are never more than 100', async () => {
  const made = await stage()
  made.simulator.arm('S24')
  await takeSnapshot(made.machine)
  const { uris } = await syncPlaylist({ ...made.machine, visibleAfterMs: 5 }, month)
  expect(uris.every((uri) => uri.startsWith('spotify:track:'))).toBe(true)
  const part = made.machine.store.snapshots.parts(month).find(({ part }) => part === 'tracks-short_term')
  expect(part?.reasons).toEqual(['1 entry a file of your own, which Spotify does not know'])
  const many = Array.from({ length: 101 }, () => uris[0]!)
  const { playlistId } = made.machine.store.playlists.get(month)!
  const refused = made.machine.client.put(`/playlists/${playlistId!}/items`, {
    operation: 'replace',
    json: { uris: many },
  })
  await expect(refused).rejects.toMatchObject({ code: 'validation', status: 400 })
})

test('S25 a new playlist that is not seen yet: asked for again, but only because it is new', async () => {
  const made = await ready()
  made.simulator.arm('S25')
  expect(await made.sync()).toMatchObject({ hasChanged: true })
  made.simulator.faults.arm({ match: /GET \/v1\/playlists/, answer: { status: 404, body: '' } })
  made.simulator.journal.length = 0
  const error = await made.sync().catch((failure: unknown) => failure)
  expect(error).toMatchObject({ code: 'not-found' })
  expect(made.simulator.count(/GET \/v1\/playlists/)).toBe(1)
})

test('S26 a playlist that is full: stops, keeps what was there on record, and says what happened', async () => {
  const made = await ready()
  made.simulator.arm('S26')
  const error = await made.sync().catch((failure: unknown) => failure)
  expect(error).toMatchObject({ code: 'authorization', status: 403 })
  expect(made.simulator.count(/PUT .*items/)).toBe(1)
  expect(made.machine.store.playlists.get(month)).toMatchObject({ state: 'created', previousUris: [] })
  expect(explain(error).what).toBe('The playlist is full.')
})

test('S29 a cover that is too big: the playlist is a success without it', async () => {
  const made = await ready()
  made.simulator.arm('S29')
  const report = await made.sync('A'.repeat(100))
  expect(report.leftOut).toEqual(['the cover, which Spotify did not take'])
  expect(made.simulator.playlists.list()[0]!.uris).toEqual(expected(made))
  expect(made.machine.store.playlists.get(month)?.state).toBe('synced')
})

test('ky and fetch share one policy: a 429 that a read got holds a write back', async () => {
  const made = await ready()
  made.simulator.faults.arm({
    match: /GET \/v1\/me$/,
    times: 1,
    answer: { status: 429, body: '', headers: { 'retry-after': '4' } },
  })
  const id = made.simulator.playlists.create('x', '', false, 0).id
  const read = made.machine.client.get('/me', { operation: 'me' })
  while (made.simulator.count(/GET \/v1\/me$/) === 0) await new Promise((resolve) => setImmediate(resolve))
  await new Promise((resolve) => setTimeout(resolve, 20))
  const write = made.machine.client.put(`/playlists/${id}`, { operation: 'rename', json: { name: 'y' } })
  await Promise.all([read, write])
  const [refused, ...later] = made.simulator.journal
  expect(refused?.status).toBe(429)
  expect(later.map(({ request }) => request.slice(0, 4)).toSorted()).toEqual(['GET ', 'PUT '])
  for (const { atMs } of later) expect(atMs - refused!.atMs).toBeGreaterThanOrEqual(4_000 / SPEED - 10)
  const keys = Object.keys(made.machine.policies.api.health().keys)
  expect(keys).toHaveLength(1)
})
