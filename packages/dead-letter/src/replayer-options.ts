import { systemClock, systemRandom, type Clock, type Random } from '@holdfast/core'
import type { ReplayBackoff } from './backoff.ts'
import { BodyCipher } from './body-cipher.ts'
import type { DeadLetterQueue, OrderPolicy } from './queue.ts'
import type { ReplayEvent } from './replay-event.ts'
import { checkUpstreams, type Upstream, type Upstreams } from './upstream.ts'

export interface ReplayerOptions {
  readonly queue: DeadLetterQueue
  readonly upstreams: Upstreams
  /** How long a letter belongs to the replayer that claimed it, ms, 50 or more; a replay gets 0.8 of it. Default 60,000. */
  readonly leaseMs?: number
  /** Letters under way at the same time, 1 to 100; a crash sends at most as many twice. Default 1. */
  readonly concurrency?: number
  /** Sends a second of this replayer, above 0. Default: as many as the policies allow. */
  readonly perSecond?: number
  /** How often an empty queue is asked, ms, above 0. Default 1,000. */
  readonly pollMs?: number
  /** Replays after which a letter is parked as poison, 1 to 1,000. Default 8. */
  readonly maxReplays?: number
  /** Full jitter. Default `{ baseMs: 30_000, maxMs: 3_600_000 }`. */
  readonly backoff?: ReplayBackoff
  /** Default `block`: a parked letter holds back those after it in its order. */
  readonly orderPolicy?: OrderPolicy
  /** Decrypts bodies. */
  readonly cipher?: BodyCipher
  /** Told of everything that happens, for logs and alerts. */
  readonly onEvent?: (event: ReplayEvent) => void
  /** For tests. */
  readonly clock?: Clock
  /** For tests. */
  readonly random?: Random
}

export interface ReplayerSettings extends Required<Omit<ReplayerOptions, 'cipher' | 'upstreams'>> {
  readonly upstreams: ReadonlyMap<string, Upstream>
  readonly cipher: BodyCipher | undefined
}

const OWNER = 'Replayer'

const within = (name: string, value: number, from: number, to: number, isInteger = false): void => {
  const fits = typeof value === 'number' && value >= from && value <= to && (!isInteger || Number.isInteger(value))
  if (!fits) {
    const what = isInteger ? 'an integer' : 'a number'
    throw new TypeError(`${OWNER}: option "${name}" must be ${what} from ${from} to ${to}, but is ${String(value)}.`)
  }
}

/** @throws {TypeError} For a missing or bad option. */
export const settingsOf = (given: ReplayerOptions): ReplayerSettings => {
  const settings: ReplayerSettings = {
    queue: given.queue,
    upstreams: checkUpstreams(OWNER, given.upstreams),
    leaseMs: given.leaseMs ?? 60_000,
    concurrency: given.concurrency ?? 1,
    perSecond: given.perSecond ?? Infinity,
    pollMs: given.pollMs ?? 1_000,
    maxReplays: given.maxReplays ?? 8,
    backoff: given.backoff ?? { baseMs: 30_000, maxMs: 3_600_000 },
    orderPolicy: given.orderPolicy ?? 'block',
    cipher: given.cipher,
    onEvent: given.onEvent ?? (() => undefined),
    clock: given.clock ?? systemClock,
    random: given.random ?? systemRandom,
  }
  if (typeof (given.queue as Partial<DeadLetterQueue> | undefined)?.claim !== 'function')
    throw new TypeError(`${OWNER}: option "queue" must be a queue such as openSqliteQueue() returns.`)
  within('leaseMs', settings.leaseMs, 50, 86_400_000)
  within('concurrency', settings.concurrency, 1, 100, true)
  within('perSecond', settings.perSecond, Number.MIN_VALUE, Infinity)
  within('pollMs', settings.pollMs, 1, 3_600_000)
  within('maxReplays', settings.maxReplays, 1, 1_000, true)
  within('backoff.baseMs', settings.backoff.baseMs, 1, 86_400_000)
  within('backoff.maxMs', settings.backoff.maxMs, 1, 86_400_000)
  if (!['block', 'skip'].includes(settings.orderPolicy))
    throw new TypeError(`${OWNER}: option "orderPolicy" must be 'block' or 'skip'.`)
  if (given.cipher !== undefined && !(given.cipher instanceof BodyCipher))
    throw new TypeError(`${OWNER}: option "cipher" must be a BodyCipher.`)
  if (typeof settings.onEvent !== 'function') throw new TypeError(`${OWNER}: option "onEvent" must be a function.`)
  return settings
}
