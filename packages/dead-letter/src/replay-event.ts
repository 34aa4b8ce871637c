/** What a replayer did; ids and codes alone. */
export type ReplayEvent =
  | { readonly type: 'replayed'; readonly id: string; readonly upstream: string; readonly status: number }
  | { readonly type: 'parked'; readonly id: string; readonly upstream: string; readonly reason: string }
  | {
      readonly type: 'postponed'
      readonly id: string
      readonly upstream: string
      readonly reason: string
      readonly delayMs: number
    }
  /** The policy refused, nothing was sent and the replay does not count. */
  | {
      readonly type: 'given-back'
      readonly id: string
      readonly upstream: string
      readonly reason: string
      readonly delayMs: number
    }
  /** Somebody else has claimed the letter meanwhile, so this replay changed nothing in the queue. */
  | { readonly type: 'claim-lost'; readonly id: string; readonly upstream: string }
  | { readonly type: 'expired'; readonly removed: number; readonly unreplayed: number }
  | { readonly type: 'queue-failed'; readonly error: unknown }

/** Letters of one run, by what became of them. */
export interface ReplaySummary {
  readonly replayed: number
  readonly parked: number
  readonly postponed: number
  readonly givenBack: number
  readonly claimsLost: number
}
