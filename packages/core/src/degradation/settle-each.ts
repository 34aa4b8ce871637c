import { checkOptions, integer, anObject, callable } from '../option-checks.ts'
import type { ServiceError } from '../service-errors/service-error.ts'
import { toServiceError } from '../service-errors/to-service-error.ts'

/** One item that was done. */
export interface Succeeded<Item, Result> {
  readonly index: number
  readonly item: Item
  readonly value: Result
}

/** One item that was not, and why. */
export interface Failed<Item> {
  readonly index: number
  readonly item: Item
  /** The item's own id, where `idOf` gives one. */
  readonly id: string | undefined
  readonly error: ServiceError
}

/** What became of a batch; every item is in exactly one of the three lists, in the order of the input. */
export interface Settled<Item, Result> {
  readonly succeeded: readonly Succeeded<Item, Result>[]
  readonly failed: readonly Failed<Item>[]
  /** Not tried, because the batch was stopped first. */
  readonly skipped: readonly { readonly index: number; readonly item: Item }[]
  /** The error that stopped the batch early. */
  readonly stoppedBy: ServiceError | undefined
  /** One line for people, such as `970 of 1000 done, 30 failed: 29 validation, 1 conflict`. */
  summary(): string
}

export interface SettleEachOptions<Item> {
  /** Items worked on at the same time, 1 to 1_000. Default 4. */
  readonly concurrency?: number
  /** Whether an error makes the rest pointless. Default: fatal errors and refused credentials do. */
  readonly stopOn?: (error: ServiceError, item: Item) => boolean
  /** Starts no further item once it aborts; items under way get it as their signal. */
  readonly signal?: AbortSignal
  /** Told after every item; what it throws is ignored. */
  readonly onProgress?: (progress: { readonly done: number; readonly failed: number; readonly total: number }) => void
  /** Names an item in the report, such as its SKU. */
  readonly idOf?: (item: Item) => string
}

const stopsByItself = (error: ServiceError): boolean =>
  error.category === 'fatal' ||
  error.code === 'authentication' ||
  error.code === 'authorization' ||
  error.code === 'quota-exceeded'

const summarise = (done: number, failed: readonly Failed<unknown>[], skipped: number, total: number): string => {
  const parts = [`${done} of ${total} done`]
  if (failed.length > 0) {
    const counts = new Map<string, number>()
    for (const { error } of failed) counts.set(error.code, (counts.get(error.code) ?? 0) + 1)
    const codes = [...counts].toSorted((left, right) => right[1] - left[1] || (left[0] < right[0] ? -1 : 1))
    parts.push(`${failed.length} failed: ${codes.map(([code, count]) => `${count} ${code}`).join(', ')}`)
  }
  if (skipped > 0) parts.push(`${skipped} not tried`)
  return parts.join(', ')
}

/**
 * Works through a list and tells what became of each item, so that one bad item does not lose the other 999.
 *
 * It never rejects for an item: failures are sorted out as service errors. An error that makes the rest pointless, or the
 * signal, ends it early; what was not tried is listed. The same input with the same outcomes gives the same report.
 *
 * @param run - Called once per item, with its index and the signal.
 * @throws {TypeError} For a bad option.
 * @example
 * const { failed, summary } = await settleEach(listings, (listing) => api.updatePrice(listing), { concurrency: 8 })
 */
export const settleEach = async <Item, Result>(
  items: Iterable<Item>,
  run: (item: Item, index: number, signal: AbortSignal | undefined) => Promise<Result> | Result,
  options: SettleEachOptions<Item> = {},
): Promise<Settled<Item, Result>> => {
  checkOptions('settleEach', options, {
    concurrency: integer(1, 1_000),
    stopOn: callable,
    signal: anObject,
    onProgress: callable,
    idOf: callable,
  })
  const { concurrency = 4, stopOn = stopsByItself, signal, onProgress, idOf } = options
  const list = [...items]
  const results: ({ readonly value: Result } | { readonly error: ServiceError } | undefined)[] = list.map(
    () => undefined,
  )
  let next = 0
  let done = 0
  let failures = 0
  let stoppedBy: ServiceError | undefined

  const tell = (): void => {
    try {
      onProgress?.({ done, failed: failures, total: list.length })
    } catch {
      // Progress is for show; the work goes on.
    }
  }
  const isAborted = (): boolean => signal?.aborted === true
  const stopAt = (error: ServiceError): void => {
    stoppedBy ??= error
  }
  const work = async (): Promise<void> => {
    while (next < list.length && stoppedBy === undefined && !isAborted()) {
      const index = (next += 1) - 1
      const item = list[index] as Item
      try {
        results[index] = { value: await run(item, index, signal) }
        done += 1
      } catch (failure) {
        const error = toServiceError(failure)
        // Called off with the rest: the item was not refused by anybody.
        if (error.code === 'cancelled' && isAborted()) continue
        results[index] = { error }
        failures += 1
        if (stopOn(error, item)) stopAt(error)
      }
      tell()
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, list.length) }, work))

  const succeeded: Succeeded<Item, Result>[] = []
  const failed: Failed<Item>[] = []
  const skipped: { index: number; item: Item }[] = []
  for (const [index, item] of list.entries()) {
    const result = results[index]
    if (result === undefined) skipped.push({ index, item })
    else if ('value' in result) succeeded.push({ index, item, value: result.value })
    else failed.push({ index, item, id: idOf?.(item), error: result.error })
  }
  return {
    succeeded,
    failed,
    skipped,
    stoppedBy,
    summary: () => summarise(succeeded.length, failed, skipped.length, list.length),
  }
}
