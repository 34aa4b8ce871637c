export { isStoreError, StoreError, type StoreErrorCode } from './store-error.ts'
