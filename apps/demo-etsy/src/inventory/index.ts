export { diffInventory, type InventoryChange } from './diff-inventory.ts'
export { putChanged } from './put-changed.ts'
export { InventorySnapshots, restoreStock, stockSync, stockTargetShape } from './stock-sync.ts'
