import { isMissing, startRedis, type Service } from '@holdfast/test-services'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe } from 'vitest'
import { redisStore } from '../src/redis/index.ts'
import { testStore } from './conformance.ts'

describe.skipIf(isMissing('redis-server', 'redis-server'))('redis, through ioredis', () => {
  let service: Service
  let client: Redis
  beforeAll(async () => {
    service = await startRedis()
    client = new Redis(service.url, { enableOfflineQueue: true })
  })
  afterAll(async () => {
    client.disconnect()
    await service.stop()
  })
  testStore(
    (time) =>
      redisStore({
        command: ([name = '', ...args]) => client.call(name, ...args),
        ...(time === undefined ? {} : { nowUs: () => time.nowUs }),
      }),
    300,
  )
})
