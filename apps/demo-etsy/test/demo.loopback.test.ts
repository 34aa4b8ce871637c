import { expect, test } from 'vitest'
import { type ClientName, clientNames } from '../src/clients/client-name.ts'
import { type DayFigures, measureDay } from '../src/comparison/measure.ts'
import { checkPromises } from '../src/comparison/promises.ts'
import { runDay } from '../src/comparison/run-day.ts'
import type { DayScenario } from '../src/day-schedule/day-scenarios.ts'

const shortDay: DayScenario = {
  name: 'short',
  summary: '',
  perSecondLimit: 20,
  dailyLimit: 10_000,
  quotaWindowMs: 600_000,
  phases: [
    { name: 'outage', forMs: 5_000, conditions: { outage: { resetShare: 0.3 }, latencyMs: [2, 10] } },
    { name: 'repaired', forMs: 3_000, conditions: {} },
    { name: 'lost-answers', forMs: 2_000, conditions: { lostAnswers: { resetShare: 1, badGatewayShare: 0 } } },
    { name: 'slow', forMs: 1_500, conditions: { dripShare: 1 } },
  ],
}

// On a busy machine a phase of two seconds may pass without a call in it.
test('a short day with all three clients: what the simulators saw', { timeout: 60_000, retry: 2 }, async () => {
  const days = await Promise.all(clientNames.map((client) => runDay(client, shortDay, 1, () => undefined)))
  const figures = Object.fromEntries(days.map((day) => [day.client, measureDay(day)])) as Record<ClientName, DayFigures>
  const { plain, holdfast, 'axios-retry': axiosRetry } = figures

  // Every call of the journals of the jobs that was not refused locally reached the server, and nothing else did.
  for (const day of days) {
    const called = new Set(day.calls.filter((call) => !call.isLocalRefusal).map((call) => call.callId))
    expect([...day.requestsByCall.keys()].filter((id) => !called.has(id))).toEqual([])
    expect([...day.requestsByCall.values()].reduce((sum, count) => sum + count, 0)).toBe(day.requests.length)
  }
  expect(plain.requests).toBe(plain.calls.offered)
  expect(axiosRetry.requests).toBeGreaterThan(axiosRetry.calls.offered)

  // Jobs read before they write again, so duplicates come from a client that re-sends by itself.
  expect(plain.duplicateWrites.total).toBe(0)
  expect(axiosRetry.duplicateWrites.total).toBeGreaterThan(0)
  expect(axiosRetry.orders.emails).toBe(axiosRetry.orders.shipped + axiosRetry.duplicateWrites.parcels)
  expect(axiosRetry.outage?.requestsPerCall).toBeGreaterThan(1.5)

  for (const run of [plain, axiosRetry, holdfast]) {
    expect(run.orders.shipped).toBe(run.orders.placed)
    expect(run.jobs.completed + run.parked.filter((job) => job.reason !== '').length).toBe(run.jobs.total)
  }
  // Each simulator struck with the scenarios of the schedule, and with nothing else but odd headers.
  for (const run of [plain, axiosRetry, holdfast]) {
    expect(Object.keys(run.scenariosMet)).toEqual(expect.arrayContaining(['E16', 'E18', 'E19', 'E20']))
    expect(Object.keys(run.scenariosMet).filter((id) => !['E4', 'E16', 'E18', 'E19', 'E20'].includes(id))).toEqual([])
    expect(run.quotaBurned).toBeLessThan(run.requests)
  }
  // What the one attached line changes.
  expect(holdfast.calls.refusedLocally).toBeGreaterThan(0)
  expect(holdfast.outage?.requests).toBeLessThan(plain.outage?.requests ?? 0)
  expect(plain.outlivedDeadline).toBeGreaterThan(0)
  // The healthy stretch of this day is shorter than the ten seconds in which recovery is promised.
  const broken = checkPromises(holdfast).filter(
    ({ promise, isKept }) => !isKept && !promise.startsWith('back to normal'),
  )
  expect(broken).toEqual([])
})
