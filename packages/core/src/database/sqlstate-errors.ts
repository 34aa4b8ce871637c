import { safeText } from '../safe-read.ts'
import { KINDS, type DatabaseClassification } from './database-error.ts'

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const STATES: Readonly<Record<string, DatabaseClassification>> = {
  '08001': KINDS.notConnected,
  '08004': KINDS.notConnected,
  '08003': KINDS.connectionLost,
  '08006': KINDS.connectionLost,
  '08007': KINDS.connectionLost,
  '23503': KINDS.foreignKey,
  '23505': KINDS.unique,
  '23P01': KINDS.unique,
  '25006': KINDS.readOnlyReplica,
  '25P02': KINDS.failedTransaction,
  '40001': KINDS.serialization,
  '40P01': KINDS.deadlock,
  '53100': KINDS.diskFull,
  '53200': KINDS.outOfMemory,
  '53300': KINDS.tooManyConnections,
  '53400': KINDS.tooManyConnections,
  '55P03': KINDS.locked,
  '57014': KINDS.statementTimeout,
  '57P01': KINDS.connectionLost,
  '57P02': KINDS.connectionLost,
  '57P03': KINDS.startingUp,
}
const CLASSES: Readonly<Record<string, DatabaseClassification>> = {
  '08': KINDS.connectionLost,
  '22': KINDS.invalidData,
  '23': KINDS.invalidData,
  '28': KINDS.accessDenied,
  '3D': KINDS.accessDenied,
  '40': KINDS.serialization,
  '42': KINDS.schema,
  '53': KINDS.outOfMemory,
  '58': KINDS.storage,
  XX: KINDS.storage,
}

/** The classification of a SQLSTATE, by the whole code or its class. */
export const classifySqlState = (state: string): DatabaseClassification | undefined => {
  if (!/^[\dA-Z]{5}$/.test(state)) return undefined
  // Insufficient privilege stands among the errors of syntax.
  if (state === '42501') return KINDS.accessDenied
  return STATES[state] ?? CLASSES[state.slice(0, 2)]
}

// pg and postgres.js give no SQLSTATE for what the driver itself noticed.
const MESSAGES: readonly (readonly [pattern: RegExp, kind: DatabaseClassification])[] = [
  [/^timeout exceeded when trying to connect/, KINDS.poolExhausted],
  [/^timeout expired/, KINDS.notConnected],
  [/^Connection terminated due to connection timeout/, KINDS.notConnected],
  [/^Connection terminated/, KINDS.connectionLost],
  [/^Client has encountered a connection error/, KINDS.connectionLost],
  [/^Query read timeout/, KINDS.clientTimeout],
  [/^Cannot use a pool after calling end|^Client was closed and is not queryable/, KINDS.clientClosed],
]
const DRIVER_CODES: Readonly<Record<string, DatabaseClassification>> = {
  CONNECT_TIMEOUT: KINDS.notConnected,
  CONNECTION_CLOSED: KINDS.connectionLost,
  CONNECTION_DESTROYED: KINDS.connectionLost,
  CONNECTION_ENDED: KINDS.clientClosed,
}

/** Errors of pg, postgres.js and PGlite. */
export const classifyPostgres = (error: unknown): DatabaseClassification | undefined => {
  const code = safeText(error, 'code')
  const found = Object.hasOwn(DRIVER_CODES, code) ? DRIVER_CODES[code] : classifySqlState(code)
  if (found !== undefined || code !== '') return found
  const message = safeText(error, 'message').slice(0, 200)
  return MESSAGES.find(([pattern]) => pattern.test(message))?.[1]
}
