/** The part of a `Client` of `pg` that is used for notifications. */
export interface PostgresClient {
  query(sql: string): Promise<unknown>
  on(event: 'notification', listener: (message: { channel: string; payload?: string | undefined }) => void): unknown
  on(event: 'error' | 'end', listener: (error?: Error) => void): unknown
  release(destroy?: boolean): void
}

/** The part of a `Pool` of `pg` that the store needs. */
export interface PostgresPool {
  query(sql: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>
  connect(): Promise<PostgresClient>
}
