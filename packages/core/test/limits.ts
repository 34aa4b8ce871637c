import { wrapFetch } from '../src/adapters/fetch.ts'
import type { CallOptions } from '../src/call-options.ts'
import { isHoldfastError, type HoldfastError } from '../src/errors.ts'
import { createPolicy, type Policy } from '../src/policy.ts'
import type { PolicyDefinition } from '../src/policy-definition.ts'
import type { Strategy } from '../src/strategy.ts'
import { scriptedFetch, type ScriptedAnswer, type ScriptedFetch } from '../src/testing/scripted-fetch.ts'
import { createTestClock, type TestClock } from '../src/testing/test-clock.ts'

export const ORIGIN = 'https://api.example'

/** The refusal a call ended with; throws for any other end. */
export const refusalOf = async (promise: Promise<unknown>): Promise<HoldfastError> => {
  const end = await promise.catch((error: unknown) => error)
  if (!isHoldfastError(end)) throw new Error('expected a refusal', { cause: end })
  return end
}

/** What a function sends, by name and time. */
export const sendLog = (clock: TestClock) => {
  const sent: [id: string, atMs: number][] = []
  const send = (id: string) => (): Promise<string> => {
    sent.push([id, clock.now()])
    return Promise.resolve(id)
  }
  return { sent, send }
}

let policies = 0

/** A policy on virtual time, and the facts one strategy gives about its only key. */
export const limited = <const Strategies extends readonly Strategy[]>(
  strategy: string,
  strategies: Strategies,
  parts: Partial<Omit<PolicyDefinition, 'strategies'>> = {},
) => {
  const clock = createTestClock()
  const policy = createPolicy({ name: `${strategy}-${(policies += 1)}`, clock, random: () => 0, ...parts, strategies })
  const facts = (): Readonly<Record<string, unknown>> => Object.values(policy.health().keys)[0]?.[strategy] ?? {}
  return { clock, policy, facts }
}

export interface LimitedServer {
  readonly server: ScriptedFetch
  readonly fetch: ReturnType<typeof wrapFetch>
  /** The status, or the code of the refusal and its `retryAfterMs`, or what was thrown. */
  get(resilience?: object, signal?: AbortSignal): Promise<number | string>
  /** When each attempt was sent, ms. */
  times(): number[]
}

/** A scripted server behind a policy. */
export const limitedServer = (clock: TestClock, policy: unknown, script: readonly ScriptedAnswer[]): LimitedServer => {
  const server = scriptedFetch(clock, script)
  const fetch = wrapFetch(policy as Policy, server)
  return {
    server,
    fetch,
    get: async (resilience = {}, signal) => {
      try {
        const response = await fetch(ORIGIN, {
          resilience: resilience as CallOptions,
          ...(signal === undefined ? {} : { signal }),
        })
        await response.text()
        return response.status
      } catch (error) {
        return isHoldfastError(error) ? `${error.code} ${error.retryAfterMs}` : `threw ${String(error)}`
      }
    },
    times: () => server.attempts.map(({ atMs }) => atMs),
  }
}
