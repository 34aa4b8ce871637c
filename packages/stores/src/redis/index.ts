export { redisStore, type RedisCommand, type RedisStoreOptions, type RedisSubscribe } from './redis-store.ts'
