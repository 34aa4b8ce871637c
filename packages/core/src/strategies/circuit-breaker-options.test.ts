import { describe, expect, it } from 'vitest'
import { createEngine } from '../../test/engine.ts'
import type { TimerHandle } from '../clock.ts'
import { createTestClock, type TestClock } from '../testing/test-clock.ts'
import { attemptTimeout } from './attempt-timeout.ts'
import { circuitBreaker } from './circuit-breaker.ts'

describe('options of circuitBreaker', () => {
  it.each([
    [{ deadFailures: 0 }, '"deadFailures" must be an integer from 1'],
    [{ deadForMs: -1 }, '"deadForMs"'],
    [{ sickRule: 'no' }, '"sickRule"'],
    [{ failureRatio: 0 }, '"failureRatio" must be above 0'],
    [{ failureRatio: 80 }, '"failureRatio"'],
    [{ minimumCalls: NaN }, '"minimumCalls"'],
    [{ windowMs: '10s' }, '"windowMs"'],
    [{ slowMs: -5 }, '"slowMs"'],
    [{ openMs: 0 }, '"openMs"'],
    [{ openMs: 9_000 }, '"maxOpenMs" must be at least openMs (9000), but is 5000'],
    [{ maxPushbackMs: -1 }, '"maxPushbackMs"'],
    [{ probes: 1.5 }, '"probes"'],
    [{ rampMs: NaN }, '"rampMs"'],
    [{ wait: 1 }, '"wait"'],
    [{ threshold: 0.5 }, 'unknown option "threshold"'],
    [JSON.parse('{"__proto__": {"wait": true}}'), 'unknown option "__proto__"'],
  ])('refuses %o', (options, message) => {
    expect(() => circuitBreaker(options as never)).toThrow(TypeError)
    expect(() => circuitBreaker(options as never)).toThrow(message)
  })

  it('refuses to change more than `wait` for one call', async () => {
    const engine = createEngine([circuitBreaker()], [200])
    expect(await engine.outcome({ resilience: { circuitBreaker: { openMs: 5 } } })).toMatchObject({
      message: expect.stringContaining('unknown option "openMs"') as string,
    })
  })

  it('makes the window at least twice the attempt timeout', async () => {
    const engine = createEngine(
      [circuitBreaker({ deadFailures: 1_000, minimumCalls: 2 }), attemptTimeout({ afterMs: 20_000 })],
      [503],
    )
    await engine.outcome()
    await engine.clock.advance(35_000)
    await engine.outcome()
    expect(engine.policy.health().keys['https://api.example']).toMatchObject({ circuitBreaker: { state: 'open' } })
  })

  it('works on a clock whose methods need their object', async () => {
    class OwnClock {
      readonly #clock: TestClock = createTestClock()
      now(): number {
        return this.#clock.now()
      }
      wall(): number {
        return this.#clock.wall()
      }
      setTimer(callback: () => void, delayMs: number): TimerHandle {
        return this.#clock.setTimer(callback, delayMs)
      }
      clearTimer(handle: TimerHandle): void {
        this.#clock.clearTimer(handle)
      }
    }
    const engine = createEngine([circuitBreaker({ deadFailures: 2, deadForMs: 0 })], [503], { clock: new OwnClock() })
    await engine.call()
    await engine.call()
    await expect(engine.call()).rejects.toMatchObject({ code: 'circuit-open' })
  })
})
