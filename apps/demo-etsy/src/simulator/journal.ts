import type { DatabaseSync } from 'node:sqlite'

/** What really happened at the provider, whatever its clients believe. */
export interface Happening {
  /** `call`: a request was answered or dropped; the others: an effect took place. */
  readonly kind: 'call' | 'listing-created' | 'listing-published' | 'email-sent' | 'token-refreshed' | 'webhook-sent'
  readonly operation: string
  readonly status?: number | undefined
  /** The listing, receipt or message it is about. */
  readonly subject?: string | undefined
  /** The scenario that was injected, such as `E15`. */
  readonly scenario?: string | undefined
  readonly requestUuid?: string | undefined
}

/** A happening with its place in the journal. */
export interface JournalLine extends Happening {
  readonly seq: number
  readonly atMs: number
}

/** The provider's append-only record. */
export interface SimulatorJournal {
  readonly write: (happening: Happening) => void
  count(kind: Happening['kind'], operation?: string): number
  /** Newest last; `afterSeq` leaves out what was read before. */
  lines(afterSeq?: number, limit?: number): readonly JournalLine[]
}

/** @param nowMs - The simulated wall clock. */
export function createJournal(database: DatabaseSync, nowMs: () => number): SimulatorJournal {
  const insert = database.prepare(
    'insert into journal (at_ms, kind, operation, status, subject, scenario, request_uuid) values (?, ?, ?, ?, ?, ?, ?)',
  )
  const countAll = database.prepare('select count(*) as n from journal where kind = ?')
  const countOne = database.prepare('select count(*) as n from journal where kind = ? and operation = ?')
  const select = database.prepare('select * from journal where seq > ? order by seq limit ?')
  return {
    write({ kind, operation, status, subject, scenario, requestUuid }) {
      const optional = [status ?? null, subject ?? null, scenario ?? null, requestUuid ?? null]
      insert.run(Math.floor(nowMs()), kind, operation, ...optional)
    },
    count(kind, operation) {
      const row = operation === undefined ? countAll.get(kind) : countOne.get(kind, operation)
      return Number(row?.['n'])
    },
    lines(afterSeq = 0, limit = 10_000) {
      return select.all(afterSeq, limit).map((row) => ({
        seq: Number(row['seq']),
        atMs: Number(row['at_ms']),
        kind: String(row['kind']) as Happening['kind'],
        operation: String(row['operation']),
        status: row['status'] === null ? undefined : Number(row['status']),
        subject: row['subject'] === null ? undefined : String(row['subject']),
        scenario: row['scenario'] === null ? undefined : String(row['scenario']),
        requestUuid: row['request_uuid'] === null ? undefined : String(row['request_uuid']),
      }))
    },
  }
}
