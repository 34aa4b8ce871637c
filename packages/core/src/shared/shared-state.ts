import { systemClock, type Clock } from '../clock.ts'
import { generateIdempotencyKey } from '../idempotency.ts'
import {
  anObject,
  callable,
  checkOptions,
  flag,
  integer,
  method,
  oneOf,
  optionError,
  positiveMs,
  ratio,
  text,
} from '../option-checks.ts'
import type { BreakerShare } from '../breaker-share.ts'
import type { PermitStore } from '../permit-store.ts'
import type { StateStore } from '../state-store.ts'
import { Board, type Follower } from './board.ts'
import { BreakerMeeting } from './breaker-meeting.ts'
import { LeasedPermits } from './leased-permits.ts'
import type { OnStoreDown } from './rate-lease.ts'
import { StoreGuard, type StoreChange } from './store-guard.ts'

export interface SharedStateOptions {
  /** How many processes share the limits; each uses `limit / instances` while the store is down. Required unless the store is of this process alone. */
  readonly instances?: number
  /** Longest wait for one answer of the store, ms; more than its slowest usual round trip. Default 50. */
  readonly deadlineMs?: number
  /** How long a store that failed is left alone, ms. Default 500. */
  readonly localOnlyMs?: number
  /** What a rate limit does without the store. Default `local-share`. */
  readonly onStoreDown?: OnStoreDown
  /** Time that a leased block of permits is worth, ms; 50 permits at most. Default 100. */
  readonly leaseMs?: number
  /** Permits of a daily quota reserved at once; a crash wastes that many at most. Default a hundredth of the share, 1 to 20. */
  readonly dailyBlock?: number
  /** Whether daily quotas may be counted in a store that forgets them when it restarts. Default false. */
  readonly allowVolatileDay?: boolean
  /** Time between two looks at what others wrote, ms. Default 5_000. */
  readonly pollMs?: number
  /** How many processes must have opened a breaker before the others follow. Default 0.3 of those alive, 2 at least. */
  readonly quorum?: { readonly ratio?: number; readonly atLeast?: number }
  /** Name of this process, unique. Default random. */
  readonly id?: string
  /** Told when the store goes down and when it is back. */
  readonly onStoreChange?: (change: StoreChange) => void
  /** Told what somebody should put right. Default: standard error. */
  readonly onWarning?: (message: string) => void
  readonly clock?: Clock
}

/** State of several processes: give it to `rateLimit`, `circuitBreaker` and `killSwitches`. */
export interface SharedState extends PermitStore, BreakerShare {
  readonly store: StateStore
  /** Name of this process among the others. */
  readonly id: string
  /** Whether the store answers. */
  readonly isUp: boolean
  /** Processes alive at the last look, this one included; 1 until breakers or switches are shared. */
  readonly live: number
  /** Hears of small values that all processes see; one follower a prefix. */
  follow(prefix: string, hear: Follower): void
  /** Writes one; false if `ifAbsent` found another, undefined when the store is down. */
  put(key: string, value: string, ttlMs: number, ifAbsent?: boolean): Promise<boolean | undefined>
  /** Looks at what others wrote now; false when the store is down. */
  refresh(): Promise<boolean>
  /**
   * Writes once, to see at the start of a program that it works; it also opens connections and makes tables, which takes
   * longer than the deadline of a call.
   *
   * @throws {Error} Why the store does not answer.
   */
  check(): Promise<void>
  /** Gives leases back and stops the timer; the store itself stays open. */
  close(): Promise<void>
}

const LONGEST_NAME = 200
// A first connection with TLS, and tables to be made.
const CHECK_MS = 5_000
const MOST_LEASES = 10_000

// Keys of stores have 256 bytes; what is cut off is told apart by a hash (FNV-1a).
const shortName = (name: string): string => {
  if (name.length <= LONGEST_NAME) return name
  let hash = 0x811c9dc5
  for (let index = 0; index < name.length; index += 1) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193)
  return `${name.slice(0, LONGEST_NAME)}~${(hash >>> 0).toString(36)}${name.length}`
}

const warn = (message: string): void => {
  // eslint-disable-next-line no-console -- the only place every runtime has, and the message is for a person
  console.warn(`holdfast: ${message}`)
}

