import type { Call, Permit } from '../src/call.ts'
import { defineStrategy, type Strategy } from '../src/strategy.ts'

/** Counts what becomes of every permit it lends: each must end exactly once, as settled or as cancelled. */
export interface Ledger {
  readonly strategy: Strategy
  readonly lent: number
  readonly committed: number
  readonly settled: number
  readonly cancelled: number
  /** Permits that ended twice, or were settled without a commit. */
  readonly broken: readonly string[]
}

export const createLedger = (name: string): Ledger => {
  const counts = { lent: 0, committed: 0, settled: 0, cancelled: 0, broken: [] as string[] }
  const lend = (): Permit => {
    let state: 'held' | 'committed' | 'settled' | 'cancelled' = 'held'
    const end = (to: 'settled' | 'cancelled'): void => {
      if (state === 'settled' || state === 'cancelled') counts.broken.push(`${to} after ${state}`)
      if (to === 'settled' && state === 'held') counts.broken.push('settled without commit')
      state = to
      counts[to] += 1
    }
    counts.lent += 1
    return {
      commit: () => {
        state = 'committed'
        counts.committed += 1
        return undefined
      },
      settle: () => {
        end('settled')
      },
      cancel: () => {
        end('cancelled')
      },
    }
  }
  const strategy = defineStrategy(name, () => (next) => (call: Call) => {
    call.hold(lend())
    return next(call)
  })({})
  return Object.assign(counts, { strategy })
}
