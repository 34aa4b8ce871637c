import type { Classification } from '../classification.ts'
import { redactData } from '../logging/redact-data.ts'
import { scrubText } from '../logging/scrub-text.ts'
import { serializeError } from '../logging/serialize-error.ts'
import { withoutUndefined } from '../without-undefined.ts'

/** What a service says about a failure, whatever library it came from. */
export type ServiceErrorCode =
  | 'network-timeout'
  | 'service-unavailable'
  | 'rate-limited'
  | 'quota-exceeded'
  | 'validation'
  | 'not-found'
  | 'conflict'
  | 'authentication'
  | 'authorization'
  | 'cache-miss'
  | 'non-critical'
  | 'missing-config'
  | 'corrupt-state'
  | 'unknown-outcome'
  | 'cancelled'
  | 'unexpected'

/** `transient`: may pass by itself; `permanent`: the same request fails again; `partial`: a part was done; `fatal`: the process should end. */
export type ServiceErrorCategory = Classification['category']

interface Nature {
  readonly category: ServiceErrorCategory
  readonly retryable: boolean
  readonly what: string
}

const nature = (category: ServiceErrorCategory, retryable: boolean, what: string): Nature => ({
  category,
  retryable,
  what,
})

const NATURES: Readonly<Record<ServiceErrorCode, Nature>> = {
  'network-timeout': nature('transient', true, 'did not answer in time'),
  'service-unavailable': nature('transient', true, 'cannot serve requests now'),
  'rate-limited': nature('transient', true, 'takes no more requests for the moment'),
  'quota-exceeded': nature('transient', false, 'takes no more requests until the quota refills'),
  validation: nature('permanent', false, 'refused the data'),
  'not-found': nature('permanent', false, 'does not know what was asked for'),
  conflict: nature('permanent', false, 'holds another state than the request assumes'),
  authentication: nature('permanent', false, 'does not accept the credentials'),
  authorization: nature('permanent', false, 'does not allow this with these credentials'),
  'cache-miss': nature('transient', true, 'has no stored answer'),
  'non-critical': nature('partial', false, 'failed and was left out'),
  'missing-config': nature('fatal', false, 'is not configured'),
  'corrupt-state': nature('fatal', false, 'holds data that cannot be read'),
  'unknown-outcome': nature('transient', false, 'may or may not have done it'),
  cancelled: nature('permanent', false, 'was called off by the caller'),
  unexpected: nature('permanent', false, 'failed in a way nobody foresaw'),
}

const BRAND = Symbol.for('holdfast.service-error')
// Asked by `console.log` and `util.inspect` of Node, Bun and Deno.
const INSPECT = Symbol.for('nodejs.util.inspect.custom')

/** What every {@link ServiceError} may be given. */
export interface ServiceErrorInit {
  /** Whose failure it is: a name such as `etsy`, never a URL. */
  readonly upstream?: string | undefined
  /** What was asked for, such as `createListing`. */
  readonly operation?: string | undefined
  /** Milliseconds after which another try makes sense. */
  readonly retryAfterMs?: number | undefined
  /** HTTP status of the upstream, where there was one. */
  readonly status?: number | undefined
  /** The upstream's own machine-readable code; anything else is dropped. */
  readonly upstreamCode?: string | undefined
  /** The upstream's own words; kept off logs and pages, because nobody knows what is in them. */
  readonly upstreamMessage?: string | undefined
  /** Facts of the application; they reach the log, so secrets among them are replaced. */
  readonly details?: Readonly<Record<string, unknown>> | undefined
  readonly cause?: unknown
  readonly category?: ServiceErrorCategory | undefined
  readonly retryable?: boolean | undefined
}

const MOST_WORDS = 500
const CODE = /^[\w.:/-]{1,64}$/
const NO_DETAILS = Object.freeze({})

// Codes are words; a long mix of letters and digits is a token.
const TOKEN = /(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z\d]{16,}/

const isHarmlessCode = (code: string): boolean => CODE.test(code) && !TOKEN.test(code) && scrubText(code) === code

/**
 * One failure in the words of the service: what kind it is, whether it passes, whose it is.
 *
 * The message is made of the code and the given names alone, so that it can be logged; the first error is the `cause`.
 */
export class ServiceError extends Error {
  override readonly name: string = 'ServiceError'
  readonly code: ServiceErrorCode
  readonly category: ServiceErrorCategory
  /** Whether the same request may succeed later and does no harm when it is sent again. */
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined
  readonly upstream: string | undefined
  readonly operation: string | undefined
  readonly status: number | undefined
  readonly upstreamCode: string | undefined
  readonly details: Readonly<Record<string, unknown>>
  /** At most 500 characters and not enumerable: for a person who looks into one error, never for a log. */
  declare readonly upstreamMessage: string | undefined

  constructor(code: ServiceErrorCode, init: ServiceErrorInit = {}) {
    const { category, retryable, what } = NATURES[code]
    const operation = init.operation === undefined ? '' : ` ${init.operation}`
    const wait = init.retryAfterMs === undefined ? '' : `; try again in ${Math.ceil(init.retryAfterMs)} ms`
    super(
      `${code}: ${init.upstream ?? 'the service'}${operation} ${what}${wait}`,
      init.cause === undefined ? undefined : { cause: init.cause },
    )
    this.code = code
    this.category = init.category ?? category
    this.retryable = init.retryable ?? retryable
    this.retryAfterMs = init.retryAfterMs
    this.upstream = init.upstream
    this.operation = init.operation
    this.status = init.status
    this.upstreamCode =
      init.upstreamCode !== undefined && isHarmlessCode(init.upstreamCode) ? init.upstreamCode : undefined
    this.details = init.details === undefined ? NO_DETAILS : Object.freeze(redactData(init.details))
    Object.defineProperty(this, 'upstreamMessage', {
      value: init.upstreamMessage?.slice(0, MOST_WORDS),
      enumerable: false,
    })
    Object.defineProperty(this, BRAND, { value: true, enumerable: false })
    // Here and not on the class: it is for consoles, and no part of the contract.
    Object.defineProperty(this, INSPECT, { value: inspected, enumerable: false })
  }
}

/**
 * What a console shows of a service error: its own fields and its causes as a log would have them, because the client's
 * error holds the request with its credentials.
 */
function inspected(this: ServiceError, _depth: number, options: object, inspect?: Inspect): string {
  const { name, message, stack, cause } = serializeError(this)
  const { code, category, retryable, retryAfterMs, upstream, operation, status, upstreamCode, details } = this
  const given = Object.keys(details).length === 0 ? undefined : details
  const facts = { code, category, retryable, retryAfterMs, upstream, operation, status, upstreamCode, details: given }
  const fields = withoutUndefined<Record<string, unknown>>({ ...facts, cause })
  const show = inspect ?? ((value: unknown) => JSON.stringify(value))
  return `${name}: ${message}${stack === undefined ? '' : `\n${stack}`} ${show(fields, { ...options, depth: 8 })}`
}

type Inspect = (value: unknown, options: object) => string

/** Whether `error` is a {@link ServiceError}, also one of another copy of this package, and of this code if one is given. */
export const isServiceError = (error: unknown, code?: ServiceErrorCode): error is ServiceError =>
  typeof error === 'object' &&
  error !== null &&
  (error as Record<symbol, unknown>)[BRAND] === true &&
  (code === undefined || (error as ServiceError).code === code)
