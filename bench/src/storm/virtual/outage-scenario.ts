import type { ClientKind } from '../client.ts'
import { FifoServer } from '../fifo-server.ts'
import { BUDGET_ONLY, STANDARD } from './holdfast-clients.ts'
import { AWS, ENVOY, FINAGLE, MICROSOFT, NAIVE, NO_RETRY } from './model-clients.ts'
import { simulate } from './simulation.ts'

/** The load and the server of HotOS 2021, "Metastable Failures in Distributed Systems". */
export const OUTAGE_SET_UP = {
  callsPerSecond: 280,
  serverPerSecond: 300,
  attemptTimeoutMs: 1_000,
  outageFromMs: 30_000,
  outagesMs: [10_000, 60_000],
  /** How long after the repair recovery is waited for. */
  observedMs: 220_000,
} as const

const KINDS: readonly ClientKind[] = [STANDARD, BUDGET_ONLY, NO_RETRY, NAIVE, FINAGLE, ENVOY, AWS, MICROSOFT]
// The models only place our figure; what they do hardly depends on the seed.
const MODEL_SEEDS = 3

/** One kind of client in outages of one length, over all seeds. */
export interface OutageRow {
  readonly kind: string
  readonly label: string
  readonly outageMs: number
  /** From repair to recovery, by seed; null for never. */
  readonly recoveriesMs: readonly (number | null)[]
  /** Windows of 10 s after recovery that fell below 95 % again, by seed. */
  readonly relapses: readonly number[]
  /** Requests per call in the outage, by seed. */
  readonly outageLoads: readonly number[]
  /** Share of all calls from the start of the outage to the end that succeeded, by seed. */
  readonly successes: readonly number[]
}

const measure = async (kind: ClientKind, outageMs: number, seeds: number): Promise<OutageRow> => {
  const { outageFromMs, observedMs, callsPerSecond, serverPerSecond, attemptTimeoutMs } = OUTAGE_SET_UP
  const repairMs = outageFromMs + outageMs
  const endMs = repairMs + observedMs
  const recoveriesMs: (number | null)[] = []
  const relapses: number[] = []
  const outageLoads: number[] = []
  const successes: number[] = []
  for (let seed = 1; seed <= seeds; seed += 1) {
    const log = await simulate({
      seed,
      kind,
      clients: 1,
      callsPerSecond,
      attemptTimeoutMs,
      endMs,
      server: (clock, random) =>
        new FifoServer(clock, random, serverPerSecond, { fromMs: outageFromMs, untilMs: repairMs }),
    })
    const recoveryMs = log.recoveryMs(repairMs, endMs)
    recoveriesMs.push(Number.isFinite(recoveryMs) ? recoveryMs : null)
    relapses.push(Number.isFinite(recoveryMs) ? log.relapses(repairMs + recoveryMs, endMs) : 0)
    const outage = log.summary(outageFromMs, repairMs)
    outageLoads.push(outage.requests / outage.calls)
    const all = log.summary(outageFromMs, endMs)
    successes.push(all.successes / all.calls)
  }
  return { kind: kind.name, label: kind.label, outageMs, recoveriesMs, relapses, outageLoads, successes }
}

/** Policy-by-policy recovery after outages of 10 s and 60 s at 93 % load. */
export const runOutages = async (
  seeds: number,
  isQuick: boolean,
  progress: (what: string) => void,
): Promise<readonly OutageRow[]> => {
  const rows: OutageRow[] = []
  for (const outageMs of OUTAGE_SET_UP.outagesMs) {
    for (const kind of isQuick ? [STANDARD, BUDGET_ONLY, NO_RETRY, ENVOY] : KINDS) {
      progress(`outage of ${outageMs / 1_000} s: ${kind.label}`)
      rows.push(await measure(kind, outageMs, kind.origin === 'holdfast' ? seeds : Math.min(seeds, MODEL_SEEDS)))
    }
  }
  return rows
}
