import type { Clock } from './clock.ts'
import type { Cell, KeyedState, KeyState } from './keyed-state.ts'

/** Facts about one key, by strategy. */
export type KeyHealth = Readonly<Record<string, Readonly<Record<string, unknown>>>>

export interface PolicyHealth {
  readonly policy: string
  readonly keys: Readonly<Record<string, KeyHealth>>
}

interface Core {
  readonly name: string
  readonly clock: Clock
  readonly states: KeyedState
  cellsOf(state: KeyState): readonly (readonly [strategy: string, cell: Cell])[]
}

const QUANTILES = { p50Ms: 0.5, p99Ms: 0.99 } as const

/** State of every key that was used lately, as plain data. */
export const healthOf = (core: Core): PolicyHealth => {
  const nowMs = core.clock.now()
  const keys: Record<string, KeyHealth> = Object.create(null) as Record<string, KeyHealth>
  for (const state of core.states.values()) {
    const facts: Record<string, Readonly<Record<string, unknown>>> = {}
    for (const [strategy, cell] of core.cellsOf(state)) {
      const fact = cell.health?.(nowMs)
      if (fact !== undefined) facts[strategy] = fact
    }
    const latency: Record<string, number | undefined> = {}
    for (const [name, share] of Object.entries(QUANTILES)) latency[name] = state.latency.quantile(share, nowMs)
    keys[state.key] = { ...facts, latency }
  }
  return { policy: core.name, keys }
}
