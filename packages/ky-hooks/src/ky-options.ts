/** The `fetch` option of ky, which ky calls as a method. */
export type KyFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** ky's options, as far as this package reads or writes them, in every version from 1.13 on. */
export interface KyOptions {
  fetch?: KyFetch
  retry?: unknown
  timeout?: number | false
  totalTimeout?: number | false
  body?: unknown
  context?: Readonly<Record<string, unknown>>
  hooks?: { init?: readonly ((options: KyOptions) => void)[] }
  resilience?: object | false
}

const hasEmptyContext = (value: unknown): value is { context: object } => {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'context')) return false
  const { context } = value as { context: unknown }
  return typeof context === 'object' && context !== null && Object.keys(context).length === 0
}

// ky 1.13 leaves an empty `context` in every object it has merged, at any depth.
const withoutEmptyContext = (value: object): object => {
  const parts = Object.entries(value) as [string, unknown][]
  if (!hasEmptyContext(value) && !parts.some(([, part]) => hasEmptyContext(part))) return value
  return Object.fromEntries(
    parts
      .filter(([name]) => name !== 'context')
      .map(([name, part]) => [name, hasEmptyContext(part) ? withoutEmptyContext(part) : part]),
  )
}

/** The options of the policy a call was given: by its own key or through `context`. */
export const resilienceOf = (options: KyOptions): object | false | undefined => {
  const given = options.resilience ?? (options.context?.['resilience'] as object | false | undefined)
  return typeof given === 'object' ? withoutEmptyContext(given) : given
}

const never = (): boolean => false

const shouldRetryOf = (retry: unknown): unknown =>
  typeof retry === 'object' && retry !== null ? (retry as { shouldRetry?: unknown }).shouldRetry : undefined

/**
 * ky's own retries off; `limit` stays, because `ky.retry()` counts against it.
 *
 * Something that is no retry option stays as it is, for ky to refuse.
 */
export const withoutRetries = (retry: unknown): unknown => {
  if (typeof retry === 'number') return { limit: retry, shouldRetry: never }
  if (retry !== undefined && (typeof retry !== 'object' || retry === null || Array.isArray(retry))) return retry
  return { ...retry, shouldRetry: never }
}

/** Takes {@link withoutRetries} back, if nobody has changed it since. */
export const withRetries = (retry: unknown, before: unknown): unknown => {
  if (shouldRetryOf(retry) !== never) return retry
  const { shouldRetry: _never, ...rest } = retry as Record<string, unknown>
  const own = shouldRetryOf(before)
  return own === undefined ? rest : { ...rest, shouldRetry: own }
}
