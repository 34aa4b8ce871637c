import type { DatabaseErrorCode } from '@holdfast/core/database'
import type { TableRow } from './proof.ts'

export type Engine = 'SQLite' | 'PostgreSQL' | 'MySQL'

/** A row of the table of database errors: its verdict, and what each engine says. */
export interface DatabaseRow {
  readonly row: string
  readonly code: DatabaseErrorCode
  readonly category: 'transient' | 'permanent' | 'fatal'
  readonly retry: 'statement' | 'transaction' | 'if-idempotent' | 'never'
  readonly outcome: 'not-done' | 'unknown'
  readonly httpStatus: number
  /** SQLite by extended code, PostgreSQL by SQLSTATE or a driver's own code, MySQL by number or a driver's own code. */
  readonly signals: Readonly<Record<Engine, readonly (string | number)[]>>
}

const row = (
  name: string,
  code: DatabaseErrorCode,
  verdict: readonly [DatabaseRow['category'], DatabaseRow['retry'], DatabaseRow['outcome'], number],
  SQLite: readonly (string | number)[],
  PostgreSQL: readonly string[],
  MySQL: readonly (string | number)[],
): DatabaseRow => {
  const [category, retry, outcome, httpStatus] = verdict
  return { row: name, code, category, retry, outcome, httpStatus, signals: { SQLite, PostgreSQL, MySQL } }
}

/** Every row of the table. */
export const DATABASE_ROWS: readonly DatabaseRow[] = [
  row(
    'lock, busy',
    'locked',
    ['transient', 'statement', 'not-done', 503],
    [5, 6, 261, 262, 773],
    ['55P03'],
    [1205, 3572],
  ),
  row('serialization', 'serialization', ['transient', 'transaction', 'not-done', 503], [517], ['40001'], [1020]),
  row('deadlock', 'deadlock', ['transient', 'transaction', 'not-done', 503], [], ['40P01'], [1213]),
  row('in a failed transaction', 'failed-transaction', ['permanent', 'never', 'not-done', 500], [], ['25P02'], []),
  row('unique', 'unique', ['permanent', 'never', 'not-done', 409], [2067, 1555, 2579], ['23505'], [1062]),
  row('foreign key', 'foreign-key', ['permanent', 'never', 'not-done', 409], [787], ['23503'], [1451, 1452]),
  row(
    'check, not null, type',
    'invalid-data',
    ['permanent', 'never', 'not-done', 422],
    [275, 1299, 3091],
    ['23514', '23502', '22P02', '22012'],
    [4025, 3819, 1048, 1366],
  ),
  row(
    'statement timeout, cancel',
    'statement-timeout',
    ['transient', 'if-idempotent', 'not-done', 504],
    [9],
    ['57014'],
    [1969, 3024, 1317],
  ),
  row(
    'too many connections',
    'too-many-connections',
    ['transient', 'statement', 'not-done', 503],
    [],
    ['53300', '53400'],
    [1040, 1203],
  ),
  row(
    'pool exhausted',
    'pool-exhausted',
    ['transient', 'never', 'not-done', 503],
    [],
    ['timeout exceeded when trying to connect'],
    ['Queue limit reached.'],
  ),
  row(
    'connection lost before sending',
    'not-connected',
    ['transient', 'statement', 'not-done', 503],
    [],
    ['08001', '08004', 'ECONNREFUSED', 'Connection terminated due to connection timeout', 'CONNECT_TIMEOUT'],
    ['ECONNREFUSED', 2002, 2003],
  ),
  row(
    'connection lost after sending',
    'connection-lost',
    ['transient', 'if-idempotent', 'unknown', 503],
    [],
    ['57P01', '57P02', '08006', '08003', 'Connection terminated unexpectedly', 'CONNECTION_CLOSED'],
    ['PROTOCOL_CONNECTION_LOST', 2006, 2013],
  ),
  row('starting up', 'starting-up', ['transient', 'statement', 'not-done', 503], [], ['57P03'], []),
  row('read-only replica', 'read-only', ['transient', 'statement', 'not-done', 503], [], ['25006'], [1290, 1836]),
  row(
    'timeout of the client',
    'client-timeout',
    ['transient', 'if-idempotent', 'unknown', 504],
    [],
    ['Query read timeout'],
    ['PROTOCOL_SEQUENCE_TIMEOUT'],
  ),
  row(
    'pool or client closed',
    'client-closed',
    ['fatal', 'never', 'not-done', 500],
    ['ERR_INVALID_STATE', 'The database connection is not open'],
    ['Cannot use a pool after calling end on the pool', 'CONNECTION_ENDED'],
    ['closed state'],
  ),
  row(
    'access denied, no such database',
    'access-denied',
    ['fatal', 'never', 'not-done', 500],
    [],
    ['28000', '28P01', '3D000', '42501'],
    [1045, 1044, 1049],
  ),
  row(
    'SQL, schema',
    'schema',
    ['fatal', 'never', 'not-done', 500],
    [1],
    ['42601', '42P01', '42703'],
    [1064, 1146, 1054],
  ),
  row('disk full', 'disk-full', ['fatal', 'never', 'not-done', 507], [13], ['53100'], [1021, 1114]),
  row(
    'input and output, corrupt, read-only, cannot open',
    'storage',
    ['fatal', 'never', 'not-done', 500],
    [10, 11, 26, 8, 14],
    ['58030', 'XX001'],
    [],
  ),
  row('out of memory', 'out-of-memory', ['transient', 'statement', 'not-done', 503], [7], ['53200'], [1041, 1037]),
]

/** The same as plain rows: one signal for each engine and code. */
export const DATABASE_TABLE: readonly TableRow[] = DATABASE_ROWS.map(({ row: name, signals }) => ({
  row: name,
  signals: (['SQLite', 'PostgreSQL', 'MySQL'] as const).flatMap((engine) =>
    signals[engine].map((signal) => `${engine} ${signal}`),
  ),
}))
