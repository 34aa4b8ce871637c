import { describe, expect, it } from 'vitest'
import { FifoServer } from '../fifo-server.ts'
import type { ClientKind } from '../client.ts'
import { ENVOY, FINAGLE, NAIVE, NO_RETRY } from './model-clients.ts'
import { OUTAGE_SET_UP } from './outage-scenario.ts'
import { simulate } from './simulation.ts'

const { attemptTimeoutMs, callsPerSecond, outageFromMs, serverPerSecond } = OUTAGE_SET_UP
const repairMs = outageFromMs + 10_000
const endMs = repairMs + 200_000

const recoveryMs = async (kind: ClientKind, load: number = callsPerSecond): Promise<number> => {
  const log = await simulate({
    seed: 1,
    kind,
    clients: 1,
    callsPerSecond: load,
    attemptTimeoutMs,
    endMs,
    server: (clock, random) =>
      new FifoServer(clock, random, serverPerSecond, { fromMs: outageFromMs, untilMs: repairMs }),
  })
  return log.recoveryMs(repairMs, endMs)
}

// HotOS 2021, "Metastable Failures in Distributed Systems": an outage of 10 s at 280 of 300 requests a second.
describe('the outage set-up gives what was published', () => {
  it('without retries the backlog of 2,800 drains at 20 a second', async () => {
    expect(await recoveryMs(NO_RETRY)).toBeGreaterThan(100_000)
    expect(await recoveryMs(NO_RETRY)).toBeLessThan(160_000)
  })

  it.each([NAIVE, FINAGLE, ENVOY])('$label never recovers', async (kind) => {
    expect(await recoveryMs(kind)).toBe(Infinity)
  })

  it('below its vulnerable load even plain retries recover', async () => {
    expect(await recoveryMs(NAIVE, 60)).toBeLessThan(30_000)
  })
})
