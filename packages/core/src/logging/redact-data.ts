import { REDACTED } from './redact-url.ts'
import { scrubText } from './scrub-text.ts'

const SECRET_NAME =
  /pass(?:word|wd|phrase|code)|secret|token(?!s$|count|_count|type|_type)|api[_-]?key|access[_-]?key|private[_-]?key|authorization|cookie|signature|credential|session|csrf|otp$|^(?:auth|pin|cvv|cvc|iban|ssn)$/i

const DEPTH = 4
const MOST_KEYS = 50
const MOST_ITEMS = 20
const LONGEST_TEXT = 500

const inside = (value: unknown, depth: number): unknown => {
  switch (typeof value) {
    case 'string':
      return scrubText(value.slice(0, LONGEST_TEXT))
    case 'number':
    case 'boolean':
    case 'undefined':
      return value
    case 'bigint':
      return String(value)
    case 'symbol':
    case 'function':
      return `[${typeof value}]`
    default:
      break
  }
  if (value === null) return null
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString()
  if (depth >= DEPTH) return '[deeper]'
  if (Array.isArray(value)) return value.slice(0, MOST_ITEMS).map((item) => inside(item, depth + 1))
  const prototype: unknown = Object.getPrototypeOf(value)
  // A getter of a foreign class may do anything, and its fields may hold anything.
  if (prototype !== null && prototype !== Object.prototype) return `[${(value as object).constructor.name || 'object'}]`
  return redactFields(value as Readonly<Record<string, unknown>>, depth + 1)
}

const redactFields = (fields: Readonly<Record<string, unknown>>, depth: number): Readonly<Record<string, unknown>> => {
  const kept: Record<string, unknown> = {}
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(fields)).slice(0, MOST_KEYS)) {
    if (!property.enumerable || property.get !== undefined) continue
    const safe = SECRET_NAME.test(name) ? REDACTED : inside(property.value, depth)
    Object.defineProperty(kept, name, { value: safe, enumerable: true, configurable: true, writable: true })
  }
  return kept
}

/**
 * Plain data that may be logged: fields with the names of secrets are replaced, texts are scrubbed, instances of classes
 * are named and not entered, size and depth are bounded, getters are not called.
 */
export const redactData = (data: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  redactFields(data, 0)
