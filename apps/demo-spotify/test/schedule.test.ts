import { createTestClock } from '@holdfast/core/testing'
import { expect, test } from 'vitest'
import { nextRun, noteMissedMonths, Scheduler } from '../src/schedule/index.ts'
import { PARTS } from '../src/snapshot/index.ts'
import { openStore, type Store } from '../src/store/index.ts'

const SCHEDULE = '30 9 28 * *'
const local = (text: string): number => new Date(text).getTime()

const withMonths = (...months: readonly string[]): Store => {
  const store = openStore(':memory:')
  for (const month of months) {
    for (const { name } of PARTS) {
      store.snapshots.savePart(
        { month, part: name, status: 'complete', reasons: [], flags: [], takenAtMs: 0, runId: 'r' },
        [],
      )
    }
  }
  return store
}

const plan = (store: Store, now: string, random = 0) =>
  nextRun({ store, schedule: SCHEDULE, nowMs: local(now), random: () => random })

test('the next run is that of the schedule, spread by up to ten minutes', () => {
  const store = withMonths('2026-10')
  expect(plan(store, '2026-11-21T12:00')).toEqual({
    atMs: local('2026-11-28T09:30'),
    reason: 'the schedule',
    job: 'month',
  })
  expect(plan(store, '2026-11-21T12:00', 0.5).atMs).toBe(local('2026-11-28T09:35'))
})

test('a run that was missed this month is made up for at once; one with holes six hours later', () => {
  const store = withMonths('2026-10')
  expect(plan(store, '2026-11-29T12:00')).toEqual({
    atMs: local('2026-11-29T12:00'),
    reason: 'the run of this month was missed',
    job: 'month',
  })
  store.runs.start({ id: 'a', kind: 'snapshot', month: '2026-11', startedAtMs: local('2026-11-29T12:00') })
  expect(plan(store, '2026-11-29T12:05')).toEqual({
    atMs: local('2026-11-29T18:00'),
    reason: 'this month has holes',
    job: 'month',
  })
})

test('a pause of Spotify moves the run behind it', () => {
  const store = withMonths('2026-10')
  store.limits.write({ untilMs: local('2026-11-30T08:00'), reason: 'rate-limit' })
  expect(plan(store, '2026-11-29T12:00')).toEqual({
    atMs: local('2026-11-30T08:00'),
    reason: 'Spotify asked for a pause until then',
    job: 'month',
  })
})

test('a playlist whose last write failed is tried again six hours later, without a snapshot before its day', () => {
  const store = withMonths('2026-10', '2026-11')
  store.runs.start({ id: 'a', kind: 'playlist', month: '2026-10', startedAtMs: local('2026-12-03T12:00') })
  store.runs.end('a', local('2026-12-03T12:01'), 'failed', 'service-unavailable (502)')
  expect(plan(store, '2026-12-03T12:05')).toEqual({
    atMs: local('2026-12-03T18:00'),
    reason: 'a playlist is not written yet',
    job: 'playlists',
  })
  store.runs.start({ id: 'b', kind: 'playlist', month: '2026-10', startedAtMs: local('2026-12-03T18:00') })
  // A run that was killed says nothing: it is owed, too.
  expect(store.runs.owed('playlist')).toMatchObject([{ id: 'b', month: '2026-10' }])
  store.runs.end('b', local('2026-12-03T18:01'), 'complete', '50 songs')
  expect(store.runs.owed('playlist')).toEqual([])
  expect(plan(store, '2026-12-03T18:05')).toMatchObject({ reason: 'the schedule', job: 'month' })
})

test('a month that passed without a run is noted as missed, once and with the reason', () => {
  const store = withMonths('2026-07', '2026-10')
  const options = { store, schedule: SCHEDULE, nowMs: local('2026-11-21T12:00') }
  expect(noteMissedMonths(options)).toEqual(['2026-08', '2026-09'])
  expect(noteMissedMonths(options)).toEqual([])
  expect(store.snapshots.parts('2026-08')).toHaveLength(7)
  expect(store.snapshots.parts('2026-08')[0]).toMatchObject({
    status: 'missed',
    reasons: ['the time machine was not running in this month'],
  })
})

test('the scheduler wakes up every hour, runs when it is time, and plans the next one also after a failure', async () => {
  const clock = createTestClock()
  const startMs = local('2026-11-28T06:00')
  const now = (): number => startMs + clock.now()
  const store = withMonths('2026-10')
  const ran: number[] = []
  const errors: unknown[] = []
  const scheduler = new Scheduler({
    store,
    schedule: SCHEDULE,
    now,
    clock,
    random: () => 0,
    onError: (error) => errors.push(error),
    run: async () => {
      ran.push(now())
      store.runs.start({ id: String(ran.length), kind: 'snapshot', month: '2026-11', startedAtMs: now() })
      throw new Error('no network')
    },
  })
  scheduler.start()
  await clock.advance(3 * 3_600_000)
  expect(ran).toEqual([])
  await clock.advance(3_600_000)
  expect(ran).toEqual([local('2026-11-28T09:30')])
  expect(errors).toHaveLength(1)
  expect(scheduler.next).toEqual({ atMs: local('2026-11-28T15:30'), reason: 'this month has holes', job: 'month' })
  scheduler.stop()
})
