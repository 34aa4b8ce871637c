import { safeRead, safeText } from '../safe-read.ts'
import { KINDS, type DatabaseClassification } from './database-error.ts'
import { classifySqlState } from './sqlstate-errors.ts'

// By number, because names differ between MySQL and MariaDB for the same number, and MariaDB's can be wrong.
const NUMBERS: Readonly<Record<number, DatabaseClassification>> = {
  1020: KINDS.serialization,
  1021: KINDS.diskFull,
  1037: KINDS.outOfMemory,
  1040: KINDS.tooManyConnections,
  1041: KINDS.outOfMemory,
  1044: KINDS.accessDenied,
  1045: KINDS.accessDenied,
  1048: KINDS.invalidData,
  1049: KINDS.accessDenied,
  1054: KINDS.schema,
  1062: KINDS.unique,
  1064: KINDS.schema,
  1114: KINDS.diskFull,
  1146: KINDS.schema,
  1203: KINDS.tooManyConnections,
  1205: KINDS.locked,
  1213: KINDS.deadlock,
  1226: KINDS.tooManyConnections, // a limit of the account
  1290: KINDS.readOnlyReplica,
  1317: KINDS.statementTimeout,
  1366: KINDS.invalidData,
  1451: KINDS.foreignKey,
  1452: KINDS.foreignKey,
  1836: KINDS.readOnlyReplica,
  1969: KINDS.statementTimeout,
  2002: KINDS.notConnected,
  2003: KINDS.notConnected,
  2006: KINDS.connectionLost,
  2013: KINDS.connectionLost,
  3024: KINDS.statementTimeout,
  3572: KINDS.locked,
  3819: KINDS.invalidData,
  4025: KINDS.invalidData,
}
const DRIVER_CODES: Readonly<Record<string, DatabaseClassification>> = {
  PROTOCOL_CONNECTION_LOST: KINDS.connectionLost,
  PROTOCOL_SEQUENCE_TIMEOUT: KINDS.clientTimeout,
  PROTOCOL_ENQUEUE_AFTER_QUIT: KINDS.clientClosed,
  PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR: KINDS.clientClosed,
}

/** Errors of mysql2 against MySQL and MariaDB. */
export const classifyMysql = (error: unknown): DatabaseClassification | undefined => {
  const code = safeText(error, 'code')
  if (Object.hasOwn(DRIVER_CODES, code)) return DRIVER_CODES[code]
  const message = safeText(error, 'message')
  if (message === 'Queue limit reached.') return KINDS.poolExhausted
  if (/connection is in closed state/.test(message)) return KINDS.clientClosed
  const errno = safeRead(error, 'errno')
  const state = safeText(error, 'sqlState')
  // The numbers of the system's own errors are negative; those of other libraries come without a state.
  if (typeof errno !== 'number' || errno <= 0 || (state === '' && !code.startsWith('ER_'))) return undefined
  return NUMBERS[errno] ?? classifySqlState(state)
}
