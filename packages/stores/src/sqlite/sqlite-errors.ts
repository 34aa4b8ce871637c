import { StoreError, type StoreErrorCode } from '../store-error.ts'

// Low byte of the extended result code, see https://www.sqlite.org/rescode.html
const CODES: ReadonlyMap<number, StoreErrorCode> = new Map([
  [5, 'store-busy'],
  [6, 'store-busy'],
  [8, 'store-read-only'],
  [11, 'store-corrupt'],
  [13, 'store-full'],
  [26, 'store-corrupt'],
])

/** The same error, with a code and advice; one that is named already stays as it is. */
export const namedSqliteError = (error: unknown, where: string): StoreError => {
  if (error instanceof StoreError) return error
  const { code, errcode, errstr } = (error ?? {}) as { code?: unknown; errcode?: unknown; errstr?: unknown }
  if (code === 'ERR_INVALID_STATE') return new StoreError('store-closed', where, error)
  const known = typeof errcode === 'number' ? CODES.get(errcode & 0xff) : undefined
  return new StoreError(known ?? 'store-unavailable', where, error, typeof errstr === 'string' ? errstr : undefined)
}
