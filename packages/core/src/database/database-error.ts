/** What a failed statement means, whichever engine and driver it came from. */
export type DatabaseErrorCode =
  | 'locked'
  | 'serialization'
  | 'deadlock'
  | 'failed-transaction'
  | 'unique'
  | 'foreign-key'
  | 'invalid-data'
  | 'statement-timeout'
  | 'too-many-connections'
  | 'pool-exhausted'
  | 'not-connected'
  | 'connection-lost'
  | 'starting-up'
  | 'read-only'
  | 'client-timeout'
  | 'client-closed'
  | 'access-denied'
  | 'schema'
  | 'disk-full'
  | 'storage'
  | 'out-of-memory'

export interface DatabaseClassification {
  readonly code: DatabaseErrorCode
  readonly category: 'transient' | 'permanent' | 'fatal'
  /** What may be run again: one statement, the whole transaction, either only if it changes nothing or is idempotent, or nothing. */
  readonly retry: 'statement' | 'transaction' | 'if-idempotent' | 'never'
  /** Whether the statement may have been done although it failed. */
  readonly outcome: 'not-done' | 'unknown'
  /** Whether it speaks of too much load. */
  readonly overload: boolean
  /** The status a service should answer with. */
  readonly httpStatus: number
  /** Name of the broken constraint, where the driver tells it. */
  readonly constraint?: string
}

const of = (
  code: DatabaseErrorCode,
  category: DatabaseClassification['category'],
  retry: DatabaseClassification['retry'],
  httpStatus: number,
  parts: Partial<DatabaseClassification> = {},
): DatabaseClassification =>
  Object.freeze({ code, category, retry, outcome: 'not-done', overload: false, httpStatus, ...parts })

export const KINDS = {
  locked: of('locked', 'transient', 'statement', 503),
  serialization: of('serialization', 'transient', 'transaction', 503),
  deadlock: of('deadlock', 'transient', 'transaction', 503),
  // The first error of the transaction is the one to look for.
  failedTransaction: of('failed-transaction', 'permanent', 'never', 500),
  unique: of('unique', 'permanent', 'never', 409),
  foreignKey: of('foreign-key', 'permanent', 'never', 409),
  invalidData: of('invalid-data', 'permanent', 'never', 422),
  statementTimeout: of('statement-timeout', 'transient', 'if-idempotent', 504, { overload: true }),
  tooManyConnections: of('too-many-connections', 'transient', 'statement', 503, { overload: true }),
  poolExhausted: of('pool-exhausted', 'transient', 'never', 503, { overload: true }),
  notConnected: of('not-connected', 'transient', 'statement', 503),
  connectionLost: of('connection-lost', 'transient', 'if-idempotent', 503, { outcome: 'unknown' }),
  startingUp: of('starting-up', 'transient', 'statement', 503),
  readOnlyReplica: of('read-only', 'transient', 'statement', 503),
  clientTimeout: of('client-timeout', 'transient', 'if-idempotent', 504, { outcome: 'unknown', overload: true }),
  clientClosed: of('client-closed', 'fatal', 'never', 500),
  accessDenied: of('access-denied', 'fatal', 'never', 500),
  schema: of('schema', 'fatal', 'never', 500),
  diskFull: of('disk-full', 'fatal', 'never', 507),
  storage: of('storage', 'fatal', 'never', 500),
  outOfMemory: of('out-of-memory', 'transient', 'statement', 503, { overload: true }),
} as const satisfies Record<string, DatabaseClassification>
