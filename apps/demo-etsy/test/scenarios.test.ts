import { expect, test } from 'vitest'
import { planDay } from '../src/shop/day-plan.ts'
import { phaseAt, placePhases } from '../src/day-schedule/phase.ts'
import { dayScenarios } from '../src/day-schedule/day-scenarios.ts'
import { ordersOfDay } from '../src/day-schedule/orders-of-day.ts'

test('phases follow each other without a gap, and the time around the day is healthy', () => {
  const phases = placePhases(dayScenarios.get('day')?.phases ?? [])
  for (const [index, phase] of phases.entries()) expect(phase.fromMs).toBe(phases[index - 1]?.toMs ?? 0)
  const outage = phases.find((phase) => phase.name === 'outage')
  expect(phaseAt(phases, outage?.fromMs ?? NaN).name).toBe('outage')
  expect(phaseAt(phases, outage?.toMs ?? NaN).name).toBe('repaired')
  expect(phaseAt(phases, 1e9)).toMatchObject({ name: 'closing', conditions: {} })
})

test('the default day holds every kind of trouble and a total outage of 10 s with a long healthy stretch after it', () => {
  const conditions = dayScenarios
    .get('day')
    ?.phases.map((phase) => Object.keys(phase.conditions))
    .flat()
  expect(new Set(conditions)).toEqual(
    new Set([
      'perSecondLimit',
      'outage',
      'latencyMs',
      'errorShare',
      'lostAnswers',
      'stallShare',
      'dripShare',
      'truncatedShare',
    ]),
  )
  const phases = dayScenarios.get('day')?.phases ?? []
  const outage = phases.findIndex((phase) => phase.conditions.outage !== undefined)
  expect(phases[outage]?.forMs).toBe(10_000)
  expect(phases[outage + 1]).toMatchObject({ forMs: 11_000, conditions: {} })
})

test('a day plans a few hundred calls, the same for the same seed', () => {
  const jobsOf = (seed: number): string[] => planDay(52_000, seed).map(({ atMs, job }) => `${atMs} ${job.id}`)
  expect(jobsOf(1)).toEqual(jobsOf(1))
  expect(jobsOf(1).length).toBeGreaterThan(150)
  expect(new Set(planDay(52_000, 1).map(({ job }) => job.id)).size).toBe(jobsOf(1).length)
})

test('orders come in through the day, at times the seed decides', () => {
  const shop = { firstListingId: 1_001, listings: 110 }
  const times = (seed: number): number[] => ordersOfDay(seed, 50_000, shop).map((order) => order.placedAtMs)
  expect(times(1)).toEqual(times(1))
  expect(times(1)).not.toEqual(times(2))
  expect(times(1).length).toBeGreaterThan(30)
  expect(Math.max(...times(1))).toBeLessThan(50_000)
  const listingIds = ordersOfDay(1, 50_000, shop).map((order) => order.listingId)
  expect(Math.min(...listingIds)).toBeGreaterThanOrEqual(1_001)
  expect(Math.max(...listingIds)).toBeLessThanOrEqual(1_110)
  expect(new Set(listingIds).size).toBeGreaterThan(20)
})
