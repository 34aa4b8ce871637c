export { openSqliteQueue, type SqliteQueueOptions } from './open-sqlite-queue.ts'
