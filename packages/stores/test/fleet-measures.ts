import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import { nowMs, type Fleet } from './fleet.ts'
import type { Load } from './limited-process.ts'

/** Three processes that always want more than they get. */
export const LIMIT: Omit<Load, 'engine' | 'target'> = {
  instances: 3,
  permits: 100,
  perMs: 1_000,
  burst: 10,
  callers: 30,
  everyMs: 0,
}
const PHASE_MS = 2_500

/** Calls a second from half a second on, when the burst of a change is over. */
export const measure = async (fleet: Fleet): Promise<number> => {
  await pause(500)
  const fromMs = nowMs()
  await pause(PHASE_MS)
  const toMs = nowMs()
  // The last batch is on its way.
  await pause(60)
  return fleet.rate(fromMs, toMs)
}

/** The limit, give or take what a measurement of some seconds can show. */
export const inRange = (callsASecond: number, atLeast = 99): void => {
  expect(callsASecond).toBeGreaterThanOrEqual(atLeast)
  expect(callsASecond).toBeLessThanOrEqual(110)
}
