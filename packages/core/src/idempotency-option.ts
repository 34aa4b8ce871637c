import { callable, checkOptions, oneOf, optionError, text } from './option-checks.ts'
import { generateIdempotencyKey, idempotencyHeaderValue, isValidIdempotencyKey } from './idempotency.ts'

/** What a key function is told about the request. */
export interface KeyRequest {
  readonly method: string
  readonly url: string | undefined
}

/** How and when a policy sends an idempotency key. */
export interface IdempotencyOptions {
  /** `'auto'` makes up a UUID for each call; a function may derive one from the request. */
  readonly key: 'auto' | ((request: KeyRequest) => string)
  /** Methods that get one. Default `['POST', 'PATCH']`. */
  readonly methods?: readonly string[]
  /** Default `'Idempotency-Key'`. */
  readonly header?: string
  /** `'quoted'` sends the structured-field string of draft-ietf-httpapi-idempotency-key-header. Default `'raw'`. */
  readonly form?: 'raw' | 'quoted'
}

/** The key of one call and the header every attempt carries; no header when the caller set it itself. */
export interface IdempotencyKey {
  readonly token: string
  readonly header: readonly [name: string, value: string] | undefined
}

export interface IdempotencyRule {
  readonly make: ((request: KeyRequest) => string) | undefined
  readonly methods: ReadonlySet<string>
  readonly header: string
  readonly form: 'raw' | 'quoted'
}

/** @throws {TypeError} For a bad option, when the policy is made. */
export const parseIdempotencyOption = (
  policy: string,
  given: 'auto' | IdempotencyOptions['key'] | IdempotencyOptions | undefined,
): IdempotencyRule => {
  const owner = `policy "${policy}"`
  if (given !== undefined && given !== 'auto' && typeof given !== 'function' && typeof given !== 'object') {
    throw optionError(
      owner,
      'idempotencyKey',
      given,
      "'auto', a function or an object; a fixed key belongs to one call",
    )
  }
  const options: Partial<IdempotencyOptions> =
    given === undefined ? {} : typeof given === 'object' ? given : { key: given }
  checkOptions(`${owner}: idempotencyKey`, options, {
    key: { allowed: "'auto' or a function", check: (value) => value === 'auto' || callable.check(value) },
    methods: {
      allowed: 'an array of methods',
      check: (value) => Array.isArray(value) && value.every((method) => text.check(method)),
    },
    header: text,
    form: oneOf('raw', 'quoted'),
  })
  if (given !== undefined && options.key === undefined) {
    throw optionError(`${owner}: idempotencyKey`, 'key', undefined, "'auto' or a function")
  }
  return {
    make: options.key === 'auto' ? generateIdempotencyKey : options.key,
    methods: new Set((options.methods ?? ['POST', 'PATCH']).map((method) => method.toUpperCase())),
    header: options.header ?? 'Idempotency-Key',
    form: options.form ?? 'raw',
  }
}

/**
 * The key a call will carry; `'invalid'` if the token would need changing to be sent.
 *
 * The call's own word wins over the caller's header, and that over the policy's rule.
 */
export const resolveIdempotencyKey = (
  rule: IdempotencyRule,
  given: string | (() => string) | false | undefined,
  callersHeader: string | undefined,
  request: KeyRequest,
): IdempotencyKey | 'invalid' | undefined => {
  if (given === false) return undefined
  if (given === undefined && callersHeader !== undefined) return { token: callersHeader, header: undefined }
  const made = given === undefined && rule.methods.has(request.method) ? rule.make?.(request) : undefined
  const token = given === 'auto' ? generateIdempotencyKey() : typeof given === 'function' ? given() : (given ?? made)
  if (token === undefined) return undefined
  if (typeof token !== 'string' || !isValidIdempotencyKey(token)) return 'invalid'
  return { token, header: [rule.header, idempotencyHeaderValue(token, rule.form)] }
}
