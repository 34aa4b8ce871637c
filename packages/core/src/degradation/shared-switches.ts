import { method, optionError, text } from '../option-checks.ts'
import type { SwitchProvider } from './kill-switches.ts'

/** Where switches of several processes are kept; `sharedState` of `@holdfast/core/shared` is one. */
export interface SwitchStore {
  follow(
    prefix: string,
    hear: (key: string, notice: { readonly value: string; readonly ttlMs: number } | undefined) => void,
  ): void
  put(key: string, value: string, ttlMs: number): Promise<boolean | undefined>
}

/** Switches that all processes of a store see. */
export interface SharedSwitches extends SwitchProvider {
  /**
   * Turns the feature off, here at once and elsewhere by push or poll.
   *
   * @returns Whether the store has it; false means that no other process knows yet, and that a call again is worth it.
   * @throws {TypeError} Without a reason.
   */
  kill(name: string, reason: string): Promise<boolean>
  /** Turns it on again; returns like `kill`. */
  revive(name: string): Promise<boolean>
  /** The switches that are on, with the reason. */
  readonly killed: ReadonlyMap<string, string>
}

const PREFIX = 'switch/'
// An operator's word holds until it is taken back.
const TEN_YEARS_MS = 315_360_000_000

/**
 * Kill switches that reach every process: within milliseconds where the store pushes, with the next poll otherwise.
 *
 * The last state known holds while the store is down.
 *
 * @throws {TypeError} For a store that is none.
 * @example
 * const switches = killSwitches({ store: sharedState(store, { instances: 3 }) })
 * await switches.kill('recommendations', 'INC-12')
 */
export const killSwitches = ({ store }: { readonly store: SwitchStore }): SharedSwitches => {
  if (!method('follow', '').check(store)) throw optionError('killSwitches', 'store', store, 'sharedState(...)')
  const killed = new Map<string, string>()
  store.follow(PREFIX, (key, notice) => {
    const name = key.slice(PREFIX.length)
    if (notice === undefined) killed.delete(name)
    else killed.set(name, notice.value)
  })
  return {
    killed,
    isKilled: (name) => killed.has(name),
    async kill(name, reason) {
      if (!text.check(reason)) {
        throw new TypeError(`killSwitches: killing "${name}" needs a reason, a string of at least one character.`)
      }
      killed.set(name, reason)
      return (await store.put(PREFIX + name, reason, TEN_YEARS_MS)) === true
    },
    async revive(name) {
      killed.delete(name)
      return (await store.put(PREFIX + name, '', 0)) === true
    },
  }
}
