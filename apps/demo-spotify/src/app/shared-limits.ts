import type { Clock } from '@holdfast/core'
import type { StructuredLogger } from '@holdfast/core/logging'
import { sharedState, type SharedState } from '@holdfast/core/shared'
import { sqliteStore } from '@holdfast/stores/sqlite'

// The page with its schedule, and a command beside it.
const PROCESSES = 2

export interface SharedLimits {
  readonly state: SharedState
  close(): Promise<void>
}

/**
 * The calls of the last half minute, counted for all processes of this machine and beyond their end.
 *
 * @throws {StoreError} When the file cannot be used.
 */
export const openSharedLimits = (file: string, clock?: Clock, logger?: StructuredLogger): SharedLimits => {
  // A clock that is given runs at a speed of its own, and the store has to keep up with it.
  const store = sqliteStore({ file, ...(clock === undefined ? {} : { nowUs: () => Math.round(clock.now() * 1_000) }) })
  const state = sharedState(store, {
    instances: PROCESSES,
    onStoreChange: (change) => logger?.warn({ file, ...change }, 'the limits are counted by each process alone'),
    ...(clock === undefined ? {} : { clock }),
  })
  return {
    state,
    async close() {
      await state.close()
      await store.close()
    },
  }
}
