import type { Inventory } from './answers.ts'

/** What may be sent back of an inventory: prices as decimals, no ids (open-api#159). */
export function inventoryBody(inventory: Inventory): object {
  const { products, ...onProperty } = inventory
  return {
    ...onProperty,
    products: products.map(({ sku, property_values, offerings }) => ({
      sku,
      property_values,
      offerings: offerings.map(({ price, ...offering }) => ({
        ...offering,
        price: price === null ? 0 : price.amount / price.divisor,
      })),
    })),
  }
}

/** The id in the `content-location` of a conflict. */
export function existingId(cause: unknown): number | undefined {
  const headers = (cause as { response?: { headers?: Record<string, unknown> } } | undefined)?.response?.headers
  const location = headers?.['content-location']
  const id = /\/(\d+)$/.exec(typeof location === 'string' ? location : '')?.[1]
  return id === undefined ? undefined : Number(id)
}
