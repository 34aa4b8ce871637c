import { expect, it } from 'vitest'
import { checkInvariants } from '../test/engine-acts.ts'
import { refusedError, resetError, type Answer } from '../test/scripted-transport.ts'
import { createWatchedEngine } from '../test/watched-engine.ts'

it.each([false, true])('hold for any answers, aborts and clock jumps both ways; client deaf to aborts: %s', (isDeaf) =>
  checkInvariants(isDeaf, 20),
)

// Each scenario is walked once per point at which a caller can leave: before every timer, and after every promise
// callback that follows it.
const SCENARIOS: readonly (readonly [name: string, script: readonly Answer[], calls: number])[] = [
  ['a success', [{ status: 200, afterMs: 50 }], 1],
  ['three attempts', [{ status: 503, afterMs: 20 }, resetError(), { status: 200, afterMs: 20 }], 1],
  ['a pushback', [{ status: 429, headers: { 'retry-after': '1' } }, 200], 1],
  ['a transparent retry', [refusedError(), refusedError(), 200], 1],
  ['an attempt that times out', ['hang', { status: 200, afterMs: 10 }], 1],
  ['a queue behind three others', [{ status: 200, afterMs: 100 }], 5],
  ['an outage', [503], 3],
]

const MOST_TICKS = 14

it.each(SCENARIOS)('hold for an abort at every await of %s', async (_name, script, calls) => {
  const answerAt = (index: number): Answer => script[Math.min(index, script.length - 1)] as Answer
  let points = 0
  for (let timers = 0, isOver = false; !isOver; timers += 1) {
    for (let ticks = 0; ticks <= MOST_TICKS; ticks += 1) {
      const engine = createWatchedEngine(answerAt, () => 0.5, false)
      let left = calls
      for (let call = 0; call < calls; call += 1) void engine.start().ended.then(() => (left -= 1))
      // Timer by timer, so that every moment at which something happens is met.
      for (let fired = 0; fired < timers && left > 0; fired += 1) await engine.clock.step()
      isOver = left === 0
      for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve()
      for (const call of engine.calls) engine.abort(call)
      await engine.finish()
      points += 1
    }
    expect(timers).toBeLessThan(60)
  }
  expect(points).toBeGreaterThan(MOST_TICKS)
})
