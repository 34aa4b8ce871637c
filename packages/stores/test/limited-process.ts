// One of several processes that share a limit: sends as often as it may and tells its parent when.
import { appendFileSync } from 'node:fs'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { createPolicy, deadline, isHoldfastError, rateLimit } from '@holdfast/core'
import { sharedState } from '@holdfast/core/shared'
import { openStore } from './open-store.ts'

/** What the parent asks for. */
export interface Load {
  readonly engine: 'redis' | 'postgres' | 'sqlite'
  /** Where the engine is. */
  readonly target: string
  readonly instances: number
  readonly permits: number
  readonly perMs: number
  readonly burst: number
  /** Calls under way at the same time; 0 for one call every `everyMs`. */
  readonly callers: number
  readonly everyMs: number
  readonly daily?: number
  readonly dailyBlock?: number
  readonly deadlineMs?: number
  /** A byte is added to this file for each call, which outlives a kill. */
  readonly record?: string
}

/** One call that was let through. */
export interface SentCall {
  readonly atMs: number
  readonly tookMs: number
}

const load = JSON.parse(process.argv[2] ?? '') as Load
const { store } = await openStore(load.engine, load.target)
const shared = sharedState(store, {
  instances: load.instances,
  ...(load.deadlineMs === undefined ? {} : { deadlineMs: load.deadlineMs }),
  ...(load.dailyBlock === undefined ? {} : { dailyBlock: load.dailyBlock }),
})
const { permits, perMs, burst, daily } = load
const policy = createPolicy({
  name: 'fleet',
  strategies: [
    deadline({ afterMs: 5_000 }),
    rateLimit({ permits, perMs, burst, store: shared, ...(daily === undefined ? {} : { daily }) }),
  ],
})

let batch: SentCall[] = []
const call = async (): Promise<void> => {
  const startedMs = performance.now()
  try {
    await policy.execute(() => {
      const nowMs = performance.now()
      batch.push({ atMs: performance.timeOrigin + nowMs, tookMs: nowMs - startedMs })
      if (load.record !== undefined) appendFileSync(load.record, '.')
    })
  } catch (error) {
    if (!isHoldfastError(error)) throw error
    if (error.code === 'quota-exhausted') process.send?.('exhausted')
    await pause(20)
  }
}

const again = async (): Promise<never> => {
  for (;;) await call()
}

await shared.check()
process.on('disconnect', () => process.exit())
process.send?.('ready')
await new Promise((resolve) => process.once('message', resolve))
if (load.callers === 0) setInterval(() => void call(), load.everyMs)
for (let caller = 0; caller < load.callers; caller += 1) void again()
setInterval(() => {
  if (batch.length === 0) return
  process.send?.(batch)
  batch = []
}, 25)
