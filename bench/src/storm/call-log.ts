/** What became of one call; it counts under the time it started at. */
interface CallRecord {
  readonly startedMs: number
  requests: number
  isSuccess: boolean
}

/** Sums over the calls that started in a span of time. */
export interface CallSummary {
  readonly calls: number
  /** Calls that sent at least one request. */
  readonly admitted: number
  /** Calls that ended without any request. */
  readonly rejected: number
  readonly successes: number
  /** Requests that were sent inside the span, whenever their call began. */
  readonly requests: number
}

/** Where a client reports one of its calls. */
export interface CallHandle {
  /** A request leaves for the server. */
  sent(): void
  succeeded(): void
}

/** Window and step in which recovery is looked for. */
export const RECOVERY = { windowMs: 10_000, stepMs: 1_000, share: 0.95 } as const

/** Every call of a run and every request it sent. */
export class CallLog {
  readonly #now: () => number
  readonly #calls: CallRecord[] = []
  readonly #sentMs: number[] = []

  constructor(now: () => number) {
    this.#now = now
  }

  /** A call begins; it counts as failed until it says otherwise. */
  begin(): CallHandle {
    const record: CallRecord = { startedMs: this.#now(), requests: 0, isSuccess: false }
    this.#calls.push(record)
    return {
      sent: () => {
        record.requests += 1
        this.#sentMs.push(this.#now())
      },
      succeeded: () => {
        record.isSuccess = true
      },
    }
  }

  /** A server's own record of a request; calls are numbered from 0 in the order they began. */
  noteRequest(call: number, atMs: number): void {
    const record = this.#calls[call]
    if (record === undefined) throw new RangeError(`the server saw a request of call ${call}, which never began`)
    record.requests += 1
    this.#sentMs.push(atMs)
  }

  summary(fromMs: number, untilMs: number): CallSummary {
    const calls = this.#between(fromMs, untilMs)
    const admitted = calls.filter(({ requests }) => requests > 0).length
    return {
      calls: calls.length,
      admitted,
      rejected: calls.length - admitted,
      successes: calls.filter(({ isSuccess }) => isSuccess).length,
      requests: this.#sentMs.filter((atMs) => atMs >= fromMs && atMs < untilMs).length,
    }
  }

  /**
   * Milliseconds from `repairMs` to recovery: to the start of the first window of 10 s, tried every second, in which at
   * least 95 % of the calls that start succeed. Infinity when no whole window before `endMs` is that good.
   */
  recoveryMs(repairMs: number, endMs: number): number {
    for (let fromMs = repairMs; fromMs + RECOVERY.windowMs <= endMs; fromMs += RECOVERY.stepMs) {
      if (this.#isGood(fromMs)) return fromMs - repairMs
    }
    return Infinity
  }

  /** Windows of 10 s, one after the other from `fromMs` to `endMs`, that are worse than recovered. */
  relapses(fromMs: number, endMs: number): number {
    let bad = 0
    for (let atMs = fromMs; atMs + RECOVERY.windowMs <= endMs; atMs += RECOVERY.windowMs)
      if (!this.#isGood(atMs)) bad += 1
    return bad
  }

  #isGood(fromMs: number): boolean {
    const calls = this.#between(fromMs, fromMs + RECOVERY.windowMs)
    const successes = calls.filter(({ isSuccess }) => isSuccess).length
    return calls.length > 0 && successes >= RECOVERY.share * calls.length
  }

  // Calls are in the order of their starts.
  #between(fromMs: number, untilMs: number): readonly CallRecord[] {
    return this.#calls.slice(this.#firstFrom(fromMs), this.#firstFrom(untilMs))
  }

  #firstFrom(atMs: number): number {
    let low = 0
    let high = this.#calls.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#calls[middle]?.startedMs ?? Infinity) < atMs) low = middle + 1
      else high = middle
    }
    return low
  }
}
