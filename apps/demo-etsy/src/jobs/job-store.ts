import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import type { Job, JobFailure, JobPriority, JobState, JournalEntry, NewJob, Pause } from './job.ts'

const schema = `
  create table if not exists job (id text primary key, kind text not null, priority integer not null, state text not null, data text not null,
    attempts integer not null default 0, not_before_ms integer not null default 0, reason text, created_ms integer not null, updated_ms integer not null);
  create index if not exists job_due on job (state, priority, created_ms);
  create table if not exists job_journal (seq integer primary key, job_id text not null, at_ms integer not null, event text not null, detail text);
  create index if not exists job_journal_by_job on job_journal (job_id, seq);
  create trigger if not exists job_journal_no_update before update on job_journal begin select raise(abort, 'the journal is append-only'); end;
  create trigger if not exists job_journal_no_delete before delete on job_journal begin select raise(abort, 'the journal is append-only'); end;
  create table if not exists job_hold (priority integer primary key, until_ms integer, reason text not null);
`
const priorities: readonly JobPriority[] = ['critical', 'default', 'background']

/** Jobs, their journal and the pauses of a provider, in SQLite: what is here survives a kill. */
export class JobStore {
  readonly database: DatabaseSync
  readonly #nowMs: () => number

  constructor(database: DatabaseSync, nowMs: () => number = Date.now) {
    this.database = database
    this.#nowMs = nowMs
    database.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma busy_timeout = 2000;')
    database.exec(schema)
  }

  nowMs(): number {
    return Math.floor(this.#nowMs())
  }

  /** Adds a job; one with the same id is there already and stays as it is. Returns whether it was new. */
  add({ id, kind, priority = 'default', data }: NewJob): boolean {
    const nowMs = this.nowMs()
    const added = this.database
      .prepare(
        "insert or ignore into job (id, kind, priority, state, data, created_ms, updated_ms) values (?, ?, ?, 'ready', ?, ?, ?)",
      )
      .run(id, kind, priorities.indexOf(priority), JSON.stringify(data), nowMs, nowMs)
    if (added.changes === 1) this.write(id, 'added')
    return added.changes === 1
  }

  job(id: string): Job | undefined {
    const row = this.database.prepare('select * from job where id = ?').get(id)
    return row === undefined ? undefined : jobOf(row)
  }

  jobs(filter: { readonly kind?: string; readonly state?: JobState; readonly limit?: number } = {}): readonly Job[] {
    return this.database
      .prepare(
        'select * from job where (? is null or kind = ?) and (? is null or state = ?) order by created_ms desc, id limit ?',
      )
      .all(
        filter.kind ?? null,
        filter.kind ?? null,
        filter.state ?? null,
        filter.state ?? null,
        filter.limit ?? 1_000_000,
      )
      .map(jobOf)
  }

  /** Takes the next due job that no pause holds: `critical` first, then the oldest. */
  take(): Job | undefined {
    const nowMs = this.nowMs()
    const row = this.database
      .prepare(
        "update job set state = 'running', updated_ms = ? where id = (select id from job where state = 'ready' and not_before_ms <= ? and priority < ? order by priority, created_ms, id limit 1) returning *",
      )
      .get(nowMs, nowMs, this.#heldFrom())
    return row === undefined ? undefined : jobOf(row)
  }

  /** After a crash: jobs that were under way are due again. */
  recover(): number {
    return Number(this.database.prepare("update job set state = 'ready' where state = 'running'").run().changes)
  }

  saveData(id: string, data: unknown): void {
    this.database
      .prepare('update job set data = ?, updated_ms = ? where id = ?')
      .run(JSON.stringify(data), this.nowMs(), id)
  }

  settle(
    id: string,
    state: JobState,
    {
      reason = null,
      notBeforeMs = 0,
      attempts,
    }: { readonly reason?: string | null; readonly notBeforeMs?: number; readonly attempts?: number } = {},
  ): void {
    this.database
      .prepare(
        'update job set state = ?, reason = ?, not_before_ms = ?, attempts = coalesce(?, attempts), updated_ms = ? where id = ?',
      )
      .run(state, reason, Math.floor(notBeforeMs), attempts ?? null, this.nowMs(), id)
  }

  write(jobId: string, event: string, detail?: unknown): void {
    this.database
      .prepare('insert into job_journal (job_id, at_ms, event, detail) values (?, ?, ?, ?)')
      .run(jobId, this.nowMs(), event, detail === undefined ? null : JSON.stringify(detail))
  }

  journal(jobId?: string, limit = 200): readonly JournalEntry[] {
    return this.database
      .prepare('select * from job_journal where (? is null or job_id = ?) order by seq desc limit ?')
      .all(jobId ?? null, jobId ?? null, limit)
      .map((row) => ({
        jobId: String(row['job_id']),
        atMs: Number(row['at_ms']),
        event: String(row['event']),
        detail: row['detail'] === null ? undefined : (JSON.parse(String(row['detail'])) as unknown),
      }))
  }

  /** How often an event is in the journal of a job. */
  count(jobId: string, event: string): number {
    const row = this.database
      .prepare('select count(*) as n from job_journal where job_id = ? and event = ?')
      .get(jobId, event)
    return Number(row?.['n'])
  }

  /** Gives a job up until somebody replays it; state and journal change together. */
  park(id: string, reason: string, failure: JobFailure): void {
    this.#together(() => {
      this.settle(id, 'parked', { reason, attempts: failure.attempts })
      this.write(id, 'parked', failure)
    })
  }

