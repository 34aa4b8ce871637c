import type { DatabaseSync } from 'node:sqlite'
import { ValidationError } from '@holdfast/core/service-errors'
import { z } from 'zod'
import type { CallOptions, EtsyClient, Inventory } from '../client/index.ts'
import type { JobHandler } from '../jobs/index.ts'
import { putChanged } from './put-changed.ts'

/** Stock to reach, by SKU. */
export const stockTargetShape = z.strictObject({
  listingId: z.coerce.number().int().positive(),
  quantities: z.record(z.string(), z.number().int().min(0).max(999)),
})

/** Copies of inventories taken before they were changed. */
export class InventorySnapshots {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
    database.exec(
      'create table if not exists inventory_snapshot (id integer primary key, listing_id integer not null, at_ms integer not null, body text not null)',
    )
  }

  keep(listingId: number, inventory: Inventory): void {
    this.#database
      .prepare('insert into inventory_snapshot (listing_id, at_ms, body) values (?, ?, ?)')
      .run(listingId, Date.now(), JSON.stringify(inventory))
  }

  latest(listingId: number): Inventory | undefined {
    const row = this.#database
      .prepare('select body from inventory_snapshot where listing_id = ? order by id desc limit 1')
      .get(listingId)
    return row === undefined ? undefined : (JSON.parse(String(row['body'])) as Inventory)
  }
}

/** Job: brings the stock of a listing to its targets; runs twice without harm. */
export function stockSync(client: EtsyClient, snapshots: InventorySnapshots): JobHandler {
  return async (run) => {
    const { listingId, quantities } = stockTargetShape.parse(run.data)
    const call: CallOptions = { priority: run.priority }
    const change = (inventory: Inventory): Inventory => {
      const unknown = Object.keys(quantities).filter(
        (sku) => !inventory.products.some((product) => product.sku === sku),
      )
      if (unknown.length > 0)
        throw new ValidationError(unknown.map((sku) => ({ path: [sku], message: 'no product has this SKU' })))
      return {
        ...inventory,
        products: inventory.products.map((product) => ({
          ...product,
          offerings: product.offerings.map((offering) => ({
            ...offering,
            quantity: quantities[product.sku] ?? offering.quantity,
          })),
        })),
      }
    }
    await putChanged(client, listingId, change, call, (changes, before) => {
      snapshots.keep(listingId, before)
      run.journal('inventory', { listingId, changes })
    })
  }
}

/** Puts the copy from before the last change back. */
export async function restoreStock(
  client: EtsyClient,
  snapshots: InventorySnapshots,
  listingId: number,
): Promise<boolean> {
  const kept = snapshots.latest(listingId)
  if (kept === undefined) return false
  await putChanged(client, listingId, () => kept, { priority: 'default' })
  return true
}
