import { imageOperations } from './image-operations.ts'
import { inventoryOperations } from './inventory-operations.ts'
import { listingOperations } from './listing-operations.ts'
import type { Operation } from './operation.ts'
import { receiptOperations } from './receipt-operations.ts'
import { shopOperations } from './shop-operations.ts'

/** Every operation of the API that the simulator knows; the first path that fits counts. */
export const operations: readonly Operation[] = [
  ...listingOperations,
  ...inventoryOperations,
  ...imageOperations,
  ...receiptOperations,
  ...shopOperations,
]
