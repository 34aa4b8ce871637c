import type { Call, Outcome, Permit } from './call.ts'

/** What a rate limiter does with the permits it lent. */
export interface RateLender {
  sent(permit: RatePermit, nowMs: number): void
  settled(permit: RatePermit, outcome: Outcome, nowMs: number): void
  giveBack(permit: RatePermit, nowMs: number): void
}

const SHORTEST_DELAY_MS = 1

/** The right to send one attempt; spent when it is sent, given back when it never is. */
export class RatePermit implements Permit {
  readonly #lender: RateLender
  readonly weight: number
  /** When it was taken, and from the commit on when it was sent. */
  atMs: number
  /** Its place in the first window. */
  place: number
  /** Its places in the other windows, where there are any. */
  places: number[] | undefined = undefined

  constructor(lender: RateLender, weight: number, place: number, nowMs: number) {
    this.#lender = lender
    this.weight = weight
    this.place = place
    this.atMs = nowMs
  }

  // Another stage may have held the attempt up: it counts from when it is sent.
  commit(_call: Call, nowMs: number): undefined {
    if (nowMs >= this.atMs + SHORTEST_DELAY_MS) this.#lender.sent(this, nowMs)
    return undefined
  }

  settle(outcome: Outcome, _call: Call, nowMs: number): void {
    this.#lender.settled(this, outcome, nowMs)
  }

  cancel(_call: Call, nowMs: number): void {
    this.#lender.giveBack(this, nowMs)
  }
}
