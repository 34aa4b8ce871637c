import { safeRead, safeText } from '../safe-read.ts'
import { KINDS, type DatabaseClassification } from './database-error.ts'
import { classifyMysql } from './mysql-errors.ts'
import { classifySqlite } from './sqlite-errors.ts'
import { classifyPostgres } from './sqlstate-errors.ts'

const DEPTH = 8
const MOST_MEMBERS = 10

const SOCKET_CODES: Readonly<Record<string, DatabaseClassification>> = {
  ECONNREFUSED: KINDS.notConnected,
  ENOTFOUND: KINDS.notConnected,
  EAI_AGAIN: KINDS.notConnected,
  EHOSTUNREACH: KINDS.notConnected,
  ENETUNREACH: KINDS.notConnected,
  ENOENT: KINDS.notConnected, // a unix socket that is not there
  ECONNRESET: KINDS.connectionLost,
  EPIPE: KINDS.connectionLost,
}

const classifySocket = (error: unknown): DatabaseClassification | undefined => {
  const code = safeText(error, 'code')
  if (safeText(error, 'syscall') === 'connect' && code !== '') return KINDS.notConnected
  return Object.hasOwn(SOCKET_CODES, code) && safeText(error, 'syscall') !== '' ? SOCKET_CODES[code] : undefined
}

const constraintOf = (error: unknown): string | undefined => {
  const name = safeText(error, 'constraint') || safeText(error, 'constraint_name')
  return /^[\w$.]{1,128}$/.test(name) ? name : undefined
}

type Reader = (error: unknown) => DatabaseClassification | undefined

const DRIVERS: readonly Reader[] = [classifySqlite, classifyMysql, classifyPostgres]
const DRIVERS_AND_SOCKETS: readonly Reader[] = [...DRIVERS, classifySocket]

const find = (error: unknown, readers: readonly Reader[], depth: number): DatabaseClassification | undefined => {
  if (depth > DEPTH || typeof error !== 'object' || error === null) return undefined
  for (const reader of readers) {
    const found = reader(error)
    if (found === undefined) continue
    const constraint = constraintOf(error)
    return constraint === undefined ? found : Object.freeze({ ...found, constraint })
  }
  // Mappers wrap the driver's error, and a connection tried at several addresses fails with one error for each.
  const members = safeRead(error, 'errors')
  const inner: unknown[] = Array.isArray(members) ? members.slice(0, MOST_MEMBERS) : []
  for (const member of [safeRead(error, 'cause'), ...inner]) {
    const found = find(member, readers, depth + 1)
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * What an error of a database means: of `node:sqlite`, better-sqlite3, pg, postgres.js, PGlite and mysql2, and of mappers
 * around them. Undefined for an error of anything else.
 *
 * By numbers and SQLSTATEs first; by words only where a driver gives nothing else.
 */
export const classifyDatabaseError = (error: unknown): DatabaseClassification | undefined =>
  find(error, DRIVERS_AND_SOCKETS, 0)

/** The same where the error may as well come from a call over HTTP: a broken socket alone is no sign of a database. */
export const classifyDriverError = (error: unknown): DatabaseClassification | undefined => find(error, DRIVERS, 0)
