import { createTestRandom } from '@holdfast/core/testing'
import { CallLog } from '../call-log.ts'
import type { ClientKind } from '../client.ts'
import { FailingServer } from '../failing-server.ts'
import { BUDGET_ONLY, STANDARD } from './holdfast-clients.ts'
import { AWS, MICROSOFT, NO_RETRY } from './model-clients.ts'
import { startCall } from './start-call.ts'
import { VirtualClock } from './virtual-clock.ts'

/** Many calls at once to a server in good health, by a new client and again after a pause. */
export const BURST_SET_UP = { calls: 200, pauseMs: 120_000, attemptTimeoutMs: 10_000 } as const

const KINDS: readonly ClientKind[] = [STANDARD, BUDGET_ONLY, NO_RETRY, AWS, MICROSOFT]

/** What became of two bursts; nothing may be refused, for nothing is wrong. */
export interface BurstRow {
  readonly kind: string
  readonly label: string
  readonly calls: number
  readonly successes: number
  readonly rejectedWhenNew: number
  readonly rejectedAfterPause: number
}

const measure = async (kind: ClientKind): Promise<BurstRow> => {
  const { calls, pauseMs, attemptTimeoutMs } = BURST_SET_UP
  const clock = new VirtualClock()
  const server = new FailingServer(clock, createTestRandom(1), () => 0)
  const client = kind.create({ clock, random: createTestRandom(2), attemptTimeoutMs })
  const log = new CallLog(() => clock.now())
  const burst = (): void => {
    for (let index = 0; index < calls; index += 1) startCall(client, server, log)
  }
  clock.setTimer(burst, 0)
  clock.setTimer(burst, pauseMs)
  await clock.run(2 * pauseMs)
  const first = log.summary(0, pauseMs)
  const second = log.summary(pauseMs, Infinity)
  return {
    kind: kind.name,
    label: kind.label,
    calls: first.calls + second.calls,
    successes: first.successes + second.successes,
    rejectedWhenNew: first.rejected,
    rejectedAfterPause: second.rejected,
  }
}

/** Two bursts of calls on a healthy server for every kind of client. */
export const runBursts = async (progress: (what: string) => void): Promise<readonly BurstRow[]> => {
  const rows: BurstRow[] = []
  for (const kind of KINDS) {
    progress(`burst: ${kind.label}`)
    rows.push(await measure(kind))
  }
  return rows
}
