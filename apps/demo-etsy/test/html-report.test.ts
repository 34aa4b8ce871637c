import { expect, test } from 'vitest'
import { measureDay } from '../src/comparison/measure.ts'
import { makeReport } from '../src/comparison/report.ts'
import type { DayRecord } from '../src/comparison/run-day.ts'
import type { DayScenario } from '../src/day-schedule/day-scenarios.ts'
import { placePhases } from '../src/day-schedule/phase.ts'
import { htmlReport } from '../src/terminal/html-report.ts'

const scenario: DayScenario = {
  name: 'day',
  summary: '',
  perSecondLimit: 20,
  dailyLimit: 100,
  quotaWindowMs: 60_000,
  phases: [
    { name: 'calm', forMs: 4_000, conditions: {} },
    { name: 'outage', forMs: 10_000, conditions: { outage: { resetShare: 0.5 } } },
  ],
}

function day(client: DayRecord['client'], posts: number, reason: string): DayRecord {
  const post = { atMs: 5_000, operation: 'createReceiptShipment', status: undefined, scenario: 'E16' }
  return {
    client,
    phases: placePhases(scenario.phases),
    requests: Array.from({ length: posts }, () => post),
    emailedOrders: Array.from({ length: posts }, () => '1'),
    draftMarkers: [],
    quotaBurned: posts,
    requestsByCall: new Map(),
    ordersPlaced: 1,
    longestPauseMs: 0,
    calls: [
      {
        callId: 'a',
        jobId: 'a',
        offeredAtMs: 5_000,
        settledAtMs: 5_100,
        outcome: 'failed',
        reason: 'ECONNRESET',
        isLocalRefusal: false,
      },
    ],
    jobs: [{ id: 'create-draft-0', kind: 'create-draft', runs: 1, endedAtMs: 1, end: 'parked', reason }],
  }
}

const days = [day('plain', 1, 'refused: <b>'), day('axios-retry', 3, 'why'), day('holdfast', 1, 'why')]

test('the report holds the comparison, the phases, the faults by their scenario and the parked jobs', async () => {
  const page = await htmlReport(makeReport(scenario, 7, days.map(measureDay)))
  const text = page
    .replace(/<style>.*<\/style>/s, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
  expect(text).toContain('Scenario "day", seed 7.')
  expect(text).toContain('buyer e-mails per shipped order 1.00 3.00 1.00')
  expect(text).toContain('outage, 10 s 1 for 1 calls, 1 failed 3 for 1 calls, 1 failed 1 for 1 calls, 1 failed')
  expect(text).toContain('closing 0 for 0 calls, 0 failed')
  expect(text).toContain('E16 listing created, connection reset 1 3 1')
  expect(text).not.toContain('E17 tracking stored')
  expect(text).toContain('plain axios, create-draft-0: refused: &lt;b&gt;')
  expect(text).toContain('kept: no duplicate write (0)')
  expect(page).toContain('<td class="bad">3.00</td>')
})

test('the report asks nobody for anything', async () => {
  const page = await htmlReport(makeReport(scenario, 7, days.map(measureDay)))
  expect(page).not.toMatch(/(src|href)=|url\(|@import|https?:/)
})
