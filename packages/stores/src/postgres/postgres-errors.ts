import { StoreError, type StoreErrorCode } from '../store-error.ts'

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const CODES: Readonly<Record<string, StoreErrorCode>> = {
  '25006': 'store-read-only',
  '42501': 'store-read-only',
  '53100': 'store-full',
  '55P03': 'store-busy',
  '40P01': 'store-busy',
  '40001': 'store-busy',
  XX001: 'store-corrupt',
  XX002: 'store-corrupt',
}

/** The same error, with a code and advice. */
export const namedPostgresError = (error: unknown): StoreError => {
  if (error instanceof StoreError) return error
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  const known = typeof code === 'string' ? CODES[code] : undefined
  const detail = typeof message === 'string' ? message.slice(0, 200) : undefined
  return new StoreError(known ?? 'store-unavailable', 'Postgres', error, detail)
}
