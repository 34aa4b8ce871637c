/** Why a queue could not do what was asked. */
export type DeadLetterErrorCode =
  | 'queue-full'
  | 'disk-full'
  | 'read-only'
  | 'corrupt'
  | 'newer-schema'
  | 'cannot-open'
  | 'locked'
  | 'closed'
  | 'unconfirmed'
  | 'wrong-key'
  | 'database'

const BRAND = Symbol.for('holdfast.dead-letter-error')

/** A queue of dead letters failed; the message says where and what to do, the database's own error is the cause. */
export class DeadLetterError extends Error {
  override readonly name = 'DeadLetterError'
  readonly code: DeadLetterErrorCode

  constructor(code: DeadLetterErrorCode, message: string, cause?: unknown) {
    super(`${code}: ${message}`, cause === undefined ? undefined : { cause })
    this.code = code
    Object.defineProperty(this, BRAND, { value: true, enumerable: false })
  }
}

/** Whether `error` comes from a queue of dead letters, also of another copy of this package. */
export const isDeadLetterError = (error: unknown): error is DeadLetterError =>
  typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[BRAND] === true
