/** What is wrong with a store. */
export type StoreErrorCode =
  | 'store-busy'
  | 'store-closed'
  | 'store-corrupt'
  | 'store-full'
  | 'store-newer-schema'
  | 'store-read-only'
  | 'store-unavailable'

const ADVICE: Readonly<Record<StoreErrorCode, readonly [what: string, next: string]>> = {
  'store-busy': [
    'other processes hold its lock',
    'Nothing is lost; if it happens often, share fewer keys in one file or use Redis.',
  ],
  'store-closed': ['it was closed', 'Close it after the policies that use it.'],
  'store-corrupt': [
    'its data is damaged or is no data of a store',
    'Check the path; move the file away and a new one is made, with all counts at zero.',
  ],
  'store-full': ['there is no room to write', 'Free space on the disk or raise its limit.'],
  'store-newer-schema': [
    'a newer version of @holdfast/stores wrote it',
    'Update @holdfast/stores here, or give this version a store of its own.',
  ],
  'store-read-only': ['this process may not write it', 'Change the permissions or the path.'],
  'store-unavailable': ['it does not answer as it should', 'See the cause.'],
}

const BRAND = Symbol.for('holdfast.store-error')

/** A store cannot do its work; the calls that a policy protects go on without it. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, where: string, cause?: unknown, detail?: string) {
    const [what, next] = ADVICE[code]
    super(
      `${code}: ${where}: ${what}${detail === undefined ? '' : ` (${detail})`}. ${next}`,
      cause === undefined ? undefined : { cause },
    )
    this.code = code
    Object.defineProperty(this, BRAND, { value: true, enumerable: false })
  }
}

/** Whether `error` was made by a store of Holdfast, also of another copy of this package. */
export const isStoreError = (error: unknown): error is StoreError =>
  typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[BRAND] === true
