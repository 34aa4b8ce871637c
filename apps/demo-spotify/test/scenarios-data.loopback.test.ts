import { expect, test } from 'vitest'
import { monthOf, takeSnapshot, type SnapshotReport } from '../src/snapshot/index.ts'
import { openStore } from '../src/store/index.ts'
import { databasePath } from '../src/app/settings.ts'
import { expectWhole, shownFailure, shownHoles, shownSnapshot, stored, WHOLE } from './shown.ts'
import { SPEED, stage } from './stage.ts'

// S15 to S20, S27, S28, S30, S31: answers that are late, broken, empty or odd.

const month = monthOf(Date.now())
const partOf = ({ parts }: SnapshotReport, name: string) => parts.find(({ part }) => part === name)

test('S15 a gateway that fails twice, in JSON and in HTML: tried again until it answers', async () => {
  const { machine, simulator } = await stage()
  simulator.arm('S15')
  expectWhole(machine, await takeSnapshot(machine))
  expect(simulator.count(/top\/tracks\?.*short_term/)).toBe(3)
})

test('S15 that goes on: a hole with its reason, the other lists are there, the next run fills it', async () => {
  const { machine, simulator } = await stage()
  simulator.faults.arm({ match: /top\/tracks\?.*short_term/, answer: { status: 502, body: '' } })
  const report = await takeSnapshot(machine)
  expect(report.outcome).toBe('partial')
  expect(partOf(report, 'tracks-short_term')).toMatchObject({
    status: 'failed',
    reasons: ['service-unavailable (502)'],
  })
  expect(stored(machine)).toMatchObject({ 'tracks-short_term': 'failed 0', 'artists-long_term': 'complete 50' })
  expect(shownHoles(report).what).toBe('Spotify cannot be reached at the moment.')
  simulator.faults.clear()
  const next = await takeSnapshot(machine)
  expect(next.asked).toContain('tracks-short_term')
  expectWhole(machine, next)
})

test('S16 a stall of 30 s: the attempt is cut at its limit and the next one answers', async () => {
  const { machine, simulator } = await stage()
  simulator.arm('S16')
  const startedMs = performance.now()
  expectWhole(machine, await takeSnapshot(machine))
  // Ten seconds are the limit of an attempt.
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(10_000 / SPEED - 10)
  expect(simulator.count(/top\/tracks\?.*short_term/)).toBe(2)
})

test('S17 empty bodies: no crash, the list is marked and asked for again, nothing stored is lost', async () => {
  const { machine, simulator } = await stage()
  simulator.arm('S17')
  const report = await takeSnapshot(machine)
  expect(report.outcome).toBe('partial')
  expect(partOf(report, 'tracks-short_term')).toMatchObject({
    status: 'partial',
    reasons: ['Spotify sent an empty answer'],
    flags: ['empty-answer'],
  })
  expect(partOf(report, 'recently-played')).toMatchObject({ status: 'complete', flags: ['empty'] })
  expect(stored(machine)).toEqual({ ...WHOLE, 'recently-played': 'complete 0', 'tracks-short_term': 'partial 0' })
  expect(shownHoles(report)).toEqual({
    what: `The snapshot of ${month} has holes.`,
    why: 'tracks-short_term: Spotify sent an empty answer',
    todo: 'Nothing: what came is kept, and the next run asks again for the rest.',
  })
  simulator.faults.clear()
  const next = await takeSnapshot(machine)
  expect(next).toMatchObject({ outcome: 'complete', asked: ['tracks-short_term'] })
})

test('S18 null and local entries: skipped and counted, the rest keeps its order', async () => {
  const { machine, simulator } = await stage()
  simulator.arm('S18')
  const report = await takeSnapshot(machine)
  expect(partOf(report, 'tracks-short_term')).toMatchObject({
    status: 'partial',
    reasons: ['1 entry without a song (Spotify sent null)', '1 entry a file of your own, which Spotify does not know'],
  })
  const ranks = machine.store.snapshots.ranks('tracks-short_term', month)
  expect(ranks.map(({ rank }) => rank)).toEqual(Array.from({ length: 48 }, (_none, index) => index + 1))
  const expected = simulator.world.topTracks(Date.now(), 'short_term').slice(2, 50)
  expect(ranks.map(({ id }) => id)).toEqual(expected.map(({ id }) => id))
  expect(stored(machine)).toEqual({ ...WHOLE, 'tracks-short_term': 'partial 48' })
  expect(shownHoles(report).why).toBe(
    'tracks-short_term: 1 entry without a song (Spotify sent null), 1 entry a file of your own, which Spotify does not know',
  )
})

