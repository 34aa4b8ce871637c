import type { DatabaseSync } from 'node:sqlite'
import type { Receipt } from '../client/index.ts'

/** An order as last seen, and how it was first heard of. */
export interface KnownOrder extends Receipt {
  readonly heardBy: 'webhook' | 'poll'
}

/** Orders by id. The order in which news arrive does not matter: older news never replace newer ones. */
export class OrderStore {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
    database.exec(
      'create table if not exists shop_order (receipt_id integer primary key, updated integer not null, heard_by text not null, body text not null)',
    )
    database.exec('create table if not exists watermark (name text primary key, seconds integer not null)')
  }

  /** Returns whether anything changed. */
  upsert(receipt: Receipt, heardBy: KnownOrder['heardBy']): boolean {
    const result = this.#database
      .prepare(
        'insert into shop_order values (?, ?, ?, ?) on conflict (receipt_id) do update set updated = excluded.updated, body = excluded.body where excluded.updated > updated or (excluded.updated = updated and excluded.body <> body)',
      )
      .run(receipt.receiptId, receipt.updatedAtSeconds, heardBy, JSON.stringify(receipt))
    return result.changes === 1
  }

  orders(limit = 1_000_000): readonly KnownOrder[] {
    return this.#database
      .prepare('select heard_by, body from shop_order order by receipt_id desc limit ?')
      .all(limit)
      .map((row) => ({
        ...(JSON.parse(String(row['body'])) as Receipt),
        heardBy: String(row['heard_by']) as KnownOrder['heardBy'],
      }))
  }

  /** The change up to which everything was polled, Unix seconds. */
  get watermark(): number {
    return Number(
      this.#database.prepare("select seconds from watermark where name = 'receipts'").get()?.['seconds'] ?? 0,
    )
  }

  set watermark(seconds: number) {
    this.#database.prepare("insert or replace into watermark values ('receipts', ?)").run(seconds)
  }
}
