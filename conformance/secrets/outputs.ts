import { inspect } from 'node:util'
import { isServiceError } from '@holdfast/core/service-errors'
import { MARK } from './planted.ts'

/** Everything that came out, with where. */
export interface Outputs {
  add(where: string, value: unknown): void
  /** How many outputs there are of each kind, so that a test can tell that it looked at something. */
  readonly counts: Readonly<Record<string, number>>
  /** The places that show a secret, with what they show. */
  readonly leaks: readonly string[]
}

const CONTEXT = 60
const MOST_SHOWN = 20

/**
 * What a logger prints that shows all own fields of an error. Its cause is the client's own error and not ours to change:
 * it is not enumerable, and `logError` is what makes it fit to be shown.
 */
const ownFields = (error: Error): object => ({
  ...(error as object),
  name: error.name,
  message: error.message,
  stack: error.stack,
})

const withoutCauses = (value: unknown, depth = 0): unknown => {
  if (value instanceof Error) return ownFields(value)
  if (typeof value !== 'object' || value === null || depth > 8) return value
  if (Array.isArray(value)) return value.map((item) => withoutCauses(item, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withoutCauses(field, depth + 1)]))
}

const shownIn = (value: unknown): readonly string[] => {
  const shown = [inspect(withoutCauses(value), { depth: 10, maxArrayLength: 1_000, maxStringLength: 100_000 })]
  shown.push(typeof value === 'string' ? value : JSON.stringify(value))
  if (value instanceof Error) shown.push(String(value))
  // As a console prints it, causes included: those are redacted by the error itself.
  if (isServiceError(value)) shown.push(inspect(value), inspect({ value: [value] }, { depth: 20, showHidden: true }))
  return shown
}

export const createOutputs = (): Outputs => {
  const counts: Record<string, number> = {}
  const leaks = new Set<string>()
  return {
    counts,
    get leaks() {
      return [...leaks].slice(0, MOST_SHOWN)
    },
    add(where, value) {
      counts[where] = (counts[where] ?? 0) + 1
      for (const text of shownIn(value)) {
        // In base64 as well, as partition keys come.
        for (const secret of [MARK, Buffer.from(MARK).toString('base64').replaceAll('=', '').slice(0, -1)]) {
          const at = text.indexOf(secret)
          if (at >= 0) leaks.add(`${where}: ...${text.slice(Math.max(0, at - CONTEXT), at + CONTEXT)}...`)
        }
      }
    },
  }
}
