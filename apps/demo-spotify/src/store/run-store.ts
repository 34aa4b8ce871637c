import type { DatabaseSync } from 'node:sqlite'

export interface Run {
  readonly id: string
  readonly kind: string
  readonly month: string
  readonly startedAtMs: number
  readonly endedAtMs: number | undefined
  readonly outcome: string | undefined
  readonly summary: string | undefined
}

const LEASE_MS = 10 * 60_000

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it lives, but is somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Runs of the jobs, and the lease that lets one process at a time do one job. */
export class RunStore {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  start(run: Pick<Run, 'id' | 'kind' | 'month' | 'startedAtMs'>): void {
    this.#database
      .prepare('INSERT INTO run (id, kind, month, started_at_ms) VALUES (?, ?, ?, ?)')
      .run(run.id, run.kind, run.month, run.startedAtMs)
  }

  end(id: string, endedAtMs: number, outcome: string, summary: string): void {
    this.#database
      .prepare('UPDATE run SET ended_at_ms = ?, outcome = ?, summary = ? WHERE id = ?')
      .run(endedAtMs, outcome, summary, id)
  }

  latest(limit: number): readonly Run[] {
    return this.#select('ORDER BY started_at_ms DESC, rowid DESC LIMIT ?', limit)
  }

  /** The newest run of a job for a month. */
  newest(kind: string, month: string): Run | undefined {
    return this.#select('WHERE kind = ? AND month = ? ORDER BY rowid DESC LIMIT 1', kind, month)[0]
  }

  /** The newest run of each month that has no success since it failed or was killed. */
  owed(kind: string): readonly Run[] {
    const condition = `WHERE outcome IS NOT 'complete' AND rowid IN
      (SELECT max(rowid) FROM run WHERE kind = ? GROUP BY month) ORDER BY month`
    return this.#select(condition, kind)
  }

  #select(condition: string, ...values: readonly (string | number)[]): readonly Run[] {
    const rows = this.#database.prepare(`SELECT * FROM run ${condition}`).all(...values)
    return rows.map((row) => ({
      id: String(row['id']),
      kind: String(row['kind']),
      month: String(row['month']),
      startedAtMs: Number(row['started_at_ms']),
      endedAtMs: row['ended_at_ms'] === null ? undefined : Number(row['ended_at_ms']),
      outcome: row['outcome'] === null ? undefined : String(row['outcome']),
      summary: row['summary'] === null ? undefined : String(row['summary']),
    }))
  }

  /** Whether the job is the caller's now. A holder that died or took longer than ten minutes loses it. */
  acquire(name: string, owner: string): boolean {
    const nowMs = Date.now()
    const held = this.#database.prepare('SELECT owner_pid, owner FROM lease WHERE name = ?').get(name)
    if (held !== undefined && !isAlive(Number(held['owner_pid']))) this.release(name, String(held['owner']))
    const { changes } = this.#database
      .prepare(
        `INSERT INTO lease VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET owner_pid = excluded.owner_pid,
           owner = excluded.owner, until_ms = excluded.until_ms WHERE until_ms <= ?`,
      )
      .run(name, process.pid, owner, nowMs + LEASE_MS, nowMs)
    return Number(changes) === 1
  }

  release(name: string, owner: string): void {
    this.#database.prepare('DELETE FROM lease WHERE name = ? AND owner = ?').run(name, owner)
  }
}
