import type { Inventory } from '../client/index.ts'

/** One difference, for the journal and for people. */
export interface InventoryChange {
  readonly sku: string
  readonly field: string
  readonly from: string
  readonly to: string
}

/** What differs between two inventories of the same listing, product by product. */
export function diffInventory(before: Inventory, after: Inventory): readonly InventoryChange[] {
  const changes: InventoryChange[] = []
  const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null))
  for (const [index, product] of after.products.entries()) {
    const old = before.products[index]
    if (old === undefined) {
      changes.push({ sku: product.sku, field: 'product', from: 'none', to: 'new' })
      continue
    }
    if (old.sku !== product.sku) changes.push({ sku: old.sku, field: 'sku', from: old.sku, to: product.sku })
    for (const [place, offering] of product.offerings.entries()) {
      const oldOffering = old.offerings[place]
      for (const field of ['quantity', 'price', 'is_enabled', 'readiness_state_id'] as const) {
        const [from, to] = [shown(oldOffering?.[field]), shown(offering[field])]
        if (from !== to) changes.push({ sku: product.sku, field, from, to })
      }
    }
  }
  return changes
}
