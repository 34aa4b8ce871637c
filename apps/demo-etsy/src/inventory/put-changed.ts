import { isServiceError, ValidationError } from '@holdfast/core/service-errors'
import type { CallOptions, EtsyClient, Inventory } from '../client/index.ts'
import { diffInventory, type InventoryChange } from './diff-inventory.ts'

/**
 * Reads, changes, compares, and writes only when something differs. A PUT replaces everything (open-api#337), so a change
 * that would make products vanish is refused. On a conflict the new state is read, the change applied to it, and written
 * once more.
 *
 * @throws {ServiceError} `validation` when products would vanish.
 */
export async function putChanged(
  client: EtsyClient,
  listingId: number,
  change: (inventory: Inventory) => Inventory,
  call: CallOptions = {},
  onChange: (changes: readonly InventoryChange[], before: Inventory) => void = () => undefined,
): Promise<readonly InventoryChange[]> {
  for (let attempt = 1; ; attempt += 1) {
    const before = await client.inventory(listingId, call)
    const after = change(before)
    if (after.products.length < before.products.length) {
      const message = `${before.products.length - after.products.length} products would vanish`
      throw new ValidationError([{ path: ['products'], message }])
    }
    const changes = diffInventory(before, after)
    if (changes.length === 0) return changes
    onChange(changes, before)
    try {
      await client.replaceInventory(listingId, after, call)
      return changes
    } catch (error) {
      if (attempt > 1 || !isServiceError(error, 'conflict')) throw error
    }
  }
}