test('S19 an empty list and one with doubles: stored with flags, the best rank of a double counts', async () => {
  const { machine, simulator } = await stage()
  simulator.arm('S19')
  const report = await takeSnapshot(machine)
  expect(partOf(report, 'tracks-short_term')).toMatchObject({ status: 'complete', flags: ['empty'] })
  expect(partOf(report, 'tracks-medium_term')).toMatchObject({ status: 'complete', flags: ['duplicates'] })
  const ranks = machine.store.snapshots.ranks('tracks-medium_term', month)
  const expected = simulator.world.topTracks(Date.now(), 'medium_term').slice(0, 10)
  expect(ranks.map(({ id }) => id)).toEqual(expected.map(({ id }) => id))
  expect(stored(machine)).toEqual({
    ...WHOLE,
    'tracks-short_term': 'complete 0',
    'tracks-medium_term': 'complete 10',
  })
  const shown = shownSnapshot(report)
  expect(shown.error).toBe('')
  expect(shown.out).toMatch(/tracks-short_term +complete +nothing was heard/)
  expect(shown.out).toMatch(/tracks-medium_term +complete +Spotify named some twice/)
})

test('S20 fields that development mode leaves out: every item is stored, the lack is a flag', async () => {
  const { machine, simulator } = await stage()
  simulator.arm('S20')
  const report = await takeSnapshot(machine)
  expect(report.outcome).toBe('complete')
  expect(partOf(report, 'artists-long_term')?.flags).toEqual(['missing-images'])
  const ranks = machine.store.snapshots.ranks('tracks-short_term', month)
  expect(ranks).toHaveLength(50)
  // What was played lately still comes with its cover.
  expect(ranks.filter(({ imageUrl }) => imageUrl === undefined).length).toBeGreaterThan(10)
  expectWhole(machine, report)
  expect(shownSnapshot(report).out).toMatch(/artists-long_term +complete +without covers/)
})

test('S27 the end of what was played lately: items empty and cursors null are the end, not an error', async () => {
  const { machine, simulator } = await stage()
  simulator.arm('S27')
  const report = await takeSnapshot(machine)
  expect(report.outcome).toBe('complete')
  expect(machine.store.snapshots.plays()).toEqual([])
  expect(stored(machine)).toEqual({ ...WHOLE, 'recently-played': 'complete 0' })
  expect(shownSnapshot(report)).toMatchObject({
    out: expect.stringMatching(/recently-played +complete +nothing was heard/) as unknown,
    error: '',
  })
})

test('S28 the library reads its query alone: uris in a body are refused, and the message names no secret', async () => {
  const { machine, simulator } = await stage()
  simulator.arm('S28')
  const uris = `spotify:track:${simulator.world.tracks[0]!.id}`
  const wrong = machine.client.put('/me/library', { operation: 'saveTracks', json: { uris: [uris] } })
  const error = await wrong.then(
    () => undefined,
    (failure: unknown) => failure,
  )
  expect(error).toMatchObject({ code: 'validation', status: 400, upstreamMessage: 'Missing required field: uris' })
  expect(await shownFailure(error)).toEqual({
    what: 'Spotify did not accept the data.',
    why: 'The time machine asked for something in a way that Spotify does not take; this is our mistake.',
    todo: 'Look for a newer version of the time machine.',
  })
  expect(machine.store.snapshots.parts()).toEqual([])
  await expect(machine.client.put('/me/library', { operation: 'saveTracks', query: { uris } })).resolves.toBeUndefined()
})

test('S30 a locked database: waits, then says who has to let go; nothing half is stored', async () => {
  const { machine, settings } = await stage({ machine: { database: { lockWaitMs: 20 } } })
  const other = openStore(databasePath(settings))
  other.database.exec('BEGIN IMMEDIATE')
  const failure = await takeSnapshot(machine).catch((error: unknown) => error)
  expect(await shownFailure(failure)).toEqual({
    what: 'The database is locked by another program.',
    why: 'A backup, a viewer or another run holds it.',
    todo: 'Close the other program and run it again.',
  })
  other.database.exec('COMMIT')
  expect(machine.store.snapshots.parts()).toEqual([])
  expect(machine.store.runs.latest(5)).toEqual([])
  expectWhole(machine, await takeSnapshot(machine))
  other.close()
})

test('S30 a lock that is let go in time goes unnoticed', async () => {
  const { machine, settings } = await stage({ machine: { database: { lockWaitMs: 10 } } })
  const other = openStore(databasePath(settings))
  other.database.exec('BEGIN IMMEDIATE')
  setTimeout(() => other.database.exec('COMMIT'), 60)
  expectWhole(machine, await takeSnapshot(machine))
  other.close()
})

test('S31 JSON that is cut: the read is repeated', async () => {
  const { machine, simulator } = await stage()
  simulator.arm('S31')
  expectWhole(machine, await takeSnapshot(machine))
  expect(simulator.count(/top\/tracks\?.*short_term/)).toBe(2)
})

test('S31 that goes on: a hole with the words that it could not be read', async () => {
  const { machine, simulator } = await stage()
  simulator.faults.arm({ match: /top\/tracks\?.*short_term/, change: (text) => text.slice(0, 100) })
  const report = await takeSnapshot(machine)
  expect(partOf(report, 'tracks-short_term')).toMatchObject({ status: 'failed', reasons: ['validation'] })
  expect(simulator.count(/top\/tracks\?.*short_term/)).toBe(3)
  expect(stored(machine)).toEqual({ ...WHOLE, 'tracks-short_term': 'failed 0' })
  const { what, todo } = shownHoles(report)
  expect(what).toBe('Spotify sent something that cannot be read.')
  expect(todo).toContain('Run it again in a few minutes')
})
