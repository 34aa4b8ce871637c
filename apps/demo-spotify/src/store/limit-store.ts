import type { DatabaseSync } from 'node:sqlite'

export interface StoredPause {
  readonly untilMs: number
  readonly reason: 'quota' | 'rate-limit'
}

export interface CallCount {
  readonly day: string
  readonly outcome: string
  readonly calls: number
}

const outcomeOf = (status: number | undefined): string => {
  if (status === undefined) return 'no answer'
  return status === 429 ? '429' : `${Math.floor(status / 100)}xx`
}

/** The pause that Spotify asked for and the calls of each day; both outlive the process. */
export class LimitStore {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  read(): StoredPause | undefined {
    const row = this.#database.prepare('SELECT until_ms, reason FROM pause WHERE id = 1').get()
    if (row === undefined) return undefined
    return { untilMs: Number(row['until_ms']), reason: row['reason'] as StoredPause['reason'] }
  }

  write({ untilMs, reason }: StoredPause): void {
    this.#database
      .prepare(
        `INSERT INTO pause VALUES (1, ?, ?)
         ON CONFLICT (id) DO UPDATE SET until_ms = excluded.until_ms, reason = excluded.reason`,
      )
      .run(Math.round(untilMs), reason)
  }

  clear(): void {
    this.#database.exec('DELETE FROM pause')
  }

  countCall(atMs: number, status: number | undefined): void {
    this.#database
      .prepare(`INSERT INTO call_count VALUES (?, ?, 1) ON CONFLICT (day, outcome) DO UPDATE SET calls = calls + 1`)
      .run(new Date(atMs).toISOString().slice(0, 10), outcomeOf(status))
  }

  counts(): readonly CallCount[] {
    const rows = this.#database.prepare('SELECT * FROM call_count ORDER BY day, outcome').all()
    return rows.map((row) => ({
      day: String(row['day']),
      outcome: String(row['outcome']),
      calls: Number(row['calls']),
    }))
  }
}
