import type { CallOptions } from '../src/call-options.ts'
import { createPolicy, type Policy } from '../src/policy.ts'
import type { ClientRequest } from '../src/policy-core.ts'
import type { PolicyDefinition } from '../src/policy-definition.ts'
import type { Strategy } from '../src/strategy.ts'
import { createTestClock, type TestClock } from '../src/testing/test-clock.ts'
import {
  scriptedTransport,
  type Answer,
  type Reply,
  type ScriptedTransport,
  type TransportTraits,
} from './scripted-transport.ts'

export interface EngineParts extends Partial<Omit<PolicyDefinition, 'strategies'>> {
  readonly traits?: TransportTraits
  readonly testClock?: TestClock
}

/** A policy on virtual time over a scripted client. */
export interface Engine {
  readonly clock: TestClock
  readonly policy: Policy
  readonly transport: ScriptedTransport
  /** When each attempt reached the client, ms. */
  readonly sentAtMs: readonly number[]
  call(
    request?: Partial<Omit<ClientRequest, 'resilience'>> & {
      readonly resilience?: CallOptions & Record<string, unknown>
    },
  ): Promise<Reply>
  /** Calls and waits for the end on virtual time: the reply, or the error as a value. */
  outcome(request?: Parameters<Engine['call']>[0]): Promise<unknown>
}

/** Chance is 0.5 everywhere unless given, so full jitter waits half its range. */
export const createEngine = (
  strategies: readonly Strategy[],
  script: readonly Answer[] | ((index: number) => Answer),
  parts: EngineParts = {},
): Engine => {
  const { traits, testClock, ...definition } = parts
  const clock = testClock ?? createTestClock()
  const policy = createPolicy({ name: 'test', random: () => 0.5, clock, ...definition, strategies })
  const transport = scriptedTransport(clock, script, traits)
  const engine: Engine = {
    clock,
    policy,
    transport,
    get sentAtMs() {
      return transport.sent.map(({ atMs }) => atMs)
    },
    call: (request = {}) =>
      policy.send({ method: 'GET', url: 'https://api.example/items', transport, ...request }) as Promise<Reply>,
    outcome: (request) => clock.run(engine.call(request).catch((error: unknown) => error)),
  }
  return engine
}
