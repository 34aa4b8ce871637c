export { staleIfError, type StaleIfErrorOptions } from './stale-if-error.ts'
export type { KeyOption, StaleRequest } from './stale-request.ts'
export type { Freshness } from './freshness.ts'
export {
  memoryStaleStore,
  type MemoryStaleStore,
  type MemoryStaleStoreOptions,
  type StaleRecord,
  type StaleStore,
} from './stale-store.ts'
