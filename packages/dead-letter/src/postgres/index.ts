export { openPostgresQueue, type PostgresPool, type PostgresQueueOptions } from './open-postgres-queue.ts'
