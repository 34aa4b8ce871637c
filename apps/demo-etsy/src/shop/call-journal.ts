/** One call as the job code saw it. */
export interface CallRecord {
  readonly callId: string
  readonly jobId: string
  /** Milliseconds from the start of the day. */
  readonly offeredAtMs: number
  readonly settledAtMs: number
  /** `rejected`: the server understood and refused for good, which is an answer too. */
  readonly outcome: 'answered' | 'rejected' | 'failed'
  /** Why it failed; `null` when it was answered. */
  readonly reason: string | null
  /** Refused by the client's own policy, nothing was sent. */
  readonly isLocalRefusal: boolean
}

/** The client's record of its calls; a call enters when it settles. */
export interface CallJournal {
  readonly records: readonly CallRecord[]
  /** Calls offered so far, settled or not. */
  readonly offered: number
  begin(): void
  settle(record: CallRecord): void
}

/** An empty journal. */
export function createCallJournal(): CallJournal {
  const records: CallRecord[] = []
  let offered = 0
  return {
    records,
    get offered() {
      return offered
    },
    begin() {
      offered += 1
    },
    settle(record) {
      records.push(record)
    },
  }
}
