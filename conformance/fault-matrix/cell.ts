import {
  attemptTimeout,
  type Classification,
  classify,
  createPolicy,
  deadline,
  defineStrategy,
  type Policy,
  retry,
} from '@holdfast/core'
import type { MatrixClient } from './clients.ts'
import type { Fault, Limits } from './faults.ts'

/** What the table says of a failure. */
export type Verdict = Pick<Classification, 'category' | 'code' | 'sent' | 'retry' | 'breaker' | 'overload' | 'source'>

export type Method = 'GET' | 'POST'

/** One fault, one client, one method. */
export interface CellResult {
  readonly fault: string
  readonly client: string
  readonly method: Method
  /** Of the last attempt, or of what reading the body gave once it was handed over; null when nothing failed. */
  readonly verdict: Verdict | null
  /** Whether the failure came after the response had been handed to the caller, where nothing is sent again. */
  readonly isHandedOver: boolean
  readonly attempts: number
  /** Requests that arrived, null where that cannot be counted. */
  readonly arrived: number | null
}

const verdictOf = (found: Classification | undefined): Verdict | null => {
  if (found === undefined) return null
  const { category, code, sent, retry: retries, breaker, overload, source } = found
  return { category, code, sent, retry: retries, breaker, overload, source }
}

let policies = 0

const watchedPolicy = ({ attemptMs, deadlineMs }: Limits, attempted: (verdict: Verdict | null) => void): Policy => {
  const watch = defineStrategy('watch', (_env, _options: object) => (next) => async (call) => {
    const outcome = await next(call)
    attempted(verdictOf(outcome.verdict))
    return outcome
  })
  policies += 1
  return createPolicy({
    name: `matrix-${policies}`,
    strategies: [
      deadline({ afterMs: deadlineMs }),
      retry({ maxRetries: 2, baseMs: 1 }),
      attemptTimeout({ afterMs: attemptMs, bodyIdleMs: attemptMs }),
      watch({}),
    ] as const,
  })
}

/** Lets one client meet one fault, and says what became of it. */
export const runCell = async (fault: Fault, client: MatrixClient, method: Method): Promise<CellResult> => {
  const site = await fault.open()
  const verdicts: (Verdict | null)[] = []
  const policy = watchedPolicy(fault.limits, (verdict) => verdicts.push(verdict))
  const cell = { fault: fault.name, client: client.name, method }
  try {
    let verdict: Verdict | null = null
    let isHandedOver = false
    try {
      await client.run(policy, `${site.url}/`, method)
    } catch (error) {
      const last = verdicts.at(-1) ?? null
      // The attempt had succeeded when its response was handed over; its body failed later.
      isHandedOver = last === null
      verdict = last ?? verdictOf(classify(error))
    }
    return { ...cell, verdict, isHandedOver, attempts: verdicts.length, arrived: site.arrived?.() ?? null }
  } finally {
    policy.close()
    await site.close()
  }
}
