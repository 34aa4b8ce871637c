import type { ChildProcess } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { circuitBreaker, createPolicy, type Policy } from '@holdfast/core'
import { sharedState, type SharedState } from '@holdfast/core/shared'
import { expect } from 'vitest'
import type { Told } from './breaker-process.ts'
import { ended, forkSource } from './fleet.ts'
import { openStore, type Engine } from './open-store.ts'

export const OTHERS = 9
// 13 are alive, so 30 % of them are four.
export const VOTERS = 4

const reset = () => Promise.reject(Object.assign(new Error('reset'), { code: 'ECONNRESET' }))

/** Two failures in a row open the breaker of one process. */
export const trip = async (policy: Policy): Promise<void> => {
  await policy.execute(reset).catch(() => undefined)
  // The row must last longer than a usual call.
  await pause(10)
  await policy.execute(reset).catch(() => undefined)
}

export interface Process {
  readonly child: ChildProcess
  readonly told: Told[]
}

const startOthers = async (engine: Engine, target: string, pollMs: number): Promise<Process[]> =>
  Promise.all(
    Array.from({ length: OTHERS }, async () => {
      const child = forkSource('./breaker-process.ts', [engine, target, String(OTHERS + VOTERS), String(pollMs)])
      const told: Told[] = []
      await new Promise((resolve) => child.once('message', resolve))
      child.on('message', (message: Told) => void told.push(message))
      return { child, told }
    }),
  )

/** Four voters of this process and nine processes beside it. */
export const withFleet = async (
  engine: Engine,
  target: string,
  pollMs: number,
  run: (parts: {
    voters: readonly { readonly shared: SharedState; readonly policy: Policy }[]
    others: readonly Process[]
  }) => Promise<void>,
): Promise<void> => {
  const closers: (() => Promise<void>)[] = []
  let others: Process[] = []
  try {
    others = await startOthers(engine, target, pollMs)
    const voters: { readonly shared: SharedState; readonly policy: Policy }[] = []
    for (let voter = 0; voter < VOTERS; voter += 1) {
      const { store, close } = await openStore(engine, target)
      closers.push(close)
      const shared = sharedState(store, { instances: OTHERS + VOTERS, deadlineMs: 500, pollMs })
      await shared.check()
      const policy = createPolicy({
        name: 'shop',
        strategies: [
          circuitBreaker({ deadFailures: 2, deadForMs: 0, openMs: 20_000, maxOpenMs: 20_000, share: shared }),
        ],
      })
      await policy.execute(() => 1)
      voters.push({ shared, policy })
    }
    // Everybody must have seen that 13 are alive.
    await expect
      .poll(() => voters.every(({ shared }) => shared.live === OTHERS + VOTERS), { timeout: 12_000 })
      .toBe(true)
    await pause(pollMs)
    await run({ voters, others })
    for (const { shared } of voters) await shared.close()
  } finally {
    for (const { child } of others) if (child.connected) child.disconnect()
    await Promise.all(others.map(({ child }) => ended(child)))
    for (const close of closers) await close()
  }
}

/** How long after a moment each process told of it, ms. */
export const delays = (others: readonly Process[], what: Told['what'], fromMs: number): number[] =>
  others.map(({ told }) => (told.find((entry) => entry.what === what)?.atMs ?? Infinity) - fromMs)
