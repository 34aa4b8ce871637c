import { expect, test } from 'vitest'
import { Outcome, type Call } from './call.ts'
import { ConcurrencyLimiter } from './concurrency-limiter.ts'
import type { Environment } from './strategy.ts'
import { createTestClock } from './testing/test-clock.ts'

test('places are counted once, whatever order leases and releases come in', () => {
  const clock = createTestClock()
  const limiter = new ConcurrencyLimiter({ clock } as unknown as Environment, { limit: 3, maxQueued: 0, leaseMs: 100 })
  const call = { clock } as unknown as Call
  const take = (nowMs: number) => {
    const permit = limiter.tryTake(nowMs)
    permit?.commit(call, nowMs)
    return permit
  }
  const [first, second, third] = [take(0), take(10), take(20)]
  expect(take(30)).toBeUndefined()
  // The one in the middle of the list leaves.
  second?.cancel(call, 40)
  second?.cancel(call, 40)
  expect(limiter.health()).toMatchObject({ inFlight: 2 })
  const fourth = take(50)
  expect(take(99)).toBeUndefined()
  expect(take(100)).toBeDefined()
  expect(limiter.health()).toMatchObject({ inFlight: 3, lostLeases: 1 })
  // Too late: its place is another's now.
  first?.settle(new Outcome(call, 'value', 1), call, 110)
  expect(limiter.health()).toMatchObject({ inFlight: 3 })
  // Without an attempt on the outcome there is nothing to wait for.
  third?.settle(new Outcome(call, 'value', 1), call, 110)
  fourth?.cancel(call, 110)
  expect(limiter.health()).toMatchObject({ inFlight: 1 })
  expect(limiter.busy()).toBe(true)
})
