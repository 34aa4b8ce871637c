import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Priority } from '../call-overrides.ts'
import { createPolicy } from '../policy.ts'
import { createTestClock } from '../testing/test-clock.ts'
import { deadline } from './deadline.ts'
import { rateLimit } from './rate-limit.ts'

const INTERVAL_MS = 100
const BURST = 3
const PRIORITIES: readonly Priority[] = ['critical', 'default', 'background']

const step = fc.record({
  /** Time until the next step; an abort or a jump happens in between. */
  afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 250 })),
  priority: fc.constantFrom(...PRIORITIES),
  weight: fc.constantFrom(1, 1, 1, 2, 3),
  deadlineMs: fc.constantFrom(50, 300, 1_000, 60_000),
  abortAfterMs: fc.option(fc.integer({ min: 0, max: 400 }), { nil: undefined }),
  jumpMs: fc.constantFrom(0, 0, 0, 0, 500, -5_000),
})

interface Sent {
  readonly id: number
  readonly atMs: number
  readonly weight: number
  readonly priority: Priority
}

let policies = 0

// Whatever calls come, wait, expire, are aborted or overtaken, and however the clock jumps.
test('permits are conserved, no window holds too many, and turns are kept', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
      const clock = createTestClock()
      const policy = createPolicy({
        name: `model-${(policies += 1)}`,
        clock,
        strategies: [deadline(), rateLimit({ permits: 1, perMs: INTERVAL_MS, burst: BURST, daily: 1_000 })],
      })
      const sent: Sent[] = []
      const ends: Promise<string>[] = []
      for (const [id, { afterMs, priority, weight, deadlineMs, abortAfterMs, jumpMs }] of steps.entries()) {
        const controller = new AbortController()
        const end = policy
          .execute(
            () => {
              sent.push({ id, atMs: clock.now(), weight, priority })
              return 'sent'
            },
            { signal: controller.signal, priority, rateLimit: { weight }, deadline: { afterMs: deadlineMs } },
          )
          .catch((error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : 'aborted'))
        ends.push(end)
        if (abortAfterMs !== undefined) {
          clock.setTimer(() => {
            controller.abort()
          }, abortAfterMs)
        }
        await clock.settle()
        clock.jump(jumpMs)
        await clock.advance(afterMs)
      }
      await clock.advance(120_000)
      const results = await Promise.all(ends)

      expect(clock.pendingTimers).toBe(0)
      const spent = sent.reduce((sum, { weight }) => sum + weight, 0)
      expect(policy.health().keys[policy.name]?.['rateLimit']).toMatchObject({
        queued: 0,
        inFlight: 0,
        remaining: BURST,
        remainingToday: 1_000 - spent,
      })
      expect(sent.map(({ id }) => id).sort((a, b) => a - b)).toEqual(
        [...results.keys()].filter((id) => results[id] === 'sent'),
      )
      for (const [from, first] of sent.entries()) {
        let sum = 0
        for (const last of sent.slice(from)) {
          sum += last.weight
          expect(sum).toBeLessThanOrEqual(BURST + (last.atMs - first.atMs) / INTERVAL_MS + 1e-6)
        }
      }
      for (const priority of PRIORITIES) {
        const turns = sent.filter((call) => call.priority === priority).map(({ id }) => id)
        expect(turns).toEqual([...turns].sort((a, b) => a - b))
      }
    }),
    { numRuns: 60 },
  )
})
