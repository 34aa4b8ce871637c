import { safeRead } from '../safe-read.ts'
import { scrubText } from './scrub-text.ts'
import { withoutUndefined } from '../without-undefined.ts'

/** An error as plain data that may be logged. */
export interface SerializedError {
  readonly name: string
  readonly message: string
  readonly code?: string | number
  readonly errno?: string | number
  readonly syscall?: string
  readonly status?: number
  /** The frames alone; the message stands above. */
  readonly stack?: string
  readonly cause?: SerializedError
  /** The members of an `AggregateError`, ten at most. */
  readonly errors?: readonly SerializedError[]
  /** Of a `SuppressedError`: the error that was thrown, and the earlier one it hid. */
  readonly error?: SerializedError
  readonly suppressed?: SerializedError
}

const DEPTH = 5
const MOST_MEMBERS = 10
const LARGEST_CHARS = 16_384
const LONGEST_STACK = 2_000
const LONGEST_SCALAR = 100

interface Budget {
  chars: number
  readonly seen: Set<unknown>
}

const take = (text: string, budget: Budget): string => {
  const kept = text.slice(0, Math.max(0, budget.chars))
  budget.chars -= kept.length
  return kept
}

/** A field that is plain data somewhere on the prototype chain: a getter of an unknown class may do anything. */
const dataField = (target: object, name: string): unknown => {
  try {
    for (let holder: object | null = target; holder !== null; holder = Object.getPrototypeOf(holder) as object | null) {
      const property = Object.getOwnPropertyDescriptor(holder, name)
      if (property !== undefined) return property.get === undefined ? property.value : undefined
    }
  } catch {
    // A proxy that refuses to be looked at has nothing to say.
  }
  return undefined
}

const scalar = (value: unknown, budget: Budget): string | number | undefined => {
  if (typeof value === 'number') return value
  return typeof value === 'string' ? take(scrubText(value.slice(0, LONGEST_SCALAR)), budget) : undefined
}

const framesOf = (target: object, budget: Budget): string | undefined => {
  const stack = safeRead(target, 'stack')
  if (typeof stack !== 'string') return undefined
  // The head repeats the message, and a message may have many lines.
  const frames = stack.split('\n').filter((line) => /^\s+at |@/.test(line))
  return frames.length === 0 ? undefined : take(scrubText(frames.join('\n').slice(0, LONGEST_STACK)), budget)
}

const serialize = (error: unknown, depth: number, budget: Budget): SerializedError => {
  if (typeof error !== 'object' || error === null) {
    return {
      name: typeof error,
      message: take(scrubText(typeof error === 'symbol' ? 'symbol' : String(error)), budget),
    }
  }
  if (budget.seen.has(error)) return { name: 'Error', message: '[circular]' }
  budget.seen.add(error)
  const nested = (name: string): SerializedError | undefined => {
    const value = dataField(error, name)
    if (value === undefined || value === null) return undefined
    return depth >= DEPTH ? { name: 'Error', message: '[deeper]' } : serialize(value, depth + 1, budget)
  }
  const members = dataField(error, 'errors')
  const suppressed = nested('suppressed')
  const name = safeRead(error, 'name')
  const message = safeRead(error, 'message')
  return withoutUndefined<Record<string, unknown>>({
    name: typeof name === 'string' && name !== '' ? take(name.slice(0, LONGEST_SCALAR), budget) : 'Error',
    message: typeof message === 'string' ? take(scrubText(message), budget) : '',
    code: scalar(dataField(error, 'code'), budget),
    errno: scalar(dataField(error, 'errno'), budget),
    syscall: scalar(dataField(error, 'syscall'), budget),
    status: typeof dataField(error, 'status') === 'number' ? dataField(error, 'status') : undefined,
    stack: framesOf(error, budget),
    cause: nested('cause'),
    errors:
      Array.isArray(members) && depth < DEPTH
        ? members.slice(0, MOST_MEMBERS).map((member) => serialize(member, depth + 1, budget))
        : undefined,
    error: suppressed === undefined ? undefined : nested('error'),
    suppressed,
  }) as unknown as SerializedError
}

/**
 * An error with its causes as plain data: a few allowed fields, texts scrubbed, at most 16 kB in all.
 *
 * Configurations, requests, responses and bodies that clients hang on their errors are never read.
 */
export const serializeError = (error: unknown): SerializedError =>
  serialize(error, 0, { chars: LARGEST_CHARS, seen: new Set() })
