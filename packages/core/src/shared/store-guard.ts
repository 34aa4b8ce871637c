import type { Clock } from '../clock.ts'
import type { StateStore } from '../state-store.ts'

/** Whether a store answers, as `onStoreChange` hears it. */
export interface StoreChange {
  readonly store: string
  readonly isUp: boolean
  /** Why it is down: `late`, or the message of its error. */
  readonly reason: string
}

export interface GuardTerms {
  readonly deadlineMs: number
  readonly localOnlyMs: number
}

const LATE = Symbol('late')

/**
 * Asks a store without ever waiting longer than the deadline, and leaves one that failed alone for a while.
 *
 * Clients of hung stores wait for ever whatever they are configured to, so the deadline is ours. After a failure nobody
 * asks until the local-only period is over; then one request finds out, and until it succeeds nobody waits.
 */
export class StoreGuard {
  readonly store: StateStore
  readonly #clock: Clock
  readonly #terms: GuardTerms
  readonly #onChange: (change: StoreChange) => void
  #quietUntilMs = -Infinity
  #isProbing = false
  /** Why it is down. */
  reason = ''
  /** Whether the last answer came, and in time. */
  isUp = true

  constructor(store: StateStore, clock: Clock, terms: GuardTerms, onChange: (change: StoreChange) => void) {
    this.store = store
    this.#clock = clock
    this.#terms = terms
    this.#onChange = onChange
  }

  /** Ms within which every process that asks has noticed that a store is back. */
  get rejoinMs(): number {
    return this.#terms.localOnlyMs + this.#terms.deadlineMs
  }

  /** Ms until a store that is down may be asked again. */
  quietMs(): number {
    return this.isUp ? 0 : Math.max(0, this.#quietUntilMs - this.#clock.now())
  }

  /** Whether a request would reach the store now. */
  mayAsk(): boolean {
    return this.isUp || (!this.#isProbing && this.quietMs() === 0)
  }

  /** The store's answer; undefined when it failed, was late or is left alone. What was asked may have been done all the same. */
  async ask<Answer>(
    work: (store: StateStore) => Promise<Answer>,
    deadlineMs = this.#terms.deadlineMs,
  ): Promise<Answer | undefined> {
    if (!this.mayAsk()) return undefined
    this.#isProbing = !this.isUp
    try {
      const answer = await this.#inTime(work(this.store), deadlineMs)
      if (answer === LATE) {
        this.#failed(`it did not answer within ${deadlineMs} ms`)
        return undefined
      }
      this.#isProbing = false
      if (!this.isUp) {
        this.isUp = true
        this.#tell('it answers again')
      }
      return answer
    } catch (error) {
      this.#failed(error instanceof Error ? error.message : String(error))
      return undefined
    }
  }

  #inTime<Answer>(answer: Promise<Answer>, deadlineMs: number): Promise<Answer | typeof LATE> {
    return new Promise((resolve, reject) => {
      const timer = this.#clock.setTimer(() => {
        resolve(LATE)
      }, deadlineMs)
      answer
        .finally(() => {
          this.#clock.clearTimer(timer)
        })
        // After the deadline nobody listens any more, and a late failure is no news.
        .then(resolve, reject)
    })
  }

  #failed(reason: string): void {
    this.#isProbing = false
    this.reason = reason
    this.#quietUntilMs = this.#clock.now() + this.#terms.localOnlyMs
    if (!this.isUp) return
    this.isUp = false
    this.#tell(reason)
  }

  #tell(reason: string): void {
    this.#onChange({ store: this.store.name, isUp: this.isUp, reason })
  }
}
