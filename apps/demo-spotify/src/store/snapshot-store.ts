import type { DatabaseSync } from 'node:sqlite'

export type PartStatus = 'complete' | 'partial' | 'failed' | 'missed'

export interface StoredItem {
  readonly id: string
  readonly kind: 'track' | 'artist'
  readonly uri: string
  readonly name: string
  readonly artists: string
  readonly imageUrl: string | undefined
}

/** One list of one month: `tracks-short_term`, ..., `recently-played`. */
export interface Part {
  readonly month: string
  readonly part: string
  readonly status: PartStatus
  /** Why it is not complete, for a person. */
  readonly reasons: readonly string[]
  /** What is odd about its quality: `thin`, `empty`, `duplicates`, `missing-images`. */
  readonly flags: readonly string[]
  readonly takenAtMs: number
  readonly runId: string
}

export interface RankedItem extends StoredItem {
  readonly month: string
  readonly part: string
  readonly rank: number
}

export interface Play {
  readonly item: StoredItem
  readonly playedAtMs: number
}

type Row = Readonly<Record<string, string | number | null>>

const partOf = (row: Row): Part => ({
  month: String(row['month']),
  part: String(row['part']),
  status: row['status'] as PartStatus,
  reasons: JSON.parse(String(row['reasons'])) as string[],
  flags: JSON.parse(String(row['flags'])) as string[],
  takenAtMs: Number(row['taken_at_ms']),
  runId: String(row['run_id']),
})

const itemOf = (row: Row): StoredItem => ({
  id: String(row['id']),
  kind: row['kind'] as StoredItem['kind'],
  uri: String(row['uri']),
  name: String(row['name']),
  artists: String(row['artists']),
  imageUrl: row['image_url'] == null ? undefined : String(row['image_url']),
})

/** Months, their parts and their ranks. Every part is written in one transaction: whole, or not at all. */
export class SnapshotStore {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** Writes a part with its ranks in place of the one that was there. */
  savePart(part: Part, items: readonly StoredItem[]): void {
    this.#transaction(() => {
      this.#putPart(part)
      this.#database.prepare('DELETE FROM rank WHERE month = ? AND part = ?').run(part.month, part.part)
      const insert = this.#database.prepare('INSERT INTO rank VALUES (?, ?, ?, ?)')
      for (const [index, item] of items.entries()) {
        this.#putItem(item)
        insert.run(part.month, part.part, index + 1, item.id)
      }
    })
  }

  /** Writes the plays beside those of earlier runs; one that is known stays as it is. */
  savePlays(part: Part, plays: readonly Play[]): void {
    this.#transaction(() => {
      this.#putPart(part)
      const insert = this.#database.prepare('INSERT OR IGNORE INTO play VALUES (?, ?)')
      for (const { item, playedAtMs } of plays) {
        this.#putItem(item)
        insert.run(playedAtMs, item.id)
      }
    })
  }

  /** Notes that a part could not be had, unless something better is there already. */
  noteHole(part: Part): void {
    this.#database
      .prepare(
        `INSERT INTO part VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (month, part) DO UPDATE SET status = excluded.status, reasons = excluded.reasons,
           flags = excluded.flags, taken_at_ms = excluded.taken_at_ms, run_id = excluded.run_id
         WHERE part.status IN ('failed', 'missed')`,
      )
      .run(...this.#values(part))
  }

  #values({ month, part, status, reasons, flags, takenAtMs, runId }: Part): (string | number)[] {
    return [month, part, status, JSON.stringify(reasons), JSON.stringify(flags), takenAtMs, runId]
  }

  #putPart(part: Part): void {
    this.#database
      .prepare(
        `INSERT INTO part VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (month, part) DO UPDATE SET status = excluded.status, reasons = excluded.reasons,
           flags = excluded.flags, taken_at_ms = excluded.taken_at_ms, run_id = excluded.run_id`,
      )
      .run(...this.#values(part))
  }

  #putItem({ id, kind, uri, name, artists, imageUrl }: StoredItem): void {
    this.#database
      .prepare(
        `INSERT INTO item VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, artists = excluded.artists,
           image_url = coalesce(excluded.image_url, item.image_url)`,
      )
      .run(id, kind, uri, name, artists, imageUrl ?? null)
  }

  #transaction(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      work()
      this.#database.exec('COMMIT')
    } catch (error) {
      this.#database.exec('ROLLBACK')
      throw error
    }
  }

  parts(month?: string): readonly Part[] {
    const all = this.#database.prepare('SELECT * FROM part WHERE ? IS NULL OR month = ? ORDER BY month, part')
    return (all.all(month ?? null, month ?? null) as Row[]).map(partOf)
  }

  months(): readonly string[] {
    const rows = this.#database.prepare('SELECT DISTINCT month FROM part ORDER BY month').all() as Row[]
    return rows.map((row) => String(row['month']))
  }

  /** The ranks of one list, of one month or of all. */
  ranks(part: string, month?: string): readonly RankedItem[] {
    const rows = this.#database
      .prepare(
        `SELECT item.*, rank.month, rank.part, rank.rank FROM rank JOIN item ON item.id = rank.item_id
         WHERE rank.part = ? AND (? IS NULL OR rank.month = ?) ORDER BY rank.month, rank.rank`,
      )
      .all(part, month ?? null, month ?? null) as Row[]
    return rows.map((row) => ({
      ...itemOf(row),
      month: String(row['month']),
      part: String(row['part']),
      rank: Number(row['rank']),
    }))
  }

  plays(): readonly Play[] {
    const rows = this.#database
      .prepare('SELECT item.*, play.played_at_ms FROM play JOIN item ON item.id = play.item_id ORDER BY played_at_ms')
      .all() as Row[]
    return rows.map((row) => ({ item: itemOf(row), playedAtMs: Number(row['played_at_ms']) }))
  }
}
