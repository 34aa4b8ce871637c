/** One store, in one round. */
export interface StoreFigures {
  /** One permit a request, one request at a time: permits a second, and the time of one, us. */
  readonly singlePerS: number
  readonly singleUs: number
  /** One permit a request, 32 requests under way. */
  readonly manyPerS: number
  /** Permits leased in blocks of 50: permits a second, and the time of one, us. */
  readonly leasedPerS: number
  readonly leasedUs: number
  readonly leased99Us: number
}

export type StoreName = 'sqlite' | 'redis' | 'postgres'

/** Rounds of every store that is installed here. */
export type StoreRounds = Readonly<Partial<Record<StoreName, readonly StoreFigures[]>>>
