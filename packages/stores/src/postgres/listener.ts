import type { PostgresClient, PostgresPool } from './postgres-pool.ts'

const AGAIN_MS = 1_000

type Hear = (key: string, value: string | null) => void

/** Listens on one connection of the pool for all who watch, and takes a new one when it is lost. */
export class NotificationListener {
  readonly #pool: PostgresPool
  readonly #hearers = new Map<Hear, string>()
  #client: PostgresClient | undefined
  #isConnecting = false
  #again: ReturnType<typeof setTimeout> | undefined

  constructor(pool: PostgresPool) {
    this.#pool = pool
  }

  add(prefix: string, hear: Hear): () => void {
    const own: Hear = (key, value) => {
      hear(key, value)
    }
    this.#hearers.set(own, prefix)
    void this.#connect()
    return () => {
      this.#hearers.delete(own)
      if (this.#hearers.size === 0) this.close()
    }
  }

  close(): void {
    this.#hearers.clear()
    clearTimeout(this.#again)
    // A connection that listens must not go back to the pool.
    this.#client?.release(true)
    this.#client = undefined
  }

  async #connect(): Promise<void> {
    if (this.#isConnecting || this.#client !== undefined || this.#hearers.size === 0) return
    this.#isConnecting = true
    try {
      const client = await this.#pool.connect()
      this.#client = client
      client.on('notification', ({ channel, payload }) => {
        if (channel === 'holdfast_changes') this.#hear(payload ?? '')
      })
      for (const event of ['error', 'end'] as const) {
        client.on(event, () => {
          this.#lost(client)
        })
      }
      await client.query('LISTEN holdfast_changes')
      if (this.#hearers.size === 0) this.close()
    } catch {
      // The poll goes on without it; it is tried again.
      this.#lost(this.#client)
    } finally {
      this.#isConnecting = false
    }
  }

  #lost(client: PostgresClient | undefined): void {
    if (client !== this.#client || this.#hearers.size === 0) return
    this.#client = undefined
    client?.release(true)
    clearTimeout(this.#again)
    this.#again = setTimeout(() => void this.#connect(), AGAIN_MS)
    this.#again.unref()
  }

  #hear(payload: string): void {
    let change: unknown
    try {
      change = JSON.parse(payload)
    } catch {
      // Anybody may notify on the channel; this is not ours.
      return
    }
    if (!Array.isArray(change) || typeof change[0] !== 'string') return
    const [key, value] = change as [string, unknown]
    for (const [hear, prefix] of this.#hearers)
      if (key.startsWith(prefix)) hear(key, typeof value === 'string' ? value : null)
  }
}
