import { anObject, checkOptions, integer, text } from './option-checks.ts'
import type { PolicyCore } from './policy-core.ts'

/** State of a policy as plain JSON. */
export interface PolicySnapshot {
  readonly version: 1
  readonly policy: string
  /** Epoch ms. */
  readonly takenAtMs: number
  /** Key to strategy to that strategy's own data. */
  readonly keys: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

export const takeSnapshot = (core: PolicyCore): PolicySnapshot => {
  const nowMs = core.clock.now()
  const keys: Record<string, Record<string, unknown>> = Object.create(null) as Record<string, Record<string, unknown>>
  for (const state of core.states.values()) {
    const facts: Record<string, unknown> = {}
    for (const [strategy, cell] of core.cellsOf(state)) {
      const data = cell.snapshot?.(nowMs)
      if (data !== undefined) facts[strategy] = data
    }
    keys[state.key] = facts
  }
  return { version: 1, policy: core.name, takenAtMs: core.clock.wall(), keys }
}

export const restoreSnapshot = (core: PolicyCore, snapshot: PolicySnapshot): void => {
  const owner = `snapshot for policy "${core.name}"`
  checkOptions(owner, snapshot, {
    version: integer(1, 1),
    policy: text,
    takenAtMs: integer(0, Number.MAX_SAFE_INTEGER),
    keys: anObject,
  })
  for (const name of ['version', 'policy', 'takenAtMs', 'keys'] as const) {
    // `checkOptions` lets pass what is not given.
    if ((snapshot as Partial<PolicySnapshot>)[name] === undefined)
      throw new TypeError(`${owner}: "${name}" is missing.`)
  }
  const nowMs = core.clock.now()
  // Cells store times relative to the moment of the snapshot, so what passed since is taken off by looking back.
  const takenMs = nowMs - Math.max(0, core.clock.wall() - snapshot.takenAtMs)
  for (const [key, facts] of Object.entries(snapshot.keys)) {
    const state = core.states.get(key, nowMs)
    for (const [strategy, cell] of core.cellsOf(state)) {
      const data = anObject.check(facts) && Object.hasOwn(facts, strategy) ? facts[strategy] : undefined
      if (data !== undefined) cell.restore?.(data, takenMs)
    }
  }
}
