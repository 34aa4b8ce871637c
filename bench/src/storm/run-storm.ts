import type { BenchArguments } from '../arguments.ts'
import { type LoopbackRow, runLoopback } from './loopback/run-loopback.ts'
import { type BlackoutRow, runBlackout } from './virtual/blackout-scenario.ts'
import { type BurstRow, runBursts } from './virtual/burst-scenario.ts'
import { type FailuresRow, runFailures } from './virtual/failures-scenario.ts'
import { type OutageRow, runOutages } from './virtual/outage-scenario.ts'

/** The rows of a storm run; a part that was not asked for is empty. */
export interface StormResult {
  readonly outages: readonly OutageRow[]
  readonly failures: readonly FailuresRow[]
  readonly bursts: readonly BurstRow[]
  readonly blackout: readonly BlackoutRow[]
  readonly loopback: readonly LoopbackRow[]
}

/** Runs what the arguments ask for: simulations first, then loopback. */
export const runStorm = async (
  { only, seeds, isQuick }: BenchArguments,
  progress: (what: string) => void,
): Promise<StormResult> => {
  // A simulated outage throws a hundred thousand errors; nobody reads their stacks.
  Error.stackTraceLimit = 0
  const isWanted = (part: string): boolean =>
    only === undefined || only === part || (only === 'virtual' && part !== 'loopback')
  return {
    outages: isWanted('outage') ? await runOutages(seeds, isQuick, progress) : [],
    failures: isWanted('failures') ? await runFailures(seeds, isQuick, progress) : [],
    bursts: isWanted('burst') ? await runBursts(progress) : [],
    blackout: isWanted('blackout') ? await runBlackout(seeds, isQuick, progress) : [],
    loopback: isWanted('loopback') ? await runLoopback(isQuick, progress) : [],
  }
}
