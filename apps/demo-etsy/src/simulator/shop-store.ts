import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import type { WireImage, WireInventory, WireListing, WireReceipt } from './wire.ts'

type Row = Record<string, SQLOutputValue> | undefined

function bodyOf(row: Row): unknown {
  return row === undefined ? undefined : JSON.parse(String(row['body']))
}

/** What the provider knows about the shop, in SQLite; every change is a statement of its own. */
export class ShopStore {
  readonly database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.database = database
  }

  listing(listingId: number): WireListing | undefined {
    return bodyOf(this.#get('select body from listing where listing_id = ?', listingId)) as WireListing | undefined
  }

  listingsIn(state: string, limit: number, offset: number): { count: number; results: WireListing[] } {
    const rows = this.database
      .prepare('select body from listing where state = ? order by listing_id desc limit ? offset ?')
      .all(state, limit, offset)
    const count = Number(this.#get('select count(*) as n from listing where state = ?', state)?.['n'])
    return { count, results: rows.map((row) => bodyOf(row) as WireListing) }
  }

  saveListing(listing: WireListing): void {
    this.database
      .prepare('insert or replace into listing values (?, ?, ?, ?)')
      .run(listing.listing_id, listing.state, listing.updated_timestamp, JSON.stringify(listing))
  }

  deleteListing(listingId: number): void {
    for (const table of ['listing', 'inventory', 'image']) {
      this.database.prepare(`delete from ${table} where listing_id = ?`).run(listingId)
    }
  }

  inventory(listingId: number): WireInventory | undefined {
    return bodyOf(this.#get('select body from inventory where listing_id = ?', listingId)) as WireInventory | undefined
  }

  saveInventory(listingId: number, inventory: WireInventory): void {
    this.database.prepare('insert or replace into inventory values (?, ?)').run(listingId, JSON.stringify(inventory))
  }

  /** Colours and sizes are unknown until `ready_at_ms`. */
  images(listingId: number, nowMs: number): WireImage[] {
    const rows = this.database.prepare('select * from image where listing_id = ? order by rank').all(listingId)
    return rows.map((row) => {
      const image = bodyOf(row) as WireImage
      if (Number(row['ready_at_ms']) > nowMs) return image
      return {
        ...image,
        hex_code: '8A6F55',
        red: 138,
        green: 111,
        blue: 85,
        hue: 29,
        saturation: 38,
        brightness: 54,
        is_black_and_white: false,
        full_height: 1_600,
        full_width: 2_000,
      }
    })
  }

  saveImage(image: WireImage, readyAtMs: number): void {
    this.database
      .prepare('insert or replace into image values (?, ?, ?, ?, ?)')
      .run(image.listing_image_id, image.listing_id, image.rank, Math.floor(readyAtMs), JSON.stringify(image))
  }

  deleteImage(imageId: number): boolean {
    return this.database.prepare('delete from image where listing_image_id = ?').run(imageId).changes === 1
  }

  receipt(receiptId: number): WireReceipt | undefined {
    return bodyOf(this.#get('select body from receipt where receipt_id = ?', receiptId)) as WireReceipt | undefined
  }

  /** Orders placed so far and changed since, oldest change first. */
  receiptsSince(placedBefore: number, changedSince: number): WireReceipt[] {
    return this.database
      .prepare('select body from receipt where placed_at <= ? and updated >= ? order by updated, receipt_id')
      .all(placedBefore, changedSince)
      .map((row) => bodyOf(row) as WireReceipt)
  }

  saveReceipt(receipt: WireReceipt, placedAt: number): void {
    this.database
      .prepare(
        'insert into receipt values (?, ?, ?, ?) on conflict (receipt_id) do update set updated = excluded.updated, body = excluded.body',
      )
      .run(receipt.receipt_id, placedAt, receipt.updated_timestamp, JSON.stringify(receipt))
  }

  sendEmail(receiptId: number, trackingCode: string, atMs: number): void {
    this.database
      .prepare('insert into email (receipt_id, tracking_code, at_ms) values (?, ?, ?)')
      .run(receiptId, trackingCode, Math.floor(atMs))
  }

  /** Buyer e-mails by order. */
  emails(): ReadonlyMap<number, number> {
    const rows = this.database.prepare('select receipt_id, count(*) as n from email group by receipt_id').all()
    return new Map(rows.map((row) => [Number(row['receipt_id']), Number(row['n'])]))
  }

  chargeFee(listingId: number, atMs: number): void {
    this.database.prepare('insert into fee (listing_id, at_ms) values (?, ?)').run(listingId, Math.floor(atMs))
  }

  readinessStates(): Record<string, unknown>[] {
    const rows = this.database.prepare('select body from readiness_state order by readiness_state_id').all()
    return rows.map((row) => bodyOf(row) as Record<string, unknown>)
  }

  saveReadinessState(id: number, body: Record<string, unknown>): void {
    this.database.prepare('insert or replace into readiness_state values (?, ?)').run(id, JSON.stringify(body))
  }

  #get(sql: string, value: number | string): Row {
    return this.database.prepare(sql).get(value)
  }
}
