export { postgresSchema } from './schema.ts'
export { postgresStore, type PostgresStoreOptions } from './postgres-store.ts'
export type { PostgresClient, PostgresPool } from './postgres-pool.ts'
