import type { ClientKind } from '../client.ts'
import { FailingServer } from '../failing-server.ts'
import { BUDGET_ONLY, STANDARD } from './holdfast-clients.ts'
import { AWS, ENVOY, FINAGLE, MICROSOFT, NAIVE, NO_RETRY } from './model-clients.ts'
import { simulate } from './simulation.ts'

/** A hundred clients of 2.8 calls a second each; every request is answered by 503 from one moment on. */
export const BLACKOUT_SET_UP = {
  clients: 100,
  callsPerSecond: 280,
  attemptTimeoutMs: 10_000,
  outageFromMs: 30_000,
  /** How much of the outage is summed up. */
  spansMs: [10_000, 60_000, 300_000],
} as const

const KINDS: readonly ClientKind[] = [STANDARD, BUDGET_ONLY, NO_RETRY, NAIVE, FINAGLE, ENVOY, AWS, MICROSOFT]
const MODEL_SEEDS = 1

/** One kind of client in the first seconds of a total outage, sums over all seeds. */
export interface BlackoutRow {
  readonly kind: string
  readonly label: string
  readonly spanMs: number
  readonly calls: number
  readonly admitted: number
  readonly rejected: number
  readonly requests: number
  /** Requests per call of the worst seed; calls are admitted and rejected ones. */
  readonly worstLoad: number
}

const measure = async (kind: ClientKind, seeds: number): Promise<readonly BlackoutRow[]> => {
  const { clients, callsPerSecond, attemptTimeoutMs, outageFromMs, spansMs } = BLACKOUT_SET_UP
  const longestMs = Math.max(...spansMs)
  const rows = spansMs.map((spanMs) => ({
    kind: kind.name,
    label: kind.label,
    spanMs,
    calls: 0,
    admitted: 0,
    rejected: 0,
    requests: 0,
    worstLoad: 0,
  }))
  for (let seed = 1; seed <= seeds; seed += 1) {
    const log = await simulate({
      seed,
      kind,
      clients,
      callsPerSecond,
      attemptTimeoutMs,
      endMs: outageFromMs + longestMs,
      server: (clock, random) => new FailingServer(clock, random, (nowMs) => (nowMs >= outageFromMs ? 1 : 0)),
    })
    for (const row of rows) {
      const summary = log.summary(outageFromMs, outageFromMs + row.spanMs)
      row.calls += summary.calls
      row.admitted += summary.admitted
      row.rejected += summary.rejected
      row.requests += summary.requests
      row.worstLoad = Math.max(row.worstLoad, summary.requests / summary.calls)
    }
  }
  return rows
}

/** Requests per call that a crowd of small clients sends to a server that answers nothing but 503. */
export const runBlackout = async (
  seeds: number,
  isQuick: boolean,
  progress: (what: string) => void,
): Promise<readonly BlackoutRow[]> => {
  const rows: BlackoutRow[] = []
  for (const kind of isQuick ? [STANDARD, BUDGET_ONLY, NO_RETRY] : KINDS) {
    progress(`total outage, 100 clients: ${kind.label}`)
    rows.push(...(await measure(kind, kind.origin === 'holdfast' ? seeds : MODEL_SEEDS)))
  }
  return rows
}
