import type { Outage } from '../fifo-server.ts'

/** What a loopback server does over time, and how it is called; all times from the start of the scenario. */
export interface LoopbackScenario {
  readonly name: 'outage' | 'failures' | 'blackout'
  /** Client instances in the one client process; the calls are dealt to them at random. */
  readonly clients: number
  readonly callsPerSecond: number
  readonly attemptTimeoutMs: number
  readonly endMs: number
  /** The span in which the server stands still (`outage`) or answers 503 (`blackout`). */
  readonly outage?: Outage
  /** Share of independent 503 answers outside that span. */
  readonly failureShare: number
  /** Requests a second the server can work on; without it the server is never overloaded. */
  readonly serverPerSecond?: number
  readonly seed: number
}

/** The figures of one client in one scenario. */
export interface LoopbackFigures {
  readonly calls: number
  readonly rejected: number
  readonly requests: number
  readonly successes: number
  /** Requests per call in the outage; null without one. */
  readonly outageLoad: number | null
  /** From repair to recovery; null for not within the scenario. */
  readonly recoveryMs: number | null
  /** How long after the repair was watched, ms. */
  readonly watchedMs: number
}

/** The set-ups of the simulation, shortened; 280 calls a second in all of them. */
export const loopbackScenarios = (isQuick: boolean): readonly LoopbackScenario[] => {
  const common = { callsPerSecond: 280, seed: 1 }
  const outage = isQuick ? { fromMs: 3_000, untilMs: 8_000 } : { fromMs: 5_000, untilMs: 15_000 }
  const blackout = isQuick ? { fromMs: 2_000, untilMs: 10_000 } : { fromMs: 3_000, untilMs: 23_000 }
  return [
    {
      ...common,
      name: 'outage',
      clients: 1,
      attemptTimeoutMs: 1_000,
      endMs: outage.untilMs + (isQuick ? 20_000 : 30_000),
      outage,
      failureShare: 0,
      serverPerSecond: 300,
    },
    {
      ...common,
      name: 'failures',
      clients: 1,
      attemptTimeoutMs: 10_000,
      endMs: isQuick ? 8_000 : 15_000,
      failureShare: 0.15,
    },
    {
      ...common,
      name: 'blackout',
      clients: 100,
      attemptTimeoutMs: 10_000,
      endMs: blackout.untilMs,
      outage: blackout,
      failureShare: 0,
    },
  ]
}