  /** A parked job is due again, as background work and with its failures forgotten. Returns whether it was parked. */
  replay(id: string): boolean {
    return this.#together(() => {
      const { changes } = this.database
        .prepare(
          "update job set state = 'ready', reason = null, not_before_ms = 0, attempts = 0, priority = ?, updated_ms = ? where id = ? and state = 'parked'",
        )
        .run(priorities.indexOf('background'), this.nowMs(), id)
      if (changes > 0) this.write(id, 'replayed')
      return changes > 0
    })
  }

  /** How often a job failed with a status of the provider since a person last replayed it. */
  failuresWith(jobId: string, status: number): number {
    const row = this.database
      .prepare(
        "select count(*) as n from job_journal where job_id = ? and event = 'failed' and json_extract(detail, '$.status') = ? and seq > coalesce((select max(seq) from job_journal where job_id = ? and event = 'replayed'), 0)",
      )
      .get(jobId, status, jobId)
    return Number(row?.['n'])
  }

  /** No job of this priority or below runs before then; `undefined` until somebody resumes. */
  pause(reason: string, untilMs: number | undefined, from: JobPriority = 'critical'): void {
    this.database
      .prepare('insert or replace into job_hold values (?, ?, ?)')
      .run(priorities.indexOf(from), untilMs === undefined ? null : Math.ceil(untilMs), reason)
    this.write('runner', 'paused', { reason, untilMs, from })
  }

  /** Ends all pauses. */
  resume(): void {
    if (this.database.prepare('delete from job_hold').run().changes > 0) this.write('runner', 'resumed')
  }

  /** The pauses in force, the widest first. */
  pauses(): readonly Pause[] {
    const nowMs = this.nowMs()
    const rows = this.database.prepare('select * from job_hold order by priority').all()
    const isOver = (row: (typeof rows)[number]): boolean => row['until_ms'] !== null && Number(row['until_ms']) <= nowMs
    if (rows.some(isOver)) {
      this.database.prepare('delete from job_hold where until_ms <= ?').run(nowMs)
      this.write('runner', 'resumed')
    }
    return rows
      .filter((row) => !isOver(row))
      .map((row) => ({
        from: priorities[Number(row['priority'])] ?? 'critical',
        reason: String(row['reason']),
        untilMs: row['until_ms'] === null ? undefined : Number(row['until_ms']),
      }))
  }

  /** The pause of everything, orders too. */
  pauseNow(): Pause | undefined {
    return this.pauses().find(({ from }) => from === 'critical')
  }

  /** How many jobs wait that no pause holds. */
  waiting(): number {
    const row = this.database
      .prepare("select count(*) as n from job where state = 'ready' and priority < ?")
      .get(this.#heldFrom())
    return Number(row?.['n'])
  }

  #heldFrom(): number {
    const [widest] = this.pauses()
    return widest === undefined ? priorities.length : priorities.indexOf(widest.from)
  }

  #together<Result>(change: () => Result): Result {
    this.database.exec('begin immediate')
    try {
      const result = change()
      this.database.exec('commit')
      return result
    } catch (error) {
      if (this.database.isTransaction) this.database.exec('rollback')
      throw error
    }
  }
}

function jobOf(row: Record<string, SQLOutputValue>): Job {
  return {
    id: String(row['id']),
    kind: String(row['kind']),
    priority: priorities[Number(row['priority'])] ?? 'default',
    state: String(row['state']) as JobState,
    data: JSON.parse(String(row['data'])) as unknown,
    attempts: Number(row['attempts']),
    notBeforeMs: Number(row['not_before_ms']),
    reason: row['reason'] === null ? undefined : String(row['reason']),
    updatedMs: Number(row['updated_ms']),
  }
}
