import { classifyDatabaseError } from '@holdfast/core/database'
import { DeadLetterError, type DeadLetterErrorCode } from '../dead-letter-error.ts'

const MEANING: Readonly<Record<string, readonly [code: DeadLetterErrorCode, what: string]>> = {
  'disk-full': ['disk-full', 'has no space left. Free some, or run "holdfast dlq vacuum".'],
  'read-only': ['read-only', 'is read-only, a replica or in recovery. Connect to the primary.'],
  'access-denied': ['cannot-open', 'refused this user or knows no such database. Check the connection string.'],
  'not-connected': ['cannot-open', 'cannot be reached. Check host, port and that it runs.'],
  'starting-up': ['cannot-open', 'is starting up. Try again.'],
  'client-closed': ['closed', 'was closed by this program.'],
  'connection-lost': ['unconfirmed', 'broke off; the statement may have been done.'],
  'client-timeout': ['unconfirmed', 'did not answer in time; the statement may have been done.'],
  locked: ['locked', 'is locked. Try again.'],
}

// Of SQLSTATE class XX and 58: what the server says about its own files.
const CORRUPT: ReadonlySet<string> = new Set(['XX001', 'XX002', '58030'])

/** The error of a statement in words; it names no host and no user, because connection strings hold passwords. */
export const postgresError = (error: unknown): unknown => {
  if (error instanceof DeadLetterError) return error
  const state = (error as { code?: unknown } | null)?.code
  if (typeof state === 'string' && CORRUPT.has(state))
    return new DeadLetterError(
      'corrupt',
      'PostgreSQL reports damaged storage. Look at its log and restore a backup.',
      error,
    )
  const found = MEANING[classifyDatabaseError(error)?.code ?? '']
  if (found !== undefined) return new DeadLetterError(found[0], `the PostgreSQL database ${found[1]}`, error)
  return new DeadLetterError('database', 'a statement failed on PostgreSQL. See the cause for its own words.', error)
}
