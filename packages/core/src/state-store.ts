/** A rate as a store counts it, in whole microseconds. */
export interface StoreRate {
  /** Time in which one permit comes, us, a whole number of 1 or more. */
  readonly emissionUs: number
  /** Permits that may go at once, a whole number of 1 or more. */
  readonly burst: number
}

/** What {@link StateStore.take} gave. */
export interface Taken {
  /** Permits given, from 0 to what was asked for. */
  readonly granted: number
  /** When the next permit comes, ms; 0 if there is one now. */
  readonly retryAfterMs: number
  /** Permits that could be taken at once now. */
  readonly remaining: number
}

/** A quota over a window that slides by buckets. */
export interface StoreQuota {
  readonly limit: number
  readonly windowMs: number
  /** How far the window slides at a time, ms; at least a hundredth of the window. */
  readonly bucketMs: number
}

/** What {@link StateStore.reserve} gave. */
export interface Reserved {
  readonly granted: number
  /** What is left of the quota now. */
  readonly remaining: number
  /** When the oldest part of what is used leaves the window, ms; 0 if nothing is used. */
  readonly resetMs: number
}

/** What a server said of its own count. */
export interface SeenQuota {
  readonly remaining: number
  readonly limit?: number | undefined
}

/** Whether counts outlive a crash of the store, and why. */
export interface Durability {
  readonly durable: boolean
  /** One clause for people, such as `appendonly is off`. */
  readonly detail: string
}

/**
 * State that several processes share: memory, SQLite, Redis, Postgres, or one of your own.
 *
 * Time is the store's own. Every method may be abandoned: the caller stops waiting and counts the effect as done. Keys
 * hold no secrets and have 256 bytes at most; values that come back are data of strangers.
 */
export interface StateStore {
  /** What it is, for messages. */
  readonly name: string
  /** Whether other processes see the same state. */
  readonly shared: boolean
  durability(): Promise<Durability>
  /**
   * Takes up to `cost` permits by the generic cell rate algorithm; it may give less.
   *
   * @param cost - A whole number; below 0 it gives permits back that were never used.
   */
  take(key: string, rate: StoreRate, cost: number): Promise<Taken>
  /**
   * Takes up to `cost` of a quota. Used counts stay until the window has left them behind.
   *
   * @param cost - A whole number; 0 only asks, below 0 it gives back.
   */
  reserve(key: string, quota: StoreQuota, cost: number): Promise<Reserved>
  /** Takes a server's count over, where it shows more use than is known here. */
  observe(key: string, quota: StoreQuota, seen: SeenQuota): Promise<void>
  /**
   * Keeps a small value for a while and tells whoever watches.
   *
   * @returns Whether it was written; false if `ifAbsent` is set and there is one already.
   */
  put(key: string, value: string, options: PutOptions): Promise<boolean>
  /** All values whose key begins with `prefix`, with the time they still hold. */
  list(prefix: string): Promise<(readonly [key: string, value: string, ttlMs: number])[]>
  /**
   * Hears of changes soon after they happen; some may be lost, so {@link StateStore.list} is the truth.
   *
   * @param listener - Receives null for a value that was removed.
   * @returns The function that stops it.
   */
  watch?(prefix: string, listener: (key: string, value: string | null) => void): () => void
  close(): Promise<void>
}

export interface PutOptions {
  /** How long it holds, ms; 0 removes it. */
  readonly ttlMs: number
  readonly ifAbsent?: boolean
}
