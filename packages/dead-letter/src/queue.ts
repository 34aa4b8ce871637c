import type { DeadLetter, LetterStatus, NewDeadLetter } from './letter.ts'

/** Where letters go: one of our queues, or another system that takes over from here. */
export interface DeadLetterSink {
  /**
   * Keeps a letter; resolves when it is durable there.
   *
   * @throws {DeadLetterError} When it could not be kept.
   */
  add(letter: NewDeadLetter): Promise<void>
}

/** Which letters an operation is about; all given parts must hold. */
export interface LetterFilter {
  readonly ids?: readonly string[]
  readonly upstreams?: readonly string[]
  readonly statuses?: readonly LetterStatus[]
  readonly errorCode?: string
  readonly orderKey?: string
}

export interface ListOptions extends LetterFilter {
  /** Letters after this sequence number. Default 0. */
  readonly afterSeq?: number
  /** 1 to 1,000. Default 50. */
  readonly limit?: number
}

/** `block`: a parked letter holds back those after it in its order; `skip`: they pass it. */
export type OrderPolicy = 'block' | 'skip'

export interface ClaimOptions {
  /** How long nobody else may claim the letter, ms. */
  readonly leaseMs: number
  readonly orderPolicy: OrderPolicy
  /** Letters of these upstreams alone. */
  readonly upstreams: readonly string[]
  /** Letters out of these alone. Default: all that are due. */
  readonly ids?: readonly string[] | undefined
}

/** A letter with the token that proves that nobody has claimed it since. */
export interface Claim {
  readonly letter: DeadLetter
  readonly token: string
}

/** What the last send taught, kept with the letter. */
export interface ReplayFailure {
  readonly errorCode: string
  readonly httpStatus: number | undefined
}

export interface ReleaseOptions {
  /** When the letter is due again, ms from now. */
  readonly delayMs: number
  /** Whether the replay counts; one that the policy refused does not. */
  readonly isCounted: boolean
  /** Whether this replay provably did not reach the upstream. */
  readonly isProvenUnsent: boolean
  readonly failure: ReplayFailure
}

export interface QueueStats {
  readonly byStatus: Readonly<Record<LetterStatus, number>>
  readonly byUpstream: Readonly<Record<string, number>>
  /** Bytes of headers and bodies of all letters. */
  readonly bytes: number
  /** Letters that could be claimed now but for their order. */
  readonly due: number
  /** When the oldest open letter failed first. */
  readonly oldestOpenAtMs: number | undefined
}

/**
 * A durable queue of letters; every method is one statement, so a killed process leaves nothing half done.
 *
 * Methods that take a claim return false when the claim was lost in the meantime, and then change nothing.
 */
export interface DeadLetterQueue extends DeadLetterSink {
  /** The due letter that waits longest and is first in its order; undefined when there is none. */
  claim(options: ClaimOptions): Promise<Claim | undefined>
  complete(claim: Claim, replayStatus: number | undefined): Promise<boolean>
  release(claim: Claim, options: ReleaseOptions): Promise<boolean>
  park(claim: Claim, reason: string, failure?: ReplayFailure): Promise<boolean>
  get(id: string): Promise<DeadLetter | undefined>
  list(options?: ListOptions): Promise<readonly DeadLetter[]>
  /** Makes letters open, due at once and their replays uncounted; replayed ones only if named in `statuses`. */
  reopen(filter: LetterFilter): Promise<number>
  /** Takes open letters out of the replay until they are reopened. */
  parkAll(filter: LetterFilter, reason: string): Promise<number>
  /** Gives open and parked letters up. */
  discard(filter: LetterFilter): Promise<number>
  stats(): Promise<QueueStats>
  /** Removes letters past their expiry; the numbers of those that were never replayed are told apart. */
  removeExpired(): Promise<{ readonly removed: number; readonly unreplayed: number }>
  /** Removes replayed and discarded letters and gives the space back. */
  vacuum(): Promise<{ readonly removed: number }>
  /** Whether the storage is sound; the answer of the engine's own check. */
  check(): Promise<string>
  close(): Promise<void>
}
