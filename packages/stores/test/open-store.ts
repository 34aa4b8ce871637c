import { sqliteStore } from '../src/sqlite/index.ts'
import { postgresStore } from '../src/postgres/index.ts'
import { redisStore } from '../src/redis/index.ts'
import type { StateStore } from '@holdfast/core/shared'
import { Pool } from 'pg'
import { connectRedis } from './redis-connections.ts'

export type Engine = 'redis' | 'postgres' | 'sqlite'

/**
 * A store by name, as a program would open it.
 *
 * @param target - A URL, or the path of a file.
 */
export const openStore = async (
  engine: Engine,
  target: string,
): Promise<{ readonly store: StateStore; readonly close: () => Promise<void> }> => {
  if (engine === 'sqlite') {
    const store = sqliteStore({ file: target })
    return { store, close: () => store.close() }
  }
  if (engine === 'redis') {
    const connections = await connectRedis(target)
    const store = redisStore(connections)
    return {
      store,
      close: async () => {
        await store.close()
        connections.close()
      },
    }
  }
  const pool = new Pool({ connectionString: target, max: 3 }).on('error', () => undefined)
  const store = postgresStore({ pool })
  return {
    store,
    close: async () => {
      await store.close()
      await pool.end()
    },
  }
}
