/** The simulator's wall clock: it can run faster than real time and be put forward. */
export interface SimulatedClock {
  /** Epoch milliseconds of the simulated world. */
  readonly nowMs: () => number
  /** The same in whole seconds, as all Etsy timestamps. */
  readonly seconds: () => number
  /** How many simulated milliseconds pass in a real one. */
  readonly speed: number
  /** Puts the clock forward. */
  advance(byMs: number): void
}

/**
 * @param speed - 1 for real time; 1440 makes a day of a minute. Above 0.
 * @throws {TypeError} For a speed that is not above 0.
 */
export function createSimulatedClock(speed = 1, startMs = Date.now()): SimulatedClock {
  if (!(speed > 0)) throw new TypeError(`simulated clock: speed must be above 0, got ${speed}`)
  const startedAt = performance.now()
  let aheadMs = 0
  const nowMs = (): number => startMs + (performance.now() - startedAt) * speed + aheadMs
  return {
    nowMs,
    seconds: () => Math.floor(nowMs() / 1_000),
    speed,
    advance(byMs) {
      aheadMs += byMs
    },
  }
}
