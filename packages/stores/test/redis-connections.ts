import { createClient } from 'redis'
import type { RedisCommand, RedisSubscribe } from '../src/redis/index.ts'

export interface RedisConnections {
  readonly command: RedisCommand
  readonly subscribe: RedisSubscribe
  close(): void
}

/** Two connections of node-redis, one for commands and one for news; both connect again by themselves. */
export const connectRedis = async (url: string): Promise<RedisConnections> => {
  const make = () =>
    createClient({ url, disableOfflineQueue: true, socket: { reconnectStrategy: 100 } }).on('error', () => undefined)
  const client = make()
  const subscriber = make()
  await Promise.all([client.connect(), subscriber.connect()])
  return {
    command: (args) => client.sendCommand(args),
    subscribe: async (channel, listener) => {
      await subscriber.subscribe(channel, listener)
      return () => subscriber.unsubscribe(channel, listener)
    },
    close() {
      client.destroy()
      subscriber.destroy()
    },
  }
}
