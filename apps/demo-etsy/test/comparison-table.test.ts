import { expect, test } from 'vitest'
import type { DayFigures } from '../src/comparison/measure.ts'
import type { ComparisonReport } from '../src/comparison/report.ts'
import { closingLines, comparisonTable } from '../src/terminal/comparison-table.ts'
import type { Paint } from '../src/terminal/table.ts'

const paint: Paint = (style, text) => (style === 'bad' ? `<${text.trim()}>` : text)

const figures: DayFigures = {
  client: 'plain',
  jobs: { total: 10, completed: 9, parked: 1 },
  parked: [{ job: 'a', reason: 'why' }],
  calls: { offered: 20, failed: 3, refusedLocally: 2 },
  requests: 30,
  outage: { calls: 4, requests: 9, requestsPerCall: 2.25 },
  recoveryMs: 'never',
  quotaBurned: 25,
  duplicateWrites: { parcels: 1, drafts: 0, total: 1 },
  orders: { placed: 3, shipped: 2, emails: 3, emailsPerShippedOrder: 1.5, mostEmailsForOneOrder: 2 },
  outlivedDeadline: 1,
  longestCallMs: 3_456,
  longestPauseMs: 20,
  scenariosMet: {},
  phases: [],
}

const good: DayFigures = {
  ...figures,
  client: 'holdfast',
  outage: { calls: 4, requests: 4, requestsPerCall: 1 },
  recoveryMs: 1_250,
  duplicateWrites: { parcels: 0, drafts: 0, total: 0 },
  orders: { ...figures.orders, emails: 2, emailsPerShippedOrder: 1, mostEmailsForOneOrder: 1 },
  outlivedDeadline: 0,
}

const report: ComparisonReport = {
  schema: 1,
  scenario: 'day',
  seed: 1,
  phases: [],
  runs: [figures, good],
  promises: [
    { promise: 'one thing', isKept: true, measured: '0' },
    { promise: 'another', isKept: false, measured: '7' },
  ],
}

test('the table marks what a client did wrong and nothing else', () => {
  const marked = comparisonTable(report, paint)
    .split('\n')
    .filter((line) => line.includes('<'))
    .map((line) => line.replaceAll(/\s+/g, ' ').trim())
  expect(marked).toEqual([
    'requests per call <2.25> 1.00',
    'from repair to normal <never> 1.25 s',
    'duplicate writes <1> 0',
    'buyer e-mails per shipped order <1.50> 1.00',
    'calls that outlived their deadline <1> 0',
  ])
})

test('rows about an outage are left out where there was none', () => {
  const runs = report.runs.map((run) => ({ ...run, outage: null, recoveryMs: null }))
  expect(comparisonTable({ ...report, runs }, paint)).not.toMatch(/outage|repair/)
})

test('the closing lines name parked jobs, broken promises and a busy machine', () => {
  expect(closingLines(report, paint)).toBe(
    'Parked with Holdfast:\n  a: why\n\nPromises of Holdfast:\n  kept    one thing (0)\n<BROKEN  another (7)>',
  )
  const busy = { ...report, runs: [figures, { ...good, longestPauseMs: 1_200 }] }
  expect(closingLines(busy, paint)).toContain('it paused a client for up to 1.20 s')
  const parked = Array.from({ length: 10 }, (_, index) => ({ job: `job-${index}`, reason: 'why' }))
  const many = closingLines({ ...report, runs: [{ ...good, parked }] }, paint)
  expect(many).toContain('job-7: why')
  expect(many).not.toContain('job-8: why')
  expect(many).toContain('and 2 more')
})
