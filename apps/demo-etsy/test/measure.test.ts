import { expect, test } from 'vitest'
import { measureDay } from '../src/comparison/measure.ts'
import { checkPromises } from '../src/comparison/promises.ts'
import type { DayRecord, RequestRecord } from '../src/comparison/run-day.ts'
import type { CallRecord } from '../src/shop/call-journal.ts'
import { placePhases } from '../src/day-schedule/phase.ts'

const phases = placePhases([
  { name: 'calm', forMs: 1_000, conditions: {} },
  { name: 'outage', forMs: 2_000, conditions: { outage: { resetShare: 0.5 } } },
  { name: 'repaired', forMs: 3_000, conditions: {} },
])

function request(atMs: number, operation: string, status: number | undefined = 200, scenario?: string): RequestRecord {
  return { atMs, operation, status, scenario }
}

function call(offeredAtMs: number, tookMs: number, outcome: CallRecord['outcome'] = 'answered'): CallRecord {
  const settledAtMs = offeredAtMs + tookMs
  return { callId: '', jobId: '', offeredAtMs, settledAtMs, outcome, reason: null, isLocalRefusal: false }
}

const day: DayRecord = {
  client: 'holdfast',
  phases,
  ordersPlaced: 3,
  longestPauseMs: 12,
  requests: [
    request(100, 'createReceiptShipment'),
    request(200, 'createReceiptShipment', undefined, 'E16'),
    request(260, 'createReceiptShipment'),
    request(1_500, 'createReceiptShipment', 503, 'E19'),
    request(1_600, 'getListingsByShop', undefined, 'E19'),
    request(1_700, 'getListingsByShop', 503, 'E19'),
    request(3_100, 'createDraftListing', 502, 'E17'),
    request(3_200, 'createDraftListing', 201),
    request(3_300, 'createDraftListing', 201),
    request(3_400, 'createDraftListing', 429),
  ],
  emailedOrders: ['1', '2', '2'],
  draftMarkers: ['ref-1', 'ref-1', 'ref-2'],
  quotaBurned: 8,
  requestsByCall: new Map(),
  calls: [call(100, 20), call(1_500, 30, 'failed'), call(1_600, 3_400, 'failed'), call(3_100, 3_020), call(4_200, 10)],
  jobs: [
    { id: 'a', kind: 'a', runs: 1, endedAtMs: 1, end: 'completed', reason: null },
    { id: 'b', kind: 'b', runs: 6, endedAtMs: 2, end: 'parked', reason: 'gave up' },
  ],
}

test('counts parcels and drafts made twice, and e-mails, from what the simulator carried out', () => {
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

test('quota is what the simulator counted, and the scenarios that struck are listed in order', () => {
  expect(measureDay(day)).toMatchObject({ requests: 10, quotaBurned: 8 })
  expect(Object.entries(measureDay(day).scenariosMet)).toEqual([
    ['E16', 1],
    ['E17', 1],
    ['E19', 3],
  ])
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
