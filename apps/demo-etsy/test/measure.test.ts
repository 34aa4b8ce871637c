import { expect, test } from 'vitest'
import { measureDay } from '../src/comparison/measure.ts'
import { checkPromises } from '../src/comparison/promises.ts'
import type { DayRecord, RequestRecord } from '../src/comparison/run-day.ts'
import type { CallRecord } from '../src/shop/call-journal.ts'
import { placePhases } from '../src/shop-day/phase.ts'

const phases = placePhases([
  { name: 'calm', forMs: 1_000, conditions: {} },
  { name: 'outage', forMs: 2_000, conditions: { outage: { resetShare: 0.5 } } },
  { name: 'repaired', forMs: 3_000, conditions: {} },
])

function request(atMs: number, method: string, path: string, callId: string, processed = true): RequestRecord {
  return { atMs, method, path, callId, processed, answered: processed ? '200' : '503' }
}

const atTheDoor: RequestRecord[] = [
  { ...request(5_500, 'GET', '/x', 'x', false), answered: 'reset before-reading' },
  { ...request(5_600, 'GET', '/x', 'x', false), answered: '429' },
]

function call(offeredAtMs: number, tookMs: number, outcome: CallRecord['outcome'] = 'answered'): CallRecord {
  const settledAtMs = offeredAtMs + tookMs
  return { callId: '', jobId: '', offeredAtMs, settledAtMs, outcome, reason: null, isLocalRefusal: false }
}

const tracking = (order: number): string => `/v3/application/shops/42/receipts/${order}/tracking`
const shopListings = '/v3/application/shops/42/listings'

const day: DayRecord = {
  client: 'holdfast',
  phases,
  ordersPlaced: 3,
  longestPauseMs: 12,
  requests: [
    request(100, 'POST', tracking(1), 'ship-order-1/run1/1-tracking'),
    request(200, 'POST', tracking(2), 'ship-order-2/run1/1-tracking'),
    request(260, 'POST', tracking(2), 'ship-order-2/run1/1-tracking'),
    request(1_500, 'POST', tracking(3), 'ship-order-3/run1/1-tracking', false),
    request(1_600, 'GET', shopListings, 'sync-listings-0/run1/1-listings', false),
    request(1_700, 'GET', shopListings, 'sync-listings-0/run1/1-listings', false),
    request(3_100, 'POST', shopListings, 'create-draft-1/run1/1-create-draft'),
    request(3_200, 'POST', shopListings, 'create-draft-1/run2/1-create-draft'),
    request(3_300, 'POST', shopListings, 'create-draft-2/run1/1-create-draft'),
    request(3_400, 'POST', shopListings, 'create-draft-3/run1/1-create-draft', false),
  ],
  calls: [call(100, 20), call(1_500, 30, 'failed'), call(1_600, 3_400, 'failed'), call(3_100, 3_020), call(4_200, 10)],
  jobs: [
    { id: 'a', kind: 'a', runs: 1, endedAtMs: 1, end: 'completed', reason: null },
    { id: 'b', kind: 'b', runs: 6, endedAtMs: 2, end: 'parked', reason: 'gave up' },
  ],
}

test('counts parcels and drafts made twice, and e-mails, from what the server carried out', () => {
  const figures = measureDay(day)
  expect(figures.duplicateWrites).toEqual({ parcels: 1, drafts: 1, total: 2 })
  expect(figures.orders).toEqual({
    placed: 3,
    shipped: 2,
    emails: 3,
    emailsPerShippedOrder: 1.5,
    mostEmailsForOneOrder: 2,
  })
})

test('sets requests that arrived in the outage against calls offered in it', () => {
  expect(measureDay(day).outage).toEqual({ calls: 2, requests: 3, requestsPerCall: 1.5 })
  expect(measureDay(day).recoveryMs).toBe(0)
  expect(measureDay({ ...day, phases: phases.slice(0, 1) })).toMatchObject({ outage: null, recoveryMs: null })
})

test('a call outlives its deadline beyond the slack of a timer and the pauses of a busy machine', () => {
  expect(measureDay(day)).toMatchObject({ outlivedDeadline: 1, longestCallMs: 3_400 })
  expect(measureDay({ ...day, longestPauseMs: 400 }).outlivedDeadline).toBe(0)
})

test('quota is burned by what reached the API: errors of its own count, resets at the door and 429s do not', () => {
  expect(measureDay(day).quotaBurned).toBe(10)
  expect(measureDay({ ...day, requests: [...day.requests, ...atTheDoor] })).toMatchObject({
    requests: 12,
    quotaBurned: 10,
  })
})

test('each phase and the time after the day have their own counts', () => {
  const counts = measureDay(day).phases.map(({ name, callsOffered, requests }) => [name, callsOffered, requests])
  expect(counts).toEqual([
    ['calm', 1, 3],
    ['outage', 2, 3],
    ['repaired', 2, 4],
    ['closing', 0, 0],
  ])
})

test('promises are judged one by one', () => {
  const kept = Object.fromEntries(checkPromises(measureDay(day)).map(({ promise, isKept }) => [promise, isKept]))
  expect(kept).toEqual({
    'no duplicate write': false,
    'one e-mail per shipped order': false,
    'every job completed, or parked with a reason': true,
    'no call outlived its deadline': false,
    'at most 1.1 requests per call in the outage': false,
    'back to normal within 10 s of the repair': true,
  })
  const silent = { ...day, jobs: [{ ...day.jobs[1]!, reason: '' }] }
  expect(checkPromises(measureDay(silent)).find(({ promise }) => promise.startsWith('every job'))?.isKept).toBe(false)
})
