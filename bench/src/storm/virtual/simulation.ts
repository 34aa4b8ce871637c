import { createTestRandom } from '@holdfast/core/testing'
import type { Clock, Random } from '@holdfast/core'
import { CallLog } from '../call-log.ts'
import type { Client, ClientKind } from '../client.ts'
import { exponentialMs } from '../fifo-server.ts'
import { startCall, type Server } from './start-call.ts'
import { VirtualClock } from './virtual-clock.ts'

/** The load and the server of one simulated run. */
export interface SimulationSetUp {
  readonly seed: number
  readonly kind: ClientKind
  /** Client processes; the calls are dealt to them at random. */
  readonly clients: number
  /** Calls a second over all clients, as a Poisson process. */
  readonly callsPerSecond: number
  readonly attemptTimeoutMs: number
  /** No call starts after this. */
  readonly endMs: number
  readonly server: (clock: Clock, random: Random) => Server
}

// Longer than the deadline of any client, so that the last calls can end.
const DRAIN_MS = 35_000

// Arrivals, service times and the clients' jitter come from separate streams: all kinds of clients see the same load.
const streamsOf = (
  seed: number,
): { readonly arrivals: Random; readonly service: Random; readonly clients: Random } => ({
  arrivals: createTestRandom(seed * 3 + 1),
  service: createTestRandom(seed * 3 + 2),
  clients: createTestRandom(seed * 3 + 3),
})

/** Runs real client code against a modelled server on virtual time. */
export const simulate = async (setUp: SimulationSetUp): Promise<CallLog> => {
  const clock = new VirtualClock()
  const random = streamsOf(setUp.seed)
  const server = setUp.server(clock, random.service)
  const ports = { clock, random: random.clients, attemptTimeoutMs: setUp.attemptTimeoutMs }
  const clients: readonly Client[] = Array.from({ length: setUp.clients }, () => setUp.kind.create(ports))
  const log = new CallLog(() => clock.now())
  const gapMs = 1_000 / setUp.callsPerSecond

  const arrive = (): void => {
    const client = clients[Math.floor(random.arrivals() * clients.length)]
    if (client !== undefined) startCall(client, server, log)
    const nextMs = exponentialMs(gapMs, random.arrivals)
    if (clock.now() + nextMs < setUp.endMs) clock.setTimer(arrive, nextMs)
  }
  clock.setTimer(arrive, exponentialMs(gapMs, random.arrivals))
  await clock.run(setUp.endMs + DRAIN_MS)
  return log
}
