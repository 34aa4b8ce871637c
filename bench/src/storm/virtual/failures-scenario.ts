import type { ClientKind } from '../client.ts'
import { FailingServer } from '../failing-server.ts'
import { BUDGET_ONLY, STANDARD } from './holdfast-clients.ts'
import { AWS, MICROSOFT, NAIVE, NO_RETRY } from './model-clients.ts'
import { simulate } from './simulation.ts'

/** Independent failures at a constant rate (Brooker 2022, "What is backoff for?"; dotnet/extensions#7686). */
export const FAILURES_SET_UP = {
  callsPerSecond: 280,
  attemptTimeoutMs: 10_000,
  endMs: 300_000,
  clients: [1, 100],
  failureShares: [0.1, 0.15, 0.2, 0.5],
} as const

const KINDS: readonly ClientKind[] = [STANDARD, BUDGET_ONLY, NO_RETRY, NAIVE, AWS, MICROSOFT]
const MODEL_SEEDS = 1

/** One kind of client under one share of failures, sums over all seeds. */
export interface FailuresRow {
  readonly kind: string
  readonly label: string
  readonly clients: number
  readonly failureShare: number
  readonly calls: number
  readonly rejected: number
  readonly requests: number
  readonly successes: number
  /** The worst seed's share of successful calls. */
  readonly worstSuccess: number
}

const measure = async (
  kind: ClientKind,
  clients: number,
  failureShare: number,
  seeds: number,
): Promise<FailuresRow> => {
  const { callsPerSecond, attemptTimeoutMs, endMs } = FAILURES_SET_UP
  const sum = { calls: 0, rejected: 0, requests: 0, successes: 0 }
  let worstSuccess = 1
  for (let seed = 1; seed <= seeds; seed += 1) {
    const log = await simulate({
      seed,
      kind,
      clients,
      callsPerSecond,
      attemptTimeoutMs,
      endMs,
      server: (clock, random) => new FailingServer(clock, random, () => failureShare),
    })
    const { calls, rejected, requests, successes } = log.summary(0, Infinity)
    sum.calls += calls
    sum.rejected += rejected
    sum.requests += requests
    sum.successes += successes
    worstSuccess = Math.min(worstSuccess, successes / calls)
  }
  return { kind: kind.name, label: kind.label, clients, failureShare, ...sum, worstSuccess }
}

/** Success and load under failures that have nothing to do with load, for one big client and a hundred small ones. */
export const runFailures = async (
  seeds: number,
  isQuick: boolean,
  progress: (what: string) => void,
): Promise<readonly FailuresRow[]> => {
  const rows: FailuresRow[] = []
  for (const failureShare of isQuick ? [0.15] : FAILURES_SET_UP.failureShares) {
    for (const clients of FAILURES_SET_UP.clients) {
      for (const kind of isQuick ? [STANDARD, NO_RETRY, MICROSOFT] : KINDS) {
        progress(`${failureShare * 100} % failures, ${clients} clients: ${kind.label}`)
        rows.push(await measure(kind, clients, failureShare, kind.origin === 'holdfast' ? seeds : MODEL_SEEDS))
      }
    }
  }
  return rows
}