const check = (store: StateStore, options: SharedStateOptions): void => {
  if (!method('take', '').check(store))
    throw optionError('sharedState', 'store', store, 'a store, such as redisStore(...)')
  checkOptions('sharedState', options, {
    instances: integer(1, 1_000_000),
    deadlineMs: positiveMs,
    localOnlyMs: positiveMs,
    onStoreDown: oneOf('local-share', 'deny', 'allow'),
    leaseMs: positiveMs,
    dailyBlock: integer(1, 1_000_000),
    allowVolatileDay: flag,
    pollMs: positiveMs,
    quorum: anObject,
    id: { allowed: 'a string without "/"', check: (value) => text.check(value) && !(value as string).includes('/') },
    onStoreChange: callable,
    onWarning: callable,
    clock: anObject,
  })
  checkOptions('sharedState: quorum', options.quorum ?? {}, { ratio, atLeast: integer(1, 1_000_000) })
  if (store.shared && options.instances === undefined) {
    throw optionError('sharedState', 'instances', undefined, 'given: how many processes share the limits')
  }
}

/**
 * Shares limits, quotas, breakers and switches with other processes through a store.
 *
 * Permits are leased in blocks, so most calls never wait for the store. An answer that is late or fails starts a
 * local-only period in which this process uses its own part of every limit; nobody waits for the store then.
 *
 * @throws {TypeError} For a bad option.
 * @example
 * const shared = sharedState(redisStore({ command: (args) => client.sendCommand(args) }), { instances: 3 })
 * const policy = standardPolicy({ name: 'etsy', rateLimit: { permits: 10, perMs: 1_000, store: shared } })
 */
export const sharedState = (store: StateStore, options: SharedStateOptions = {}): SharedState => {
  check(store, options)
  const { instances = 1, deadlineMs = 50, localOnlyMs = 500, pollMs = 5_000, clock = systemClock } = options
  const { onStoreDown = 'local-share', leaseMs = 100, dailyBlock, allowVolatileDay = false } = options
  const { onWarning = warn, id = generateIdempotencyKey() } = options
  const guard = new StoreGuard(store, clock, { deadlineMs, localOnlyMs }, (change) => options.onStoreChange?.(change))
  const board = new Board(id, guard, clock, pollMs)
  const meeting = new BreakerMeeting(board, { atLeast: 2, ratio: 0.3, ...options.quorum })
  const leases = new Map<number, LeasedPermits>()
  let leaseCount = 0
  let dayIsSafe: boolean | undefined
  const mayCountDays = async (): Promise<boolean> => {
    if (dayIsSafe !== undefined || allowVolatileDay) return dayIsSafe ?? true
    const durability = await guard.ask((asked) => asked.durability())
    if (durability === undefined) return true
    dayIsSafe = durability.durable
    if (!dayIsSafe) {
      onWarning(
        `daily quotas are not counted in the ${store.name} store, because it would forget them: ${durability.detail}. ` +
          `Each process counts its own part (1/${instances}) and forgets it when it restarts. ` +
          'Make the store durable, use SQLite or Postgres, or set allowVolatileDay: true.',
      )
    }
    return dayIsSafe
  }
  return {
    store,
    id,
    get isUp() {
      return guard.isUp
    },
    get live() {
      return board.live
    },
    permitsOf(by, key, limit, served) {
      const name = shortName(`${by.policy}:${key}`)
      const permits = new LeasedPermits(
        guard,
        name,
        limit,
        { clock: by.clock, instances, leaseMs, onStoreDown, dailyBlock, mayCountDays },
        served,
      )
      leases.set((leaseCount += 1), permits)
      if (leases.size > MOST_LEASES) leases.delete(leaseCount - MOST_LEASES)
      return permits
    },
    linkOf: (by, key, breaker) => meeting.join(shortName(`${by.policy}:${key}`), by.clock, breaker),
    follow(prefix, hear) {
      board.follow(prefix, hear)
    },
    put: (key, value, ttlMs, ifAbsent) => board.put(key, value, ttlMs, ifAbsent),
    refresh: () => board.refresh(),
    async check() {
      if ((await guard.ask((asked) => asked.put(`check/${id}`, '', { ttlMs: 0 }), CHECK_MS)) === undefined)
        throw new Error(`the ${store.name} store does not answer: ${guard.reason}`)
    },
    async close() {
      await Promise.all([...leases.values()].map((permits) => permits.close()))
      leases.clear()
      await board.close()
    },
  }
}
