// RFC 9110 section 9.2.1 and 9.2.2; QUERY is safe by draft-ietf-httpbis-safe-method-w-body.
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY'])
const IDEMPOTENT_METHODS: ReadonlySet<string> = new Set([...SAFE_METHODS, 'PUT', 'DELETE'])

const includes = (methods: ReadonlySet<string>, method: string): boolean =>
  methods.has(method) || methods.has(method.toUpperCase())

/** Whether a request of this method changes nothing on the server; the case does not matter. */
export const isSafeMethod = (method: string): boolean => includes(SAFE_METHODS, method)

/** Whether sending the request twice has the effect of sending it once; the case does not matter. */
export const isIdempotentMethod = (method: string): boolean => includes(IDEMPOTENT_METHODS, method)

/** Whether `key` may be sent as an idempotency key: 1 to 128 characters out of `A-Z a-z 0-9 _ . : ~ -`. */
export const isValidIdempotencyKey = (key: unknown): key is string =>
  typeof key === 'string' && /^[A-Za-z0-9_.:~-]{1,128}$/.test(key)

/** A fresh idempotency key with at least 122 random bits. */
export const generateIdempotencyKey = (): string => {
  const { crypto: source } = globalThis
  // Browsers offer randomUUID() to secure contexts only; an intranet page without TLS retries as well.
  return typeof source.randomUUID === 'function'
    ? source.randomUUID()
    : Array.from(source.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * The key as it goes on the wire.
 *
 * @param form - `raw`, what Stripe and most others read, or `quoted`, the structured-field string of the IETF draft.
 */
export const idempotencyHeaderValue = (key: string, form: 'raw' | 'quoted'): string =>
  form === 'quoted' ? `"${key}"` : key
