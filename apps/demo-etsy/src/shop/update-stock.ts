import type { Inventory } from './answers.ts'
import type { Job } from './job.ts'

/** Brings the quantity of a listing to a target. The PUT replaces everything, so it is built from what is there. */
export function updateStock(number: number, listingId: number, targetQuantity: number): Job {
  return {
    id: `update-stock-${number}`,
    kind: 'update-stock',
    priority: 'default',
    async run({ api }) {
      const inventory = await api.inventory(listingId)
      const isRight = inventory.products.every((product) =>
        product.offerings.every((offering) => offering.quantity === targetQuantity),
      )
      if (!isRight) await api.replaceInventory(listingId, inventoryBody(inventory, targetQuantity))
    },
  }
}

/** The inventory as it may be sent back: read-only fields left out, money as a decimal number, the new quantity. */
export function inventoryBody(inventory: Inventory, quantity: number): unknown {
  return {
    ...inventory.rest,
    products: inventory.products.map((product) => ({
      ...without(product.fields, ['product_id', 'is_deleted']),
      offerings: product.offerings.map((offering) => ({
        ...without(offering.fields, ['offering_id', 'is_deleted', 'price']),
        price: decimalPrice(offering.fields['price']),
        quantity,
      })),
    })),
  }
}

function without(fields: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)))
}

function decimalPrice(price: unknown): unknown {
  if (typeof price !== 'object' || price === null || !('amount' in price) || !('divisor' in price)) return price
  return Number(price.amount) / Number(price.divisor)
}
