import { expect, test } from 'vitest'
import { type Fate, fateOf, latencyOf, type PlannedRequest } from '../src/day-schedule/fault-plan.ts'
import type { Conditions } from '../src/day-schedule/phase.ts'

const oddHeaders: readonly Fate[] = ['unreadable-quota', 'negative-quota']

function allFates(conditions: Conditions, request: Partial<PlannedRequest> = {}): Map<Fate, number> {
  const counts = new Map<Fate, number>()
  for (let index = 0; index < 2_000; index += 1) {
    const fate = fateOf({ callId: `call-${index}`, nth: 1, method: 'GET', ...request }, conditions, 1)
    counts.set(fate, (counts.get(fate) ?? 0) + 1)
  }
  return counts
}

function fates(conditions: Conditions, request: Partial<PlannedRequest> = {}): Map<Fate, number> {
  const counts = allFates(conditions, request)
  for (const fate of oddHeaders) counts.delete(fate)
  return counts
}

test('nothing goes wrong without conditions, but for an odd quota header now and then', () => {
  const seen = allFates({})
  expect([...seen.keys()].sort()).toEqual(['healthy', ...oddHeaders].sort())
  for (const fate of oddHeaders) expect((seen.get(fate) ?? 0) / 2_000).toBeCloseTo(0.01, 2)
})

test('an outage leaves nothing healthy and splits as asked', () => {
  const seen = fates({ outage: { resetShare: 0.3 } })
  expect([...seen.keys()].sort()).toEqual(['outage-503', 'outage-reset'])
  expect((seen.get('outage-reset') ?? 0) / 2_000).toBeCloseTo(0.3, 1)
})

test('answers are lost on the first request of a POST only', () => {
  const conditions = { lostAnswers: { resetShare: 0.6, badGatewayShare: 0.2 } }
  const posts = fates(conditions, { method: 'POST' })
  expect((posts.get('lost-by-reset') ?? 0) / 2_000).toBeCloseTo(0.6, 1)
  expect((posts.get('lost-by-502') ?? 0) / 2_000).toBeCloseTo(0.2, 1)
  expect([...fates(conditions, { method: 'POST', nth: 2 }).keys()]).toEqual(['healthy'])
  expect([...fates(conditions, { method: 'PUT' }).keys()]).toEqual(['healthy'])
})

test('drips and cut bodies are for GET; a stall may hit any method', () => {
  const conditions = { stallShare: 0.2, dripShare: 0.2, truncatedShare: 0.2 }
  expect([...fates(conditions).keys()].sort()).toEqual(['drip', 'half-body', 'healthy', 'stall', 'truncated-text'])
  expect([...fates(conditions, { method: 'PUT' }).keys()].sort()).toEqual(['healthy', 'stall'])
})

test('the same request meets the same fate, another seed another one', () => {
  const request = { callId: 'ship-order-1/run1/1-tracking', nth: 1, method: 'POST' }
  const conditions: Conditions = { errorShare: 0.5 }
  const seeds = Array.from({ length: 40 }, (_, seed) => fateOf(request, conditions, seed))
  expect(Array.from({ length: 40 }, (_, seed) => fateOf(request, conditions, seed))).toEqual(seeds)
  expect(new Set(seeds).size).toBeGreaterThan(1)
})

test('latency stays in its range', () => {
  const latencies = Array.from({ length: 500 }, (_, index) =>
    latencyOf({ callId: `call-${index}`, nth: 1, method: 'GET' }, { latencyMs: [50, 400] }, 1),
  )
  expect(Math.min(...latencies)).toBeGreaterThanOrEqual(50)
  expect(Math.max(...latencies)).toBeLessThan(400)
})
