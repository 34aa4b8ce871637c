export { classifyDatabaseError } from './classify-database-error.ts'
export type { DatabaseClassification, DatabaseErrorCode } from './database-error.ts'
export { withLockRetry, withTransactionRetry, type DatabaseRetryOptions } from './retry-database.ts'
