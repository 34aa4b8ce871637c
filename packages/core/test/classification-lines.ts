import { expect } from 'vitest'
import type { Classification } from '../src/classification.ts'
import { classify } from '../src/classify.ts'

export interface Shape {
  readonly code?: unknown
  readonly name?: string
  readonly message?: string
  readonly syscall?: string
  readonly isAxiosError?: boolean
  readonly socket?: object
  readonly cause?: unknown
  readonly response?: object
}

export const failure = ({ message = 'it failed', cause, ...rest }: Shape): Error => {
  const error = new Error(message, cause === undefined ? undefined : { cause })
  for (const [name, value] of Object.entries(rest)) Object.defineProperty(error, name, { value, configurable: true })
  return error
}

/** What a line of the table promises, in the order of its columns. */
export type Line = readonly [
  Classification['category'],
  Classification['retry'],
  Classification['breaker'],
  overload: boolean,
  Classification['sent'],
  Classification['source'],
]

export const UNSENT: Line = ['transient', 'always', 'failure', true, 'no', 'origin']
export const EXHAUSTED: Line = ['transient', 'always', 'ignore', false, 'no', 'local']
export const NOT_FOUND: Line = ['permanent', 'always', 'failure', false, 'no', 'resolver']
export const RESOLVER: Line = ['transient', 'always', 'ignore', false, 'no', 'resolver']
export const LOST: Line = ['transient', 'if-idempotent', 'failure', true, 'maybe', 'origin']
export const BODY: Line = ['partial', 'if-idempotent', 'failure', false, 'yes', 'origin']
export const PROTOCOL: Line = ['permanent', 'if-idempotent', 'failure', false, 'maybe', 'origin']
export const REFUSED: Line = ['transient', 'always', 'ignore', false, 'no', 'origin']
export const RESET: Line = ['transient', 'if-idempotent', 'failure', false, 'maybe', 'origin']
export const TLS: Line = ['permanent', 'never', 'ignore', false, 'no', 'origin']
export const PROXY: Line = ['transient', 'always', 'ignore', false, 'no', 'proxy']
export const PROXY_TLS: Line = ['permanent', 'never', 'ignore', false, 'no', 'proxy']
export const ANSWERED: Line = ['permanent', 'never', 'success', false, 'maybe', 'origin']
export const INVALID: Line = ['fatal', 'never', 'ignore', false, 'no', 'caller']
export const HALTED: Line = ['fatal', 'never', 'ignore', false, 'maybe', 'local']
export const ABORTED: Line = ['fatal', 'never', 'ignore', false, 'maybe', 'caller']
export const ANSWERED_UNKNOWN: Line = ['permanent', 'never', 'ignore', false, 'yes', 'local']
export const UNKNOWN: Line = ['permanent', 'never', 'ignore', false, 'maybe', 'local']

export const expectLine = (
  subject: unknown,
  code: string,
  [category, retry, breaker, overload, sent, source]: Line,
): void => {
  expect(classify(subject)).toMatchObject({ code, category, retry, breaker, overload, sent, source })
}
